import { describe, expect, it } from 'vitest';
import type { Tokens } from '../../src/index.ts';
import { endpointError, GOOD, Harness, rejection } from '../harness.fixture.ts';

/** A token endpoint that always answers, with a new token each time, and an API that takes none. */
function wrongEnvironment(): { harness: Harness; calls: () => number } {
  let calls = 0;
  const refresh = async (): Promise<Tokens> => ({ accessToken: `wrong${++calls}` });
  const harness = new Harness({ tokens: { accessToken: 't1' }, refresh });
  harness.serve = (sent) => sent.answer(rejection());
  return { harness, calls: () => calls };
}

describe('a token that refresh brings and the API has never taken', () => {
  it.each([
    ['ten operations at once', 10],
    ['a thousand', 1_000],
  ])('T4b costs two token calls at most in the first 5 s: %s', async (_, count) => {
    const { harness, calls } = wrongEnvironment();
    const watched = Array.from({ length: count }, () => harness.run());
    await harness.clock.advanceAsync(4_999);
    expect(calls()).toBeLessThanOrEqual(2);
    expect(watched.every(({ settled }) => settled === 1)).toBe(true);
    // One attempt with each token, none more.
    expect(harness.sent.length).toBeLessThanOrEqual(2 * count);
  });

  it('T4b the same where they come in turn, a poll each second for an hour', async () => {
    const { harness, calls } = wrongEnvironment();
    const made: number[] = [];
    for (let second = 0; second < 3_600; second++) {
      const before = calls();
      const watched = harness.run();
      await harness.clock.advanceAsync(1_000);
      expect(watched.settled).toBe(1);
      for (let call = before; call < calls(); call++) made.push(second);
    }
    // After 5 s doubling to 5 min: nothing near the hundred an hour that an API may grant.
    expect(made.filter((second) => second < 5).length).toBeLessThanOrEqual(2);
    expect(made.length).toBeLessThan(25);
    const last = made.slice(-3);
    expect(last[2]! - last[1]!).toBeGreaterThanOrEqual(300);
  });

  it('T4b F11 operations get the server’s own error, with advice that says just this', async () => {
    const { harness } = wrongEnvironment();
    const first = rejection('first');
    harness.serve = (sent) => sent.answer(sent.number === 1 ? rejection() : first);
    const watched = harness.run();
    await harness.settle();
    expect(watched.results).toEqual([first]);
    expect(watched.failure).toMatchObject({ kind: 'unauthenticated', attempts: 2 });
    expect(watched.failure?.advice).toMatch(/environment.*audience/i);
    // It is no failed session: the endpoint works.
    expect(harness.status).toBe('active');
  });

  it('T4b operations are sent with it all the same: another field may take it', async () => {
    const { harness, calls } = wrongEnvironment();
    harness.run();
    await harness.settle();
    harness.serve = (sent) => sent.answer(GOOD);
    const other = harness.run();
    expect([other.results, harness.tokens.at(-1), calls()]).toEqual([[GOOD], 'wrong1', 1]);
  });

  it('T4b once it is accepted, a rejection is an expiry: refreshed at once', async () => {
    const { harness, calls } = wrongEnvironment();
    harness.run();
    await harness.settle();
    harness.serve = (sent) => sent.answer(GOOD);
    harness.run();
    harness.serve = (sent) => sent.answer(sent.token === 'wrong2' ? GOOD : rejection());
    const again = harness.run();
    await harness.settle();
    expect([again.results, calls()]).toEqual([[GOOD], 2]);
  });

  it('T4b F10 costs no more where one field takes it and another, polled beside it, never does', async () => {
    const { harness, calls } = wrongEnvironment();
    const refused = { name: 'Refused' };
    for (let poll = 0; poll < 20; poll++) {
      harness.serve = (sent) => sent.answer(rejection());
      const watched = harness.run(refused);
      await harness.settle();
      expect(watched.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'not_retryable' });
      harness.serve = (sent) => sent.answer(GOOD);
      expect(harness.run({ name: 'Taken' }).results).toEqual([GOOD]);
    }
    expect(calls()).toBeLessThanOrEqual(2);
    // When the token dies, whatever it has served leads to the next one.
    harness.serve = (sent) => sent.answer(sent.token === 'wrong2' ? GOOD : rejection());
    const taken = harness.run({ name: 'Taken' });
    await harness.settle();
    expect([taken.results, calls()]).toEqual([[GOOD], 2]);
  });

  it('T4b F10 one that served nobody says nothing of whom it was refused for: the next one that dies is replaced', async () => {
    const { harness, calls } = wrongEnvironment();
    const same = { name: 'Same' };
    harness.run(same);
    await harness.clock.advanceAsync(5_001);
    // The API takes the next one.
    harness.serve = (sent) => sent.answer(sent.token === 'wrong2' ? GOOD : rejection());
    const other = harness.run({ name: 'Other' });
    await harness.settle();
    expect([other.results, calls()]).toEqual([[GOOD], 2]);
    harness.serve = (sent) => sent.answer(sent.token === 'wrong3' ? GOOD : rejection());
    const again = harness.run(same);
    await harness.settle();
    expect([again.results, calls()]).toEqual([[GOOD], 3]);
  });

  it('T4b F10 T4 what it was refused for, and has served since, leads to the next one when it dies', async () => {
    const { harness, calls } = wrongEnvironment();
    const late = { name: 'Late' };
    harness.run(late);
    await harness.settle();
    harness.serve = (sent) => sent.answer(GOOD);
    expect(harness.run(late).results).toEqual([GOOD]);
    harness.serve = (sent) => sent.answer(sent.token === 'wrong2' ? GOOD : rejection());
    const again = harness.run(late);
    await harness.settle();
    expect([again.results, calls()]).toEqual([[GOOD], 2]);
  });

  it.each([
    [
      'an error that is no rejection',
      { status: 200, errors: [{ extensions: { code: 'FORBIDDEN' } }] },
    ],
    ['a 404', { status: 404, body: '' }],
    ['a limit', { status: 429, body: '' }],
  ])('T4b accepted is one with which %s came', async (_, answer) => {
    const { harness, calls } = wrongEnvironment();
    harness.run();
    await harness.settle();
    harness.serve = (sent) => sent.answer(answer);
    harness.run({ options: { retry: false, scope: 'other' } });
    harness.serve = (sent) => sent.answer(rejection());
    harness.run();
    await harness.settle();
    expect(calls()).toBe(2);
  });

  it('T4b a failure of the transport accepts nothing', async () => {
    const { harness, calls } = wrongEnvironment();
    harness.run();
    await harness.settle();
    harness.serve = (sent) => sent.error(new TypeError('fetch failed'));
    harness.run({ options: { retry: false } });
    harness.serve = (sent) => sent.answer({ status: 500, body: '' });
    harness.run({ options: { retry: false, scope: 'other' } });
    harness.serve = (sent) => sent.answer(rejection());
    harness.run({ options: { scope: 'third' } });
    await harness.settle();
    expect(calls()).toBe(1);
  });

  it('T4b T19 a sign-in, or a refresh that the application asks for, does not wait for the cool-down', async () => {
    const { harness, calls } = wrongEnvironment();
    harness.run();
    await harness.settle();
    await harness.resilience.session.refresh();
    expect(calls()).toBe(2);
    harness.resilience.session.signIn({ accessToken: 'right' });
    harness.serve = (sent) => sent.answer(sent.token === 'right' ? GOOD : rejection());
    expect(harness.run().results).toEqual([GOOD]);
    harness.serve = (sent) => sent.answer(rejection());
    harness.run();
    await harness.settle();
    // A token of a sign-in that was accepted has expired: refreshed at once.
    expect(calls()).toBe(3);
  });

  it('T4b T2 operations in flight with the older token are replayed with the refused one, and cause no call', async () => {
    const { harness, calls } = wrongEnvironment();
    harness.serve = undefined;
    const slow = harness.run();
    const fast = harness.run();
    harness.sent[1]!.answer(rejection());
    await harness.settle();
    harness.sent[2]!.answer(rejection());
    expect(fast.settled).toBe(1);
    harness.sent[0]!.answer(rejection());
    harness.sent[3]!.answer(rejection());
    await harness.settle();
    expect([slow.settled, calls()]).toEqual([1, 1]);
  });

  it('T4b a token that an application started with is no such token: it has expired', async () => {
    const harness = new Harness();
    harness.run();
    harness.sent[0]!.answer(rejection());
    await harness.settle();
    expect(harness.refreshes).toHaveLength(1);
    await harness.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    expect(harness.status).toBe('failed');
  });
});
