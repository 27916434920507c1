/** A retry budget on paper: every operation on its own, and each attempt fails with the same chance. */
export interface Bucket {
  readonly capacity: number;
  readonly cost: number;
  readonly attempts: number;
  /** The chance of an attempt to fail. */
  readonly failing: number;
}

export interface SteadyState {
  readonly requestsPerOperation: number;
  readonly failureShare: number;
}

/**
 * What a budget comes to in the long run, calculated as a Markov chain over the tokens that are left
 * (R4): to compare the simulation with, and to see what other numbers would do.
 */
export function steadyState(bucket: Bucket): SteadyState {
  const { capacity } = bucket;
  let likely = new Float64Array(capacity + 1);
  likely[capacity] = 1;
  const steps = Array.from({ length: capacity + 1 }, (_, tokens) => outcomes(bucket, tokens));
  for (let round = 0; round < 20 * capacity + 2_000; round++) {
    const next = new Float64Array(capacity + 1);
    for (const [tokens, chance] of likely.entries()) {
      for (const { left, share } of steps[tokens] ?? []) {
        next[left] = (next[left] ?? 0) + chance * share;
      }
    }
    likely = next;
  }
  let requests = 0;
  let failed = 0;
  for (const [tokens, chance] of likely.entries()) {
    for (const outcome of steps[tokens] ?? []) {
      requests += chance * outcome.share * outcome.requests;
      if (outcome.failed) failed += chance * outcome.share;
    }
  }
  return { requestsPerOperation: requests, failureShare: failed };
}

interface Outcome {
  readonly share: number;
  /** Tokens afterwards. */
  readonly left: number;
  readonly requests: number;
  readonly failed: boolean;
}

/** How an operation can come out that begins with so many tokens in the bucket. */
function outcomes({ capacity, cost, attempts, failing }: Bucket, tokens: number): Outcome[] {
  const all: Outcome[] = [];
  let share = 1;
  let left = tokens;
  for (let requests = 1; ; requests++) {
    const back = requests === 1 ? 1 : cost;
    const good = share * (1 - failing);
    all.push({ share: good, left: Math.min(capacity, left + back), requests, failed: false });
    share *= failing;
    if (requests === attempts || left < cost) {
      all.push({ share, left, requests, failed: true });
      return all;
    }
    left -= cost;
  }
}
