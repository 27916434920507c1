import type { Chance } from '../chance.ts';
import type { Policy } from '../policy.ts';
import { plain } from './plain.ts';
import type { Course } from './plain.ts';

const ATTEMPTS = 5;
const INITIAL = 300;

/** Apollo Client's link with no options given: five attempts, whatever the error is, no hints. */
export const retryLink: Policy = plain(
  'RetryLink',
  '`@apollo/client` 4.3.8, `link/retry`: `buildDelayFunction` and `buildRetryFunction` without options',
  ({ chance }) => ({ operation: () => retryLinkCourse(chance) }),
);

export function retryLinkCourse(chance: Chance): Course {
  let failures = 0;
  return {
    after: () => (++failures < ATTEMPTS ? chance() * INITIAL * 2 ** failures : undefined),
    succeeded: () => {},
  };
}
