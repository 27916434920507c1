/** What came of one operation, whichever client ran it. */
export interface Outcome {
  /** `partial`: data and errors together. `pending`: nothing had come when the deadline was over. */
  readonly state: 'answered' | 'partial' | 'failed' | 'pending';
  readonly data: unknown;
  /** The GraphQL error codes that reached the caller. */
  readonly codes: readonly string[];
  readonly error: unknown;
}

/** An entry of `errors[]`, as far as anybody looks at it here. */
export interface CodedError {
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** @param errors the GraphQL errors that the client made of the answer. */
export function outcomeOf(data: unknown, error: unknown, errors: readonly CodedError[]): Outcome {
  const codes = errors.flatMap(({ extensions }) => {
    const code = extensions?.['code'];
    return typeof code === 'string' ? [code] : [];
  });
  const none = data === undefined || data === null;
  if (error === undefined || error === null) {
    return { state: none ? 'failed' : 'answered', data, codes, error: undefined };
  }
  return { state: none ? 'failed' : 'partial', data, codes, error };
}

const PENDING: Outcome = { state: 'pending', data: undefined, codes: [], error: undefined };

/** The outcomes as they are once all are there, or once so many milliseconds are over. */
export async function settled(
  outcomes: readonly Promise<Outcome>[],
  deadline: number,
): Promise<Outcome[]> {
  const known: Outcome[] = outcomes.map(() => PENDING);
  const all = outcomes.map(async (outcome, index) => {
    known[index] = await outcome.catch((error: unknown) => outcomeOf(undefined, error, []));
  });
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadline);
  });
  await Promise.race([Promise.all(all), over]);
  clearTimeout(timer);
  return [...known];
}
