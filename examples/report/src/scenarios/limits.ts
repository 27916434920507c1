import { startBreeze, startTbint } from '@holdfast/testing';
import { breezeOptions, ME, ORDERS, TEMPLATES, tbintOptions } from '../apis.ts';
import { seconds } from '../observation.ts';
import { allAnswered, atOnce, stage } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';

export const resetHeader: Scenario = {
  title: 'GraphQL limit with X-RateLimit-Reset: 5 a window, 8 wanted',
  rules: ['W3', 'W7', 'W8'],
  run: (make) =>
    stage(
      make,
      () => startBreeze({ limit: 5, window: 1_500 }),
      breezeOptions,
      async ({ server, client }) => {
        const answers = await atOnce(8, (page) => client.query(TEMPLATES, { variables: { page } }));
        const refused = server.requests.filter(({ status }) => status === 429).length;
        return ({ elapsed }) => ({
          answers,
          noticed: `All 8 lists came within ${seconds(elapsed)}: those beyond the limit after the reset.`,
          expected: {
            'all answered': allAnswered(answers),
            // Those that were under way when the limit was met are refused; nothing that waited is.
            'only those in flight were refused': refused === 3,
          },
        });
      },
    ),
};

export const longLimit: Scenario = {
  title: 'GraphQL limit that lasts an hour',
  rules: ['W4'],
  run: (make) =>
    stage(
      make,
      () => startBreeze({ limit: 1, window: 3_600_000 }),
      breezeOptions,
      async ({ client }) => {
        const first = await client.query(ME);
        const rest = await atOnce(10, (page) => client.query(TEMPLATES, { variables: { page } }));
        const answers = [first, ...rest];
        const retryAt = rest[0]?.failure?.retryAt ?? 0;
        const minutes = Math.round((retryAt - Date.now()) / 60_000);
        return ({ requests, elapsed }) => ({
          answers,
          noticed: `"Busy right now: continues in ${minutes} min" after ${seconds(elapsed)}, not a spinner for an hour.`,
          expected: {
            'the first answered': allAnswered([first]),
            'the rest failed at once, and say when': rest.every(
              ({ failure }) =>
                failure?.stopped === 'wait_too_long' && failure.retryAt !== undefined,
            ),
            'nothing sent that would be refused': requests === 1,
          },
        });
      },
    ),
};

export const lockedOut: Scenario = {
  title: '423 without a hint (TBInt): 3 a window, 6 wanted',
  rules: ['R1', 'W7'],
  run: (make) =>
    stage(
      make,
      () => startTbint({ limit: 3, window: 700 }),
      tbintOptions,
      async ({ server, client }) => {
        const answers = await atOnce(6, (skip) => client.query(ORDERS, { variables: { skip } }));
        const [refusal] = server.requests.filter(({ status }) => status === 423);
        const after = server.requests.find(({ at }) => at > (refusal?.at ?? 0) + 500);
        const gap = (after?.at ?? 0) - (refusal?.at ?? 0);
        return ({ elapsed }) => ({
          answers,
          noticed: `All 6 lists came within ${seconds(elapsed)}; the server had a second of rest.`,
          expected: {
            'all answered': allAnswered(answers),
            'a second of rest at least, as no wait was named': gap >= 1_000,
          },
        });
      },
    ),
};
