import { describe, expect, it } from 'vitest';
import { breeze } from '../../../profiles/src/breeze.ts';
import { tbint } from '../../../profiles/src/tbint.ts';
import { GOOD, NOW } from '../harness.fixture.ts';
import { holding, at, MINUTE, HOUR } from './holding.fixture.ts';
import type { Plan } from './holding.fixture.ts';

describe('ahead of time', () => {
  const soft: [string, Plan, number][] = [
    ['120 s of a long life', { expiresIn: HOUR }, HOUR - 120_000],
    ['20 % of a short one', { expiresIn: 100_000 }, 80_000],
    ['600 s is where both are the same', { expiresIn: 600_000 }, 480_000],
    ['up to 10 % earlier at random', { expiresIn: HOUR, chance: 0.999_999 }, HOUR - 131_999],
    ['10 % of the window, not of the life', { expiresIn: 100_000, chance: 0.5 }, 79_000],
    [
      'an explicit refreshAhead',
      { expiresIn: HOUR, auth: { refreshAhead: 700_000 } },
      HOUR - 700_000,
    ],
    [
      'an explicit refreshAhead, without chance',
      { expiresIn: HOUR, auth: { refreshAhead: 30_000 }, chance: 0.9 },
      HOUR - 30_000,
    ],
    ['the lifetime that the options name', { auth: { lifetime: 200_000 } }, 160_000],
    ['300 s of Breeze’s hour', { profile: breeze, chance: 0.9 }, HOUR - 300_000],
    ['TBInt’s thirty minutes', { profile: tbint }, 28 * MINUTE],
  ];

  it.each(soft)('T10 is %s', async (_name, plan, instant) => {
    expect(await at(instant - 1, plan)).toBe('serves');
    expect(await at(instant, plan)).toBe('ahead');
  });

  it.each([
    ['a long life', { expiresIn: HOUR }, HOUR],
    ['a short life', { expiresIn: 20_000 }, 20_000],
    ['an explicit refreshAhead', { expiresIn: HOUR, auth: { refreshAhead: 1_000 } }, HOUR],
    ['no window', { expiresIn: HOUR, auth: { refreshAhead: 0 } }, HOUR],
    ['a lifetime', { auth: { lifetime: 200_000 } }, 200_000],
  ] satisfies [string, Plan, number][])(
    'T10 5 s before expiry a token counts as expired: %s',
    async (_name, plan, expiry) => {
      expect(await at(expiry - 5_001, plan)).not.toBe('waits');
      expect(await at(expiry - 5_000, plan)).toBe('waits');
    },
  );

  it('T10 refreshAhead 0 is taken as it is: nothing is renewed before it counts as expired', async () => {
    expect(await at(HOUR - 5_001, { expiresIn: HOUR, auth: { refreshAhead: 0 } })).toBe('serves');
  });

  it('T10 the application’s words go before the profile’s', async () => {
    const auth = { lifetime: 1_000_000, refreshAhead: 10_000 };
    expect(await at(989_999, { profile: breeze, auth })).toBe('serves');
    expect(await at(990_000, { profile: breeze, auth })).toBe('ahead');
  });

  it('T10 an exp in a JWT is the expiry where the tokens name none', async () => {
    const claims = btoa(JSON.stringify({ exp: (NOW + HOUR) / 1_000, name: 'Søren' }));
    const accessToken = `e30.${claims.replaceAll('=', '')}.c2ln`;
    expect(await at(HOUR - 120_001, { accessToken })).toBe('serves');
    expect(await at(HOUR - 120_000, { accessToken })).toBe('ahead');
    expect(await at(HOUR - 5_000, { accessToken })).toBe('waits');
    // The lifetime is for tokens that say nothing.
    expect(await at(100_000, { accessToken, auth: { lifetime: 100_000 } })).toBe('serves');
  });

  it('T10 expiresAt goes before a JWT’s exp and the lifetime', async () => {
    const accessToken = `e30.${btoa(JSON.stringify({ exp: 1 }))}.c2ln`;
    const plan = { accessToken, expiresIn: HOUR, auth: { lifetime: 1_000 } };
    expect(await at(HOUR - 120_001, plan)).toBe('serves');
  });

  it.each(['a.b.c', 'a.bm90IGpzb24.c', `e30.${btoa('{"exp":"soon"}')}.c`, 'opaque'])(
    'T10 a token that says nothing never expires: %s',
    async (accessToken) => {
      expect(await at(1_000 * HOUR, { accessToken })).toBe('serves');
    },
  );

  it('T10 a token that has expired already is not sent', async () => {
    expect(await at(0, { expiresIn: -1 })).toBe('waits');
    expect(await at(0, { expiresIn: 0 })).toBe('waits');
  });

  it('T10 no timer runs for it: it happens when an operation comes', async () => {
    const harness = holding({ expiresIn: HOUR });
    harness.run();
    expect(harness.clock.pending).toBe(0);
    await harness.clock.advanceAsync(10 * HOUR);
    expect(harness.refreshes).toEqual([]);
  });

  it('T10 a token that a refresh brings is measured from its receipt, on the monotonic clock', async () => {
    const harness = holding({ expiresIn: -1 });
    harness.run();
    await harness.settle();
    harness.clock.setWall(NOW + 1_000 * HOUR);
    await harness.refreshes[0]!.succeed({
      accessToken: 't2',
      expiresAt: harness.clock.wall() + HOUR,
    });
    for (const jump of [-500 * HOUR, 3_000 * HOUR]) {
      harness.clock.setWall(NOW + jump);
      harness.run();
    }
    await harness.settle();
    expect([harness.tokens, harness.refreshes.length]).toEqual([['t2', 't2', 't2'], 1]);
    await harness.clock.advanceAsync(HOUR - 120_000);
    harness.run();
    await harness.settle();
    expect(harness.refreshes).toHaveLength(2);
  });

  it('T10 T4 a token that a refresh brings and that says it has expired is used: another clock speaks, and nothing loops', async () => {
    let calls = 0;
    const refresh = async (): Promise<{ accessToken: string; expiresAt: number }> => ({
      accessToken: `t${++calls + 1}`,
      expiresAt: NOW - HOUR,
    });
    const harness = holding({ expiresIn: -1, auth: { refresh, lifetime: HOUR } });
    const watched = [harness.run(), harness.run()];
    await harness.settle();
    watched.push(harness.run());
    expect(watched.map(({ results }) => results)).toEqual([[GOOD], [GOOD], [GOOD]]);
    expect([calls, harness.tokens]).toEqual([1, ['t2', 't2', 't2']]);
  });

  it('T10 the window of a refreshed token starts anew', async () => {
    const harness = holding({ expiresIn: HOUR, auth: { lifetime: HOUR } });
    await harness.clock.advanceAsync(HOUR);
    harness.run();
    await harness.settle();
    await harness.refreshes[0]!.succeed('t2');
    await harness.clock.advanceAsync(HOUR - 120_001);
    harness.run();
    await harness.settle();
    expect(harness.refreshes).toHaveLength(1);
    await harness.clock.advanceAsync(1);
    harness.run();
    await harness.settle();
    expect(harness.refreshes).toHaveLength(2);
  });

  it('T10 the state shows the expiry as epoch milliseconds', () => {
    const harness = holding({ expiresIn: HOUR });
    expect(harness.resilience.session.get()).toMatchObject({
      status: 'active',
      expiresAt: NOW + HOUR,
    });
  });
});
