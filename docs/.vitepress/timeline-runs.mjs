// What the pictures of the concepts show: runs of the core on a clock that is moved by hand. Nothing in them is drawn
// by hand: where the core behaves in another way, its picture is another.
import { createResilience, resilientFetch } from '@holdfast/fetch';
import { createTestClock } from '@holdfast/testing/clock';
import { emptyHistory } from '../../packages/react/src/devtools/history.ts';
import { nextHistory } from '../../packages/react/src/devtools/next-history.ts';

const second = 1_000;
const endpoint = 'https://api.example/graphql';

/** Each picture: what happens, for how long it is shown, and what the server answers. */
const stories = {
  session: {
    title: 'Five operations on an expired token, and one refresh for all of them',
    seconds: 3,
    options: {
      auth: {
        tokens: { accessToken: 'old' },
        refresh: (clock) => answered(clock, 700, { accessToken: 'new' }),
      },
    },
    operations: [
      { at: 0, name: 'Cart', takes: 300 },
      { at: 100, name: 'Orders', takes: 350 },
      { at: 200, name: 'Stock', takes: 900 },
      { at: 600, name: 'Profile', takes: 300 },
      { at: 1_500, name: 'Offers', takes: 300 },
    ],
    answer: ({ token }) => (token === 'Bearer new' ? fine() : refused(401)),
  },
  gate: {
    title: 'A limit of four seconds: all wait for it, and then go one after the other',
    seconds: 8,
    options: {},
    operations: [
      { at: 0, name: 'Cart', takes: 200 },
      { at: 500, name: 'Orders', takes: 300 },
      { at: 1_000, name: 'Stock', takes: 300 },
      { at: 1_500, name: 'Profile', takes: 300 },
      { at: 2_000, name: 'Offers', takes: 300 },
      { at: 2_500, name: 'News', takes: 300 },
    ],
    answer: ({ sent, clock }) =>
      sent === 1 ? refused(429, { 'retry-after': '4', date: dateOf(clock) }) : fine(),
  },
  outage: {
    title: 'An API that is down for six seconds: one operation asks, the others wait',
    seconds: 10,
    down: [0, 6_000],
    options: {},
    operations: [
      { at: 200, name: 'Cart', takes: 200 },
      { at: 700, name: 'Orders', takes: 200 },
      { at: 1_600, name: 'Stock', takes: 200 },
      { at: 2_500, name: 'Order a book', takes: 300, kind: 'mutation' },
      { at: 3_400, name: 'Offers', takes: 200 },
      { at: 5_000, name: 'News', takes: 200 },
    ],
    answer: ({ at }) => (at < 6_000 ? refused(503) : fine()),
  },
  budget: {
    title:
      'A retry costs more than a success gives back: when the budget is empty, failures are delivered',
    seconds: 4,
    options: { outage: false, retry: { budget: { capacity: 70 } } },
    operations: ['Cart', 'Orders', 'Stock', 'Profile', 'Offers', 'News'].map((name, index) => ({
      at: index * 700,
      name,
      takes: 150,
    })),
    answer: () => refused(500),
  },
  mutations: {
    title: 'Three mutations: one was refused, one lost its answer, one came in an outage',
    seconds: 6,
    down: [2_000, 5_000],
    options: {
      auth: {
        tokens: { accessToken: 'old' },
        refresh: (clock) => answered(clock, 500, { accessToken: 'new' }),
      },
    },
    operations: [
      { at: 0, name: 'Order a book', takes: 300, kind: 'mutation' },
      { at: 1_800, name: 'Order a lamp', takes: 500, kind: 'mutation' },
      { at: 2_000, name: 'Cart', takes: 300 },
      { at: 3_000, name: 'Order a chair', takes: 300, kind: 'mutation' },
    ],
    answer: ({ at, token }) => {
      if (token !== 'Bearer new') return refused(401);
      return at > 2_000 && at < 5_000 ? new TypeError('fetch failed') : fine();
    },
  },
};

/** Every picture's name, with `{ title, seconds, down, start, history }`. */
export async function timelines() {
  const entries = Object.entries(stories).map(async ([name, story]) => [name, await run(story)]);
  return new Map(await Promise.all(entries));
}

async function run({ title, seconds, down, options, operations, answer }) {
  const clock = createTestClock({ wall: Date.UTC(2026, 0, 1) });
  const start = clock.wall();
  let history = emptyHistory;
  let sent = 0;
  const { auth } = options;
  const resilience = createResilience({
    ...options,
    clock,
    random: () => 0.5,
    ...(auth && { auth: { ...auth, refresh: () => auth.refresh(clock) } }),
    onEvent: (event) => (history = nextHistory(history, event)),
  });
  for (const { at, name, takes, kind = 'query' } of operations) {
    clock.after(at, () => {
      const fetch = resilientFetch(resilience, {
        fetch: async (_, { headers }) => {
          sent += 1;
          const order = sent;
          const token = new Headers(headers).get('authorization');
          const reply = await answered(clock, takes, () =>
            answer({ at: clock.wall() - start, sent: order, token, clock }),
          );
          if (reply instanceof Error) throw reply;
          return reply;
        },
      });
      const query = `${kind} ${name.replaceAll(' ', '_')} { done }`;
      const body = JSON.stringify({ query });
      const headers = { 'content-type': 'application/json' };
      // How it ends is in the history.
      fetch(endpoint, { method: 'POST', body, headers }).then(ignore, ignore);
    });
  }
  await clock.advanceAsync(seconds * second);
  resilience.dispose();
  return { title, seconds, down, start, history };
}

/** Settles after a while of the clock; a function is asked then. */
function answered(clock, ms, answer) {
  return new Promise((resolve) => {
    clock.after(ms, () => resolve(typeof answer === 'function' ? answer() : answer));
  });
}

function fine() {
  return Response.json({ data: { done: true } });
}

function refused(status, headers = {}) {
  return new Response('', { status, headers });
}

function dateOf(clock) {
  return new Date(clock.wall()).toUTCString();
}

function ignore() {}
