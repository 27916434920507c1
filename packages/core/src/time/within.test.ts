import { createTestClock } from '@holdfast/testing/clock';
import { describe, expect, it } from 'vitest';
import { within } from './within.ts';

describe('what has only so long', () => {
  it('T5 settles with the value, and leaves no timer', async () => {
    const clock = createTestClock();
    expect(await within(clock, 10, undefined, () => 7)).toEqual({ type: 'value', value: 7 });
    expect(clock.pending).toBe(0);
  });

  it('T5 settles with what is thrown or rejected', async () => {
    const clock = createTestClock();
    const error = new Error('broken');
    const thrown = within(clock, 10, undefined, () => {
      throw error;
    });
    expect(await thrown).toEqual({ type: 'error', error });
    const rejected = within(clock, 10, undefined, () => Promise.reject(error));
    expect(await rejected).toEqual({ type: 'error', error });
    expect(clock.pending).toBe(0);
  });

  it('T5 E4 settles as late, and what comes later harms nobody', async () => {
    const clock = createTestClock();
    let fail: (error: Error) => void = () => {};
    const work = new Promise<never>((_, reject) => (fail = reject));
    const settled = within(clock, 10, undefined, () => work);
    await clock.advanceAsync(9);
    expect(clock.pending).toBe(1);
    await clock.advanceAsync(1);
    expect(await settled).toEqual({ type: 'late' });
    fail(new Error('too late'));
  });

  it('T5 W5 a time that is over already is over', async () => {
    const clock = createTestClock();
    const settled = within(clock, -1, undefined, () => new Promise(() => {}));
    await clock.advanceAsync(0);
    expect(await settled).toEqual({ type: 'late' });
  });

  it('T5 settles as aborted, before or during the work', async () => {
    const clock = createTestClock();
    const controller = new AbortController();
    const settled = within(clock, 10, controller.signal, () => new Promise(() => {}));
    controller.abort();
    expect(await settled).toEqual({ type: 'aborted' });
    let begun = false;
    const never = within(clock, 10, controller.signal, () => (begun = true));
    expect(await never).toEqual({ type: 'aborted' });
    expect([begun, clock.pending]).toEqual([false, 0]);
  });
});
