import { describe, expect, it } from 'vitest';
import { Harness, rejection } from './harness.fixture.ts';
import { defineProfile, failureOf } from './index.ts';

describe('the best answer there is', () => {
  it('T2 T4 a rejection of an older token is replayed, also after a refresh of its own', async () => {
    const harness = new Harness();
    const watched = harness.run();
    harness.sent[0]?.answer(rejection());
    await harness.settle();
    await harness.refreshes[0]?.succeed('t2');
    harness.resilience.session.signIn({ accessToken: 't3' });
    harness.sent[1]?.answer(rejection());
    expect(harness.tokens).toEqual(['t1', 't2', 't3']);
    harness.sent[2]?.answer(rejection());
    expect([watched.settled, harness.refreshes.length, harness.sent.length]).toEqual([1, 1, 3]);
  });

  it('F6 a part is kept where a token could cure it that is not known to be dead', () => {
    const profile = defineProfile({
      name: 'doubtful',
      codes: { FORBIDDEN: { kind: 'forbidden', freshToken: true } },
    });
    const harness = new Harness(undefined, { profile });
    const watched = harness.run();
    const errors = [{ message: 'x', extensions: { code: 'FORBIDDEN' } }];
    harness.sent[0]?.answer({ status: 200, data: { a: 1 }, errors });
    expect([watched.settled, harness.sent.length, harness.refreshes.length]).toEqual([1, 1, 0]);
    expect(watched.failure).toMatchObject({ kind: 'forbidden', stopped: 'delivered_data' });
  });

  it('R2 R10 what the server said is delivered when it then is silent until the deadline', () => {
    const harness = new Harness(undefined, {
      random: () => 0,
      timeout: { attempt: 5_000, total: 6_000 },
    });
    const watched = harness.run();
    const answer = { status: 503, body: 'down' };
    harness.sent[0]?.answer(answer);
    harness.clock.advance(6_000);
    harness.clock.advance(6_000);
    expect(watched.results).toEqual([answer]);
    expect(watched.failure).toMatchObject({ kind: 'unavailable', stopped: 'deadline' });
  });

  it('A5 W3 what came before the transport failed counts', async () => {
    const harness = new Harness(undefined, { random: () => 0 });
    const error = new TypeError('terminated');
    const sends: number[] = [];
    harness.resilience.execute(
      { kind: 'query' },
      {
        send: (_, receiver) => {
          sends.push(harness.clock.monotonic());
          if (sends.length > 1) return () => receiver.complete();
          receiver.error(error, { status: 429, headers: { 'retry-after': '2' } });
          return () => {};
        },
        read: () => ({}),
      },
      { next: () => {}, error: () => {}, complete: () => {} },
    );
    expect(failureOf(error)).toBeUndefined();
    await harness.clock.advanceAsync(1_999);
    expect(sends).toHaveLength(1);
    await harness.clock.advanceAsync(1);
    expect(sends).toHaveLength(2);
  });

  it('W4 what comes while a scope is closed is told the instant that the server named', () => {
    const harness = new Harness(undefined, { random: () => 0.5 });
    const first = harness.run();
    harness.sent[0]?.answer({ status: 429, headers: { 'retry-after': '60' }, body: 'no' });
    const second = harness.run();
    const named = harness.clock.wall() + 60_000;
    expect([first.failure?.retryAt, second.failure?.retryAt]).toEqual([named, named]);
  });
});

it('M1 R2 a mutation that was refused, and then met silence until the deadline, may have run', () => {
  const harness = new Harness(undefined, {
    random: () => 0,
  });
  const watched = harness.run({ kind: 'mutation', options: { timeout: 6_000 } });
  harness.sent[0]?.answer({ status: 429, headers: { 'retry-after': '1' }, body: 'no' });
  harness.clock.advance(6_000);
  expect(harness.sent).toHaveLength(2);
  expect(watched.failure).toMatchObject({
    kind: 'timeout',
    executed: undefined,
    stopped: 'deadline',
  });
});

it('F9 M1 an idempotent mutation is not said never to have run when an earlier attempt may have', () => {
  const harness = new Harness(undefined, { random: () => 0, retry: { attempts: 2 } });
  const watched = harness.run({ kind: 'mutation', options: { idempotent: true } });
  harness.sent[0]?.answer({ status: 503, body: 'down' });
  harness.clock.advance(1);
  harness.sent[1]?.answer({ status: 429, body: 'no' });
  expect(watched.failure).toMatchObject({ kind: 'rate_limited', executed: undefined });
});
