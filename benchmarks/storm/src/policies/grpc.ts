import type { Chance } from '../chance.ts';
import type { Policy } from '../policy.ts';
import { plain } from './plain.ts';
import type { Course, Retries } from './plain.ts';

const ATTEMPTS = 4;
const BACKOFF = { initial: 100, factor: 2, longest: 1_000, jitter: 0.2 };
const TOKENS = { most: 10, ratio: 0.1 };

/** gRPC's retry policy and throttling with the numbers of its proposal's examples. */
export const grpc: Policy = plain(
  'gRPC',
  'gRFC A6 (as of June 2026): the examples of `retryPolicy` and `retryThrottling`; Retry-After taken as its pushback',
  ({ chance }) => new GrpcRetries(chance),
);

export class GrpcRetries implements Retries {
  readonly #chance: Chance;
  #tokens = TOKENS.most;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  operation(): Course {
    let attempts = 1;
    let backoffs = 0;
    return {
      after: ({ retryAfter }) => {
        this.#tokens = Math.max(0, this.#tokens - 1);
        if (attempts >= ATTEMPTS || this.#tokens <= TOKENS.most / 2) return undefined;
        attempts++;
        if (retryAfter !== undefined) {
          backoffs = 0;
          return retryAfter * 1_000;
        }
        const { initial, factor, longest, jitter } = BACKOFF;
        const grown = Math.min(initial * factor ** backoffs++, longest);
        return grown * (1 - jitter + 2 * jitter * this.#chance());
      },
      succeeded: () => {
        this.#tokens = Math.min(TOKENS.most, this.#tokens + TOKENS.ratio);
      },
    };
  }
}
