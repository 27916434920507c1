import type { Chance } from '../chance.ts';
import type { Policy } from '../policy.ts';
import type { Answer } from '../server.ts';
import { plain } from './plain.ts';
import type { Course, Retries } from './plain.ts';

const ATTEMPTS = 3;
const CAPACITY = 500;
const LONGEST = 20_000;
/** A hint is followed for this much longer than the delay of its own. */
const PATIENCE = 5_000;
const THROTTLED = { base: 1_000, cost: 5 };
const TRANSIENT = { base: 50, cost: 14 };

/** The AWS SDK's standard mode: full jitter, and a bucket that retries drain and successes fill. */
export const awsStandard: Policy = plain(
  'AWS standard',
  '`@smithy/util-retry` 4.6.2 (`@smithy/core` 3.41.0), `StandardRetryStrategy` with the settings of 2026',
  ({ chance }) => new AwsRetries(chance),
);

export class AwsRetries implements Retries {
  readonly #chance: Chance;
  #capacity = CAPACITY;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  operation(): Course {
    let retries = 0;
    let paid: number | undefined;
    return {
      after: (failed) => {
        const { base, cost } = failed.status === 429 ? THROTTLED : TRANSIENT;
        if (retries + 1 >= ATTEMPTS || this.#capacity < cost) return undefined;
        this.#capacity -= cost;
        paid = cost;
        const own = Math.floor(this.#chance() * Math.min(base * 2 ** retries++, LONGEST));
        return heeding(failed, own);
      },
      succeeded: () => {
        this.#capacity = Math.min(CAPACITY, this.#capacity + (paid ?? 1));
      },
    };
  }
}

function heeding({ retryAfter }: Answer, own: number): number {
  if (retryAfter === undefined) return own;
  return Math.max(own, Math.min(retryAfter * 1_000, own + PATIENCE));
}
