import { describe, expect, it } from 'vitest';
import { createTestClock } from './clock.ts';

describe('the test clock', () => {
  it('stands still until it is moved', () => {
    const clock = createTestClock({ wall: 5_000, monotonic: 10 });
    expect([clock.monotonic(), clock.wall()]).toEqual([10, 5_000]);
    clock.advance(250);
    expect([clock.monotonic(), clock.wall()]).toEqual([260, 5_250]);
  });

  it('runs timers in order of their instants, equal ones by age', () => {
    const clock = createTestClock();
    const seen: string[] = [];
    const note = (name: string) => () => void seen.push(`${name}@${clock.monotonic()}`);
    clock.after(30, note('c'));
    clock.after(10, note('a'));
    clock.after(30, note('d'));
    clock.after(20, note('b'));
    clock.advance(30);
    expect(seen).toEqual(['a@10', 'b@20', 'c@30', 'd@30']);
  });

  it('runs a timer that another timer starts, if it is due by then', () => {
    const clock = createTestClock();
    const seen: number[] = [];
    clock.after(10, () => {
      clock.after(5, () => seen.push(clock.monotonic()));
      clock.after(50, () => seen.push(clock.monotonic()));
    });
    clock.advance(20);
    expect(seen).toEqual([15]);
    expect(clock.timers).toEqual([60]);
    expect(clock.nextDelay).toBe(40);
  });

  it('forgets a cancelled timer, and cancelling late does nothing', () => {
    const clock = createTestClock();
    let runs = 0;
    const cancel = clock.after(10, () => (runs += 1));
    const kept = clock.after(10, () => (runs += 1));
    cancel();
    cancel();
    expect(clock.pending).toBe(1);
    clock.advance(10);
    kept();
    expect(runs).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('lets promise jobs run before, between and after timers', async () => {
    const clock = createTestClock();
    const wait = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
    const seen: number[] = [];
    void (async () => {
      await Promise.resolve();
      for (let turn = 0; turn < 3; turn += 1) {
        await wait(10);
        seen.push(clock.monotonic());
      }
    })();
    await clock.advanceAsync(30);
    expect(seen).toEqual([10, 20, 30]);
  });

  it('runs only the next timer', () => {
    const clock = createTestClock();
    const seen: number[] = [];
    clock.after(1_000, () => seen.push(clock.monotonic()));
    clock.after(2_000, () => seen.push(clock.monotonic()));
    expect(clock.runNext()).toBe(true);
    expect(seen).toEqual([1_000]);
    expect(clock.runNext()).toBe(true);
    expect(clock.runNext()).toBe(false);
    expect(clock.monotonic()).toBe(2_000);
  });

  it('lets the wall clock jump while monotonic time goes on', () => {
    const clock = createTestClock({ wall: 1_000_000 });
    let ran = false;
    clock.after(100, () => (ran = true));
    clock.setWall(5);
    expect([clock.wall(), clock.monotonic(), ran]).toEqual([5, 0, false]);
    clock.advance(100);
    expect([clock.wall(), clock.monotonic(), ran]).toEqual([105, 100, true]);
  });

  it.each([NaN, -1, Infinity, 2 ** 31])('W5 refuses a timer of %s ms', (ms) => {
    const clock = createTestClock();
    expect(() => clock.after(ms, () => undefined)).toThrow(RangeError);
    expect(clock.pending).toBe(0);
  });

  it('W5 takes the longest wait that a real timer takes', () => {
    const clock = createTestClock();
    clock.after(2 ** 31 - 1, () => undefined);
    expect(clock.nextDelay).toBe(2 ** 31 - 1);
  });

  it('treats a senseless delay as setTimeout does when it is not strict', () => {
    const clock = createTestClock({ strict: false });
    let runs = 0;
    for (const ms of [NaN, -1, Infinity, 2 ** 31]) clock.after(ms, () => (runs += 1));
    clock.advance(0);
    expect(runs).toBe(4);
  });

  it('ends with an error where timers start each other without time passing', () => {
    const clock = createTestClock();
    const again = (): void => void clock.after(0, again);
    again();
    expect(() => clock.advance(1)).toThrow('again and again');
  });

  it('throws what a timer throws, with time standing at that timer', () => {
    const clock = createTestClock();
    clock.after(10, () => {
      throw new Error('broken');
    });
    expect(() => clock.advance(50)).toThrow('broken');
    expect(clock.monotonic()).toBe(10);
  });

  it('refuses to go back', () => {
    const clock = createTestClock();
    expect(() => clock.advance(-1)).toThrow('0 or more');
    expect(() => clock.setWall(NaN)).toThrow('epoch milliseconds');
  });
});
