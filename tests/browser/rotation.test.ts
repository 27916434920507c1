import { describe, expect, it } from 'vitest';
import type { TokenRequest } from '../servers/authorization-server.ts';
import { appsInBrowser } from './tabs.ts';
import type { App } from './tabs.ts';

const TABS = 8;
const ROUNDS = 20;
const GOOD = { data: { hello: 'Hello, world!' } };

const open = appsInBrowser();

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Lets the first token request wait for `act`, and all others pass. */
function atFirstRequest(app: App, act: (request: TokenRequest) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let first = true;
    app.server.onRequest = (request) => {
      if (!first) return request.proceed();
      first = false;
      act(request).then(resolve, reject);
    };
  });
}

const TROUBLES = ['none', 'reload', 'killed', 'frozen before', 'frozen in the queue'] as const;

/** One expiry of the tokens of all tabs, with one trouble; throws where a tab does not come through. */
async function round(app: App, trouble: (typeof TROUBLES)[number], random: () => number) {
  const pick = (count: number): number => Math.floor(random() * count);
  const { server } = app;
  const slots = app.pages.map((_, slot) => slot);
  const victim = pick(slots.length);
  const before = server.calls.length;
  let gone: number | undefined;
  let thaw = async (): Promise<void> => {};
  let troubled = Promise.resolve();
  server.onRequest = undefined;
  if (trouble === 'frozen before') thaw = await app.freeze(victim);
  if (trouble === 'frozen in the queue') {
    troubled = atFirstRequest(app, async ({ tab, proceed }) => {
      gone = Number(tab) === victim ? (victim + 1) % slots.length : victim;
      thaw = await app.freeze(gone);
      proceed();
    });
  }
  if (trouble === 'reload') {
    troubled = atFirstRequest(app, async ({ tab, proceed }) => {
      gone = Number(tab) === victim ? (victim + 1) % slots.length : victim;
      const reloaded = app.reload(gone);
      proceed();
      await reloaded;
    });
  }
  if (trouble === 'killed') {
    troubled = atFirstRequest(app, async ({ tab, over }) => {
      gone = Number(tab);
      await app.pages[gone]!.close();
      await over;
    });
  }
  server.expire();
  const asked = slots.map(async (slot) => {
    if (trouble === 'frozen before' && slot === victim) return undefined;
    const delays = Array.from({ length: 1 + pick(3) }, () => pick(60));
    // A page that goes away takes its questions along.
    return app.ask(slot, delays).catch((error: unknown) => {
      if (slot === gone && trouble !== 'frozen in the queue') return undefined;
      throw error;
    });
  });
  if (trouble === 'none' || trouble === 'frozen before') await Promise.all(asked);
  else await troubled;
  if (trouble === 'frozen in the queue') {
    await Promise.all(asked.filter((_, slot) => slot !== gone));
  }
  await thaw();
  const answers = await Promise.all(asked);
  for (const answer of answers) for (const one of answer ?? []) expect(one).toEqual(GOOD);
  if (trouble === 'killed') await app.openTab(gone!);
  // Nobody has to ask for a token again, those who were away neither.
  const again = await Promise.all(slots.map((slot) => app.ask(slot)));
  expect(again.flat()).toEqual(slots.map(() => GOOD));
  const calls = server.calls.length - before;
  expect({ calls, reuses: server.reuses }).toEqual({
    calls: trouble === 'killed' ? 2 : 1,
    reuses: 0,
  });
  const [first, ...others] = await app.states();
  expect(others).toEqual(others.map(() => first));
}

describe.each([
  ['memory', {}],
  ['localStorage', { storage: 'localStorage' }],
  ['sessionStorage', { storage: 'sessionStorage' }],
] as const)('eight tabs that share in %s', (_name, options) => {
  it('T14 T15 make one token call for each expiry, and never use a refresh token twice', async () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const random = seeded(seed);
    const app = await open(TABS, options);
    for (let number = 0; number < ROUNDS; number++) {
      const trouble =
        TROUBLES[number < TROUBLES.length ? number : Math.floor(random() * TROUBLES.length)]!;
      await round(app, trouble, random).catch((error: unknown) => {
        throw new Error(`SEED=${seed}, round ${number}: ${trouble}`, { cause: error });
      });
    }
    expect(app.complaints).toEqual([]);
  }, 90_000);
});
