import { fails, settles, staysQuiet } from '../checks.ts';
import { hello } from '../operations.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { pause } from '../stage.ts';

/** Longer than any stack waits before it sends a query again, if it does. */
const RETRIES = 5_000;

/** The request has arrived; where the server is down, the query has learnt of it and is about to wait. */
async function arrived({ server }: Stage): Promise<void> {
  await server.received(1);
  await pause(20);
}

export const endings: readonly Scenario[] = [
  {
    title: 'A component that goes away during a wait',
    rules: ['E1'],
    story:
      'A query has met a 503 and waits; its last subscriber leaves. Nothing is sent for nobody.',
    checks: [staysQuiet],
    async play(stage) {
      stage.server.inject({ html: true, status: 503, times: Infinity });
      const running = stage.client.query(hello());
      await arrived(stage);
      running.stop();
      await pause(20);
      stage.gaveUp();
      await pause(RETRIES);
      return [];
    },
  },
  {
    title: 'An abort during a wait',
    rules: ['E2'],
    story:
      'The same, ended by an `AbortSignal` in `context.fetchOptions`: in Apollo the only way for `client.query` and `client.mutate`. urql has no signal of its own and overwrites this one; its way is the row above.',
    checks: [staysQuiet, fails],
    async play(stage) {
      stage.server.inject({ html: true, status: 503, times: Infinity });
      const abort = new AbortController();
      const outcome = stage.query({ ...hello(), signal: abort.signal });
      await arrived(stage);
      abort.abort();
      await pause(20);
      stage.gaveUp();
      await pause(RETRIES);
      return stage.settled([outcome]);
    },
  },
  {
    title: 'An abort while the request is under way',
    rules: ['E2', 'F8'],
    story: 'The same, a second before the answer would come. The abort is the end of it.',
    checks: [staysQuiet, fails],
    async play(stage) {
      stage.server.inject({ delay: 1_000, times: Infinity });
      const abort = new AbortController();
      const outcome = stage.query({ ...hello(), signal: abort.signal });
      await arrived(stage);
      abort.abort();
      stage.gaveUp();
      await pause(RETRIES);
      return stage.settled([outcome]);
    },
  },
  {
    title: 'A signal that has aborted before',
    rules: ['E2'],
    story: 'The same signal, aborted before the query is asked. Nothing is sent at all.',
    checks: [staysQuiet, fails],
    play(stage) {
      stage.gaveUp();
      return stage.settled([stage.query({ ...hello(), signal: AbortSignal.abort() })]);
    },
  },
  {
    title: 'A callback that throws while it signs',
    rules: ['R9'],
    story:
      'The function that adds the token to a request throws. That is a mistake of the application; the query has to end all the same.',
    checks: [settles],
    setting: { throwing: 'sign' },
    play: (stage) => stage.settled([stage.query(hello())]),
  },
  {
    title: 'A callback that throws when asked about a retry',
    rules: ['R9'],
    story:
      'The same with `RetryLink`’s `attempts`, `retryExchange`’s `retryIf` and Holdfast’s `when`, after a 503.',
    checks: [settles],
    setting: { throwing: 'retry' },
    play(stage) {
      stage.server.inject({ html: true, status: 503, times: Infinity });
      return stage.settled([stage.query(hello())]);
    },
  },
];
