import { describe, expect, it } from 'vitest';
import { endpointError, GOOD, Harness } from './harness.fixture.ts';
import type { Signal } from '../src/index.ts';

const HOUR = 3_600_000;

function limited(seconds: number): Signal {
  return { status: 429, headers: { 'retry-after': String(seconds) }, body: '' };
}

/** The computer sleeps: the wall clock goes on, the monotonic one does not. */
function sleeps({ clock }: Harness, ms: number): void {
  clock.setWall(clock.wall() + ms);
}

describe('after a sleep in which only the wall clock went on', () => {
  it('W9b a closed scope is open once its instant has passed', () => {
    const harness = new Harness();
    const refused = harness.run();
    harness.sent[0]!.answer(limited(600));
    expect(refused.failure?.stopped).toBe('wait_too_long');
    sleeps(harness, HOUR);
    expect(harness.resilience.limits.get()).toEqual([]);
    const next = harness.run();
    harness.sent[1]!.answer(GOOD);
    expect(next.results).toEqual([GOOD]);
    expect(harness.types()).toContain('scope_opened');
  });

  it('W9b what is left of the wait is what the wall clock says', async () => {
    const harness = new Harness();
    harness.run();
    harness.sent[0]!.answer(limited(600));
    sleeps(harness, 590_000);
    const waiting = harness.run();
    expect(waiting.settled).toBe(0);
    expect(harness.resilience.limits.get()).toMatchObject([{ waiting: 1 }]);
    await harness.clock.advanceAsync(9_999);
    expect(harness.sent).toHaveLength(1);
    await harness.clock.advanceAsync(1);
    harness.sent[1]!.answer(GOOD);
    expect([waiting.results, harness.clock.pending]).toEqual([[GOOD], 0]);
  });

  it('W9b those who have waited through it go with the first who comes', () => {
    const harness = new Harness();
    const waiting = harness.run();
    harness.sent[0]!.answer(limited(20));
    sleeps(harness, HOUR);
    const next = harness.run();
    // The one that met the limit goes first, and one at a time.
    expect(harness.sent).toHaveLength(2);
    harness.sent[1]!.answer(GOOD);
    harness.sent[2]!.answer(GOOD);
    expect([waiting.settled, next.settled]).toEqual([1, 1]);
  });

  it('W9b a wall clock that was set back changes nothing', async () => {
    const harness = new Harness();
    const waiting = harness.run();
    harness.sent[0]!.answer(limited(10));
    sleeps(harness, -HOUR);
    await harness.clock.advanceAsync(9_999);
    expect(harness.sent).toHaveLength(1);
    await harness.clock.advanceAsync(1);
    harness.sent[1]!.answer(GOOD);
    expect(waiting.settled).toBe(1);
  });

  it('W9b W9 a scope that a sibling closed opens so as well', () => {
    let tell: (until: number) => void = () => {};
    const harness = new Harness(undefined, {
      share: {
        read: () => undefined,
        replace: () => true,
        subscribe: (listener) => {
          tell = (until) => listener({ type: 'closed', scope: '', until });
          return () => {};
        },
      },
    });
    harness.resilience.limits.subscribe(() => {});
    tell(harness.clock.wall() + 600_000);
    expect(harness.resilience.limits.get()).toHaveLength(1);
    sleeps(harness, HOUR);
    expect(harness.resilience.limits.get()).toEqual([]);
    harness.resilience.dispose();
  });

  it('W9b W4 a token endpoint that named its instant is asked again after it', async () => {
    const harness = new Harness({});
    const first = harness.run();
    await harness.settle();
    await harness.refreshes[0]!.fail(endpointError(429, undefined, { 'retry-after': '600' }));
    await harness.settle();
    expect(first.settled).toBe(1);
    const meanwhile = harness.run();
    await harness.settle();
    expect([meanwhile.settled, harness.refreshes.length]).toEqual([1, 1]);
    sleeps(harness, HOUR);
    const next = harness.run();
    await harness.settle();
    expect(harness.refreshes).toHaveLength(2);
    await harness.refreshes[1]!.succeed('t2');
    harness.sent[0]!.answer(GOOD);
    expect(next.results).toEqual([GOOD]);
  });
});
