import { createTestClock } from '@holdfast/testing/clock';
import type { TestClock } from '@holdfast/testing/clock';
import { expect, it } from 'vitest';
import { GOOD, Harness } from './harness.fixture.ts';

/** A clock that passes an instant between two looks at it: it jumps ahead when it has been read so often. */
function jumping(): { readonly clock: TestClock; jumpAt(reads: number): void } {
  const clock = createTestClock();
  const monotonic = clock.monotonic.bind(clock);
  let left = Infinity;
  clock.monotonic = () => {
    left--;
    return monotonic() + (left < 0 ? 20 : 0);
  };
  return {
    clock,
    jumpAt: (reads) => {
      left = reads;
    },
  };
}

it('W7 E4 whenever the clock passes the instant of an opening, nobody is left waiting', async () => {
  for (let reads = 0; reads < 60; reads++) {
    const { clock, jumpAt } = jumping();
    const harness = new Harness(undefined, {
      clock,
      retry: { backoff: { transient: 10, throttled: 10, locked: 10 } },
    });
    harness.serve = (sent) => {
      if (sent.number > 1) sent.answer(GOOD);
    };
    const [one, other] = [harness.run(), harness.run()];
    jumpAt(reads);
    harness.sent[0]!.answer({ status: 429, body: '' });
    harness.sent[1]!.answer({ status: 429, body: '' });
    await clock.advanceAsync(1_000);
    expect([reads, one.results, other.results]).toEqual([reads, [GOOD], [GOOD]]);
  }
});
