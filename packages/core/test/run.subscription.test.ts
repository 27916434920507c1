import { describe, expect, it } from 'vitest';
import { GOOD, Harness, rejection } from './harness.fixture.ts';

const HOUR = 3_600_000;
const SUBSCRIPTION = { kind: 'subscription' } as const;

describe('a subscription', () => {
  it('S3 R2 that was quiet for long is refreshed for, and started again', async () => {
    const harness = new Harness();
    const watched = harness.run(SUBSCRIPTION);
    await harness.clock.advanceAsync(61_000);
    harness.sent[0]?.next(rejection());
    await harness.settle();
    await harness.refreshes[0]?.succeed('t2');
    expect([harness.tokens, watched.settled]).toEqual([['t1', 't2'], 0]);
  });

  it('S3 survives a second expiry hours later, without an event in between', async () => {
    const harness = new Harness();
    const watched = harness.run(SUBSCRIPTION);
    harness.sent[0]?.next(GOOD);
    for (const token of ['t2', 't3', 't4']) {
      await harness.clock.advanceAsync(HOUR);
      harness.sent.at(-1)?.next(rejection());
      await harness.settle();
      await harness.refreshes.at(-1)?.succeed(token);
    }
    expect([harness.tokens, watched.settled]).toEqual([['t1', 't2', 't3', 't4'], 0]);
  });

  it('S3 an error is known on the stream that showed it, not on the next', async () => {
    const harness = new Harness();
    const watched = harness.run(SUBSCRIPTION);
    const bad = rejection();
    harness.sent[0]?.next(GOOD);
    harness.sent[0]?.next(bad);
    await harness.settle();
    await harness.refreshes[0]?.succeed('t2');
    harness.sent[1]?.next(GOOD);
    await harness.clock.advanceAsync(HOUR);
    harness.sent[1]?.next(bad);
    await harness.settle();
    await harness.refreshes[1]?.succeed('t3');
    expect([harness.tokens, watched.results]).toEqual([
      ['t1', 't2', 't3'],
      [GOOD, GOOD],
    ]);
  });

  it('S2 that is refused with an error status is started again, after the hint', async () => {
    const harness = new Harness(undefined, { random: () => 0 });
    const watched = harness.run(SUBSCRIPTION);
    const errors = [{ message: 'down' }];
    harness.sent[0]?.answer({ status: 503, errors });
    await harness.clock.advanceAsync(1);
    harness.sent[1]?.answer({ status: 429, headers: { 'retry-after': '2' }, errors });
    await harness.clock.advanceAsync(1_999);
    expect(harness.sent).toHaveLength(2);
    await harness.clock.advanceAsync(1);
    expect([harness.sent.length, watched.settled]).toEqual([3, 0]);
  });

  it('S2 the old stream is closed before the new one is opened, however it failed', async () => {
    const harness = new Harness(undefined, { random: () => 0 });
    harness.run(SUBSCRIPTION);
    harness.sent[0]?.next(GOOD);
    const open: boolean[] = [];
    harness.serve = () => open.push(...harness.sent.slice(0, -1).map(({ ended }) => !ended));
    harness.sent[0]?.error(new TypeError('terminated'));
    await harness.clock.advanceAsync(1);
    expect([harness.sent.length, open]).toEqual([2, [false]]);
  });
});
