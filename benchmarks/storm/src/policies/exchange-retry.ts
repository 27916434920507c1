import type { Chance } from '../chance.ts';
import type { Policy } from '../policy.ts';
import { plain } from './plain.ts';
import type { Course } from './plain.ts';

const ATTEMPTS = 2;
const INITIAL = 1_000;
const LONGEST = 15_000;

/** urql's exchange with no options given: one retry of what its client calls a network error, no hints. */
export const exchangeRetry: Policy = plain(
  'exchange-retry',
  '`@urql/exchange-retry` 2.0.0, `retryExchange()` without options',
  ({ chance }) => ({ operation: () => exchangeRetryCourse(chance) }),
);

export function exchangeRetryCourse(chance: Chance): Course {
  let failures = 0;
  let delay = INITIAL;
  return {
    after() {
      if (++failures >= ATTEMPTS) return undefined;
      delay = Math.min(delay * (1.5 + chance()), LONGEST);
      return delay;
    },
    succeeded: () => {},
  };
}
