import { createTestClock } from '@holdfast/testing/clock';
import { describe, expect, it } from 'vitest';
import { Activity } from './activity.ts';

describe('activity', () => {
  it('W10 shows those that wait, in the order in which they came', () => {
    const activity = new Activity(createTestClock(), () => {});
    const leave = activity.enter({ kind: 'query', name: 'A' }, 'backoff', 2, 500);
    activity.enter({ kind: 'mutation' }, 'offline', 1, undefined);
    expect(activity.board.get()).toEqual([
      { kind: 'query', name: 'A', reason: 'backoff', attempt: 2, until: 500 },
      { kind: 'mutation', reason: 'offline', attempt: 1 },
    ]);
    leave();
    const left = activity.board.get();
    leave();
    expect(activity.board.get()).toBe(left);
    expect(left).toEqual([{ kind: 'mutation', reason: 'offline', attempt: 1 }]);
  });

  it('W10 F11 shows nothing else of an operation', () => {
    const activity = new Activity(createTestClock(), () => {});
    activity.enter(
      { kind: 'query', endpoint: 'https://a.example?key=secret', options: { scope: 'secret' } },
      'tokens',
      1,
      undefined,
    );
    expect(JSON.stringify(activity.board.get())).not.toContain('secret');
  });

  it('W10 W5 tells an instant in epoch milliseconds, and one that a Date can hold', () => {
    const clock = createTestClock({ wall: 1_000_000, monotonic: 5 });
    const activity = new Activity(clock, () => {});
    expect(activity.instant(105)).toBe(1_000_100);
    expect(activity.instant(Infinity)).toBe(8.64e15);
  });
});
