import { describe, expect, it } from 'vitest';
import type { Tokens } from '../index.ts';
import { GOOD, Harness, NOW } from '../harness.fixture.ts';
import { MemoryShare } from './memory-share.fixture.ts';
import { settle, tabs } from './tabs.fixture.ts';

const AHEAD = { refreshAhead: 300_000 };

function expiring(accessToken: string, life: number, wall = NOW): Tokens {
  return { accessToken, expiresAt: wall + life };
}

function serving(harness: Harness): Harness {
  harness.serve = (sent) => sent.answer(GOOD);
  return harness;
}

/** What an operation meets now: `serves`, `ahead` (serves, and a refresh has begun), `waits`. */
async function meets(harness: Harness): Promise<string> {
  const before = harness.refreshes.length;
  const watched = harness.run();
  await harness.settle();
  if (watched.settled === 0) return 'waits';
  return harness.refreshes.length > before ? 'ahead' : 'serves';
}

/** The same tokens of which nobody knows how old they are, in the ways in which an application starts with them. */
const starts: [string, (tokens: Tokens) => Harness][] = [
  ['tokens', (tokens) => new Harness({ ...AHEAD, tokens })],
  ['a reader', (tokens) => new Harness({ ...AHEAD, tokens: async () => tokens })],
  [
    'a share',
    (tokens) => {
      const share = new MemoryShare();
      share.stored = { generation: 7, tokens };
      return new Harness(AHEAD, { share });
    },
  ],
];

describe.each(starts)('tokens that an application starts with, from %s', (_name, start) => {
  it('T10 inside their window they are renewed ahead of time by the first operation', async () => {
    const harness = serving(start(expiring('t1', 100_000)));
    expect(await meets(harness)).toBe('ahead');
    expect(harness.refreshes[0]!.request.reason).toBe('expiring');
  });

  it('T10 in their last 5 s they count as expired', async () => {
    expect(await meets(serving(start(expiring('t1', 5_001))))).toBe('ahead');
    expect(await meets(serving(start(expiring('t1', 5_000))))).toBe('waits');
    expect(await meets(serving(start(expiring('t1', 1))))).toBe('waits');
  });

  it('T10 before their window they serve', async () => {
    const harness = serving(start(expiring('t1', 300_001)));
    expect(await meets(harness)).toBe('serves');
    await harness.clock.advanceAsync(1);
    expect(await meets(harness)).toBe('ahead');
  });
});

/** The ways in which tokens are brought that are new. */
const brought: [string, (harness: Harness, tokens: Tokens) => Promise<void>][] = [
  [
    'a refresh',
    async (harness, tokens) => {
      void harness.resilience.session.refresh();
      await harness.settle();
      await harness.refreshes.at(-1)!.succeed(tokens);
    },
  ],
  ['a sign-in', async (harness, tokens) => harness.resilience.session.signIn(tokens)],
];

describe.each(brought)('tokens that %s has just brought', (_name, bring) => {
  it('T10 inside their own window they are not renewed before half of their life has passed', async () => {
    const harness = serving(new Harness(AHEAD));
    await bring(harness, expiring('t2', 100_000));
    expect(await meets(harness)).toBe('serves');
    await harness.clock.advanceAsync(49_999);
    expect(await meets(harness)).toBe('serves');
    await harness.clock.advanceAsync(1);
    expect(await meets(harness)).toBe('ahead');
  });

  it('T10 their last 5 s shrink to half of a life of less than 10 s', async () => {
    const harness = serving(new Harness(AHEAD));
    await bring(harness, expiring('t2', 4_000));
    expect(await meets(harness)).toBe('serves');
    await harness.clock.advanceAsync(1_999);
    expect(await meets(harness)).toBe('serves');
    await harness.clock.advanceAsync(1);
    expect(await meets(harness)).toBe('waits');
  });
});

it('T10 T14 what a sibling has just got is new here, too: tabs do not renew it in turn', async () => {
  const instances = tabs(3, new MemoryShare(), { ...AHEAD, tokens: { accessToken: 't1' } });
  for (const instance of instances) serving(instance).run();
  await settle(instances);
  void instances[0]!.resilience.session.refresh();
  await settle(instances);
  const { clock } = instances[0]!;
  await instances[0]!.refreshes[0]!.succeed(expiring('t2', 100_000, clock.wall()));
  await settle(instances);
  for (const instance of instances) expect(await meets(instance)).toBe('serves');
});
