import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/platform.ts';

const LONGEST = 2 ** 31 - 1;

describe('the system’s clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('W5 asks the platform for no timer longer than it holds', () => {
    const platform = vi.spyOn(globalThis, 'setTimeout');
    const run = vi.fn<() => void>();
    systemClock.after(3 * LONGEST, run);
    vi.advanceTimersByTime(3 * LONGEST - 1);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(1);
    expect(platform.mock.calls.map(([, ms]) => ms)).toEqual([LONGEST, LONGEST, LONGEST]);
  });

  it('W3 a timer that the platform ends early is waited to its end', () => {
    const run = vi.fn<() => void>();
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    systemClock.after(100, run);
    now = 99.4;
    vi.advanceTimersByTime(100);
    expect(run).not.toHaveBeenCalled();
    now = 100.4;
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('W5 a negative delay is none', () => {
    const run = vi.fn<() => void>();
    systemClock.after(-5, run);
    vi.advanceTimersByTime(0);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('E1 nothing runs after a cancel, of whichever piece', () => {
    const run = vi.fn<() => void>();
    const cancel = systemClock.after(2 * LONGEST, run);
    vi.advanceTimersByTime(LONGEST + 1);
    cancel();
    cancel();
    vi.advanceTimersByTime(2 * LONGEST);
    expect(run).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('W6 tells the wall’s time and a time of its own that the wall does not move', () => {
    const before = systemClock.monotonic();
    vi.setSystemTime(new Date('2040-01-01T00:00:00Z'));
    expect(systemClock.wall()).toBe(Date.UTC(2040, 0, 1));
    expect(systemClock.monotonic()).toBe(before);
  });
});

it('E3 an idle timer does not keep a process alive, any other one does', () => {
  const spy = vi.spyOn(globalThis, 'setTimeout');
  const cancels = [systemClock.after(1_000, () => {}, true), systemClock.after(1_000, () => {})];
  const held = spy.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef());
  for (const cancel of cancels) cancel();
  spy.mockRestore();
  expect(held).toEqual([false, true]);
});
