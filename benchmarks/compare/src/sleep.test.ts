import { afterEach, expect, it } from 'vitest';
import { sleepFor, withOwnWallClock } from './sleep.ts';

const now = Date.now;

afterEach(() => {
  Date.now = now;
});

it('moves the wall clock of its own run, timers of it included, and of no other', async () => {
  const began = Date.now();
  const slept = withOwnWallClock(async () => {
    sleepFor(3_600_000);
    await new Promise((resolve) => setTimeout(resolve, 1));
    return Date.now() - began;
  });
  const awake = withOwnWallClock(() => Promise.resolve(Date.now() - began));
  expect(await slept).toBeGreaterThanOrEqual(3_600_000);
  expect(await awake).toBeLessThan(3_600_000);
  expect(() => sleepFor(1)).toThrow('own wall clock');
});
