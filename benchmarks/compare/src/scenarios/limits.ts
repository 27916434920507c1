import { answered, fails, keepsBack, refusals, requests, tally, waits } from '../checks.ts';
import { hello } from '../operations.ts';
import type { Scenario } from '../scenario.ts';
import { sleepFor } from '../sleep.ts';
import type { Stage } from '../stage.ts';
import { pause } from '../stage.ts';

/** Milliseconds. Longer than the first backoff of every peer, so that waiting by chance does not count. */
const CLOSED = 4_000;

const HINT = { 'retry-after': String(CLOSED / 1_000) };

const LONG_HINT = { 'retry-after': '3600' };

function one(stage: Stage): ReturnType<Scenario['play']> {
  return stage.settled([stage.query(hello())]);
}

/** A 429 in whose header fields the wait stands in some form. */
function hintAs(
  name: string,
  story: string,
  headers: (until: number) => Readonly<Record<string, string>>,
): Scenario {
  return {
    title: `A 429 with ${name}`,
    rules: ['W1', 'W2', 'W3'],
    story,
    checks: [waits, answered],
    play(stage) {
      const until = Math.ceil((Date.now() + CLOSED - 1_000) / 1_000) * 1_000;
      stage.close(until - Date.now(), { status: 429, headers: headers(until) });
      return one(stage);
    },
  };
}

export const limits: readonly Scenario[] = [
  {
    title: 'A 429 with Retry-After',
    rules: ['W3'],
    story:
      'The server refuses everything for 4 s and says so with `Retry-After: 4`. What is sent sooner is refused.',
    checks: [waits, answered],
    play(stage) {
      stage.close(CLOSED, { status: 429, headers: HINT });
      return one(stage);
    },
  },
  {
    title: 'A 429, and the component is mounted again',
    rules: ['W7'],
    story:
      'The same; while the query waits, its component goes away and comes back, as on a change of route. The limit is still there.',
    checks: [waits, answered],
    async play(stage) {
      stage.close(CLOSED, { status: 429, headers: HINT });
      const first = stage.client.query(hello());
      await refused(stage);
      first.stop();
      await pause(50);
      return one(stage);
    },
  },
  {
    title: 'Twenty queries while a limit is closed',
    rules: ['W7'],
    story:
      'One query has met a 429 with `Retry-After: 4`. Then 20 other components ask. The client knows that they would be refused.',
    checks: [keepsBack(20), answered],
    async play(stage) {
      stage.close(CLOSED, { status: 429, headers: HINT });
      const first = stage.query(hello('first'));
      await refused(stage);
      return stage.settled([first, ...stage.atOnce(20, hello)]);
    },
  },
  {
    title: 'Three hundred queries, fifty a second',
    rules: ['W7', 'R4'],
    story:
      'The server takes 50 requests a second and refuses the others with 429 and `Retry-After: 1`. A page asks 300 queries at once. The server names every wait, so nobody has to fail; how many requests that takes is shown, and not judged.',
    checks: [refusals(50), tally(Infinity)],
    alone: true,
    play(stage) {
      let window = { from: Date.now(), left: 50 };
      stage.server.inject({
        on({ path }) {
          if (path !== '/graphql') return false;
          if (Date.now() >= window.from + 1_000) window = { from: Date.now(), left: 50 };
          window.left -= 1;
          return window.left < 0;
        },
        status: 429,
        headers: { 'retry-after': '1' },
        body: 'Come back later.',
        contentType: 'text/plain',
        times: Infinity,
      });
      return stage.settled(stage.atOnce(300, hello));
    },
  },
  {
    title: 'A success that says that nothing is left',
    rules: ['W8'],
    story:
      'An answer carries `RateLimit: "default";r=0;t=4`: whatever comes in the next 4 s is refused. Five queries follow.',
    checks: [keepsBack(5), answered],
    async play(stage) {
      stage.server.inject({ headers: { ratelimit: `"default";r=0;t=${CLOSED / 1_000}` } });
      const first = await stage.settled([stage.query(hello('first'))]);
      stage.close(CLOSED - 200, { status: 429, headers: HINT }, 0);
      return [...first, ...(await stage.settled(stage.atOnce(5, hello)))];
    },
  },
  hintAs('`Retry-After` and a fraction', 'As Shopify sends it: `Retry-After: 4.0`.', (until) => ({
    'retry-after': `${Math.ceil((until - Date.now()) / 1_000)}.0`,
  })),
  hintAs('an HTTP date', '`Retry-After` with a date, as RFC 9110 allows.', (until) => ({
    'retry-after': new Date(until).toUTCString(),
  })),
  hintAs(
    'a reset in epoch milliseconds',
    'No `Retry-After`, but `X-RateLimit-Reset` with an instant in milliseconds.',
    (until) => ({ 'x-ratelimit-reset': String(until) }),
  ),
  {
    title: 'A 429 with `Retry-After: -5`',
    rules: ['W2', 'R1'],
    story:
      'A wait that makes no sense counts for nothing: the stack backs off on its own and asks once more.',
    checks: [requests(2), answered],
    play(stage) {
      stage.server.inject({ status: 429, headers: { 'retry-after': '-5' } });
      return one(stage);
    },
  },
  {
    title: 'A limit that lasts an hour',
    rules: ['W4'],
    story:
      '`Retry-After: 3600`. Nobody waits an hour for a page: the query fails now. A second one, asked after it, would be refused too, and need not be sent.',
    checks: [requests(1), fails],
    async play(stage) {
      stage.server.inject({ status: 429, headers: LONG_HINT, times: Infinity });
      const first = await one(stage);
      return [...first, ...(await stage.settled([stage.query(hello(2))]))];
    },
  },
  {
    title: 'A limit of ten minutes, and an hour of sleep',
    rules: ['W9b'],
    story:
      'A query meets `Retry-After: 600` and fails. The computer sleeps for an hour: its wall clock goes on, its monotonic clock stands still. The limit is over; a second query is answered at once.',
    checks: [tally(20)],
    async play(stage) {
      let isClosed = true;
      stage.server.inject({
        on: ({ path }) => path === '/graphql' && isClosed,
        status: 429,
        headers: { 'retry-after': '600' },
        times: Infinity,
      });
      await one(stage);
      isClosed = false;
      sleepFor(3_600_000);
      return one(stage);
    },
  },
  {
    title: 'A wait longer than a timer can be',
    rules: ['W5'],
    story:
      '`Retry-After: 3000000`, some 35 days, is more than 2^31-1 ms, and a timer set to that fires at once. The tuned link is told to honour hints of any length here.',
    checks: [requests(1), fails],
    setting: { longestHint: Infinity },
    play(stage) {
      stage.server.inject({ status: 429, headers: { 'retry-after': '3000000' }, times: Infinity });
      return one(stage);
    },
  },
  {
    title: 'A lock of half a second (423)',
    rules: ['R1', 'F5'],
    story: '423 without a hint, for 500 ms. Ten queries; nobody has to see it.',
    checks: [answered],
    play(stage) {
      stage.close(500, { status: 423 }, Infinity);
      return stage.settled(stage.atOnce(10, hello));
    },
  },
];

/** Settles once the first refusal has reached the client. */
async function refused({ server }: Stage): Promise<void> {
  await server.received(1);
  while (server.requests[0]?.status === undefined) await pause(10);
  await pause(20);
}
