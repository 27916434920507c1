import { describe, expect, it } from 'vitest';
import { GOOD, Harness, rejection } from '../harness.fixture.ts';
import type { Watched } from '../harness.fixture.ts';

const EXPIRED = { tokens: { accessToken: 't1', expiresAt: 1 } };

describe('single flight', () => {
  it('T1 a thousand operations on an expired token cause one refresh, and each is sent once after it', async () => {
    const harness = new Harness(EXPIRED);
    const watched = Array.from({ length: 1_000 }, () => harness.run());
    await harness.settle();
    expect([harness.refreshes.length, harness.sent.length]).toEqual([1, 0]);
    await harness.refreshes[0]!.succeed('t2');
    expect(harness.sent).toHaveLength(1_000);
    expect(new Set(harness.sent.map(({ operation }) => operation)).size).toBe(1_000);
    expect(new Set(harness.tokens)).toEqual(new Set(['t2']));
    for (const sent of harness.sent) sent.answer(GOOD);
    expect(
      watched.every(({ results, completions }) => results[0] === GOOD && completions === 1),
    ).toBe(true);
    expect(harness.refreshes).toHaveLength(1);
  });

  it('T1 any number of rejections of one token cause one refresh, and each operation is replayed once', async () => {
    const harness = new Harness();
    const watched = Array.from({ length: 10 }, () => harness.run());
    for (const sent of harness.sent.slice(0, 10)) sent.answer(rejection());
    await harness.settle();
    expect(harness.refreshes.map(({ request }) => request.reason)).toEqual(['rejected']);
    await harness.refreshes[0]!.succeed('t2');
    expect(harness.tokens.slice(10)).toEqual(Array.from({ length: 10 }, () => 't2'));
    for (const sent of harness.sent.slice(10)) sent.answer(GOOD);
    expect(watched.map(({ results }) => results)).toEqual(Array.from({ length: 10 }, () => [GOOD]));
    expect(harness.refreshes).toHaveLength(1);
  });

  it('T1 a refresh that the application asks for joins the one that runs', async () => {
    const harness = new Harness(EXPIRED);
    const watched = harness.run();
    const asked = Promise.all([
      harness.resilience.session.refresh(),
      harness.resilience.session.refresh(),
    ]);
    await harness.settle();
    expect(harness.refreshes).toHaveLength(1);
    await harness.refreshes[0]!.succeed('t2');
    await expect(asked).resolves.toEqual([undefined, undefined]);
    harness.sent[0]!.answer(GOOD);
    expect(watched.completions).toBe(1);
  });

  it('T1 refresh is told the tokens to replace and why: missing, expiring, rejected, requested', async () => {
    const missing = new Harness({});
    missing.run();
    const expiring = new Harness(EXPIRED);
    expiring.run();
    const requested = new Harness();
    void requested.resilience.session.refresh();
    const rejected = new Harness();
    rejected.run();
    rejected.sent[0]!.answer(rejection());
    await rejected.settle();
    const requests = [missing, expiring, requested, rejected].map(
      ({ refreshes }) => refreshes[0]!.request,
    );
    expect(requests.map(({ reason, tokens }) => [reason, tokens?.accessToken])).toEqual([
      ['missing', undefined],
      ['expiring', 't1'],
      ['requested', 't1'],
      ['rejected', 't1'],
    ]);
    expect(requests.every(({ signal }) => !signal.aborted)).toBe(true);
  });
});

describe('generations', () => {
  it('T2 a late rejection of an older token is replayed at once, without a refresh', async () => {
    const harness = new Harness();
    const slow = harness.run();
    const fast = harness.run();
    harness.sent[1]!.answer(rejection());
    await harness.refreshes[0]!.succeed('t2');
    harness.sent[2]!.answer(GOOD);
    expect(fast.completions).toBe(1);
    harness.sent[0]!.answer(rejection());
    // At once: no promise job is needed, no timer.
    expect(harness.tokens).toEqual(['t1', 't1', 't2', 't2']);
    harness.sent[3]!.answer(GOOD);
    expect(slow.results).toEqual([GOOD]);
    expect(harness.refreshes).toHaveLength(1);
  });

  it('T2 every attempt tells the generation of its token', async () => {
    const harness = new Harness();
    const first = harness.resilience.session.get().generation;
    harness.run();
    harness.sent[0]!.answer(rejection());
    await harness.refreshes[0]!.succeed('t2');
    const second = harness.resilience.session.get().generation;
    const started = harness.events.filter((event) => event.type === 'attempt_started');
    expect(started.map(({ generation }) => generation)).toEqual([first, second]);
    expect(second).toBeGreaterThan(first);
  });

  it('T2 a rejection of an older token that comes while a refresh runs waits for that one', async () => {
    const harness = new Harness();
    harness.run();
    harness.run();
    harness.sent[0]!.answer(rejection());
    await harness.settle();
    harness.sent[1]!.answer(rejection());
    await harness.refreshes[0]!.succeed('t2');
    expect(harness.tokens).toEqual(['t1', 't1', 't2', 't2']);
    expect(harness.refreshes).toHaveLength(1);
  });

  it('T2 a rejection of a token that a sign-in has replaced causes no refresh', async () => {
    const harness = new Harness();
    const watched = harness.run();
    harness.resilience.session.signIn({ accessToken: 'signed in' });
    harness.sent[0]!.answer(rejection());
    await harness.settle();
    expect([harness.tokens, harness.refreshes.length]).toEqual([['t1', 'signed in'], 0]);
    harness.sent[1]!.answer(GOOD);
    expect(watched.results).toEqual([GOOD]);
  });
});

describe('operations that start while a refresh runs', () => {
  it('T3 wait for it and are sent once, with the new token', async () => {
    const harness = new Harness(EXPIRED);
    harness.run();
    await harness.settle();
    const second = harness.run({ kind: 'mutation' });
    await harness.settle();
    expect(harness.sent).toHaveLength(0);
    expect(harness.resilience.activity.get().map(({ reason }) => reason)).toEqual([
      'refresh',
      'refresh',
    ]);
    await harness.refreshes[0]!.succeed('t2');
    expect(harness.tokens).toEqual(['t2', 't2']);
    harness.sent[1]!.answer(GOOD);
    expect(second.results).toEqual([GOOD]);
    expect(harness.resilience.activity.get()).toEqual([]);
  });

  it('T3 T4 none is lost, whatever tick it arrives on', async () => {
    for (let tick = 0; tick < 40; tick++) {
      const harness = new Harness({ ...EXPIRED, refresh: async () => ({ accessToken: 't2' }) });
      harness.serve = (sent) => sent.answer(sent.token === 't2' ? GOOD : rejection());
      const watched: Watched[] = [harness.run()];
      for (let job = 0; job < tick; job++) await Promise.resolve();
      watched.push(harness.run());
      await harness.settle();
      expect({ tick, tokens: harness.tokens }).toEqual({ tick, tokens: ['t2', 't2'] });
      expect(watched.map(({ results }) => results)).toEqual([[GOOD], [GOOD]]);
    }
  });

  it('T3 a rejection is not lost, whatever tick it arrives on', async () => {
    for (let tick = 0; tick < 40; tick++) {
      let calls = 0;
      const refresh = async (): Promise<{ accessToken: string }> => ({
        accessToken: `t${++calls + 1}`,
      });
      const harness = new Harness({ tokens: { accessToken: 't1' }, refresh });
      const watched = [harness.run(), harness.run()];
      harness.sent[0]!.answer(rejection());
      for (let job = 0; job < tick; job++) await Promise.resolve();
      harness.sent[1]!.answer(rejection());
      await harness.settle();
      expect({ tick, calls, tokens: harness.tokens }).toEqual({
        tick,
        calls: 1,
        tokens: ['t1', 't1', 't2', 't2'],
      });
      for (const sent of harness.sent.slice(2)) sent.answer(GOOD);
      expect(watched.map(({ settled }) => settled)).toEqual([1, 1]);
    }
  });
});

describe('a token that is rejected again', () => {
  it('T4 is final: the operation gets the server’s own answer', async () => {
    const harness = new Harness();
    const watched = harness.run();
    harness.sent[0]!.answer(rejection());
    await harness.refreshes[0]!.succeed('t2');
    const second = rejection('Still not');
    harness.sent[1]!.answer(second);
    await harness.clock.advanceAsync(120_000);
    expect(watched.results).toEqual([second]);
    expect(watched.results[0]).toBe(second);
    expect(watched.failure).toMatchObject({ kind: 'unauthenticated', attempts: 2 });
    expect([harness.sent.length, harness.refreshes.length]).toEqual([2, 1]);
  });

  it('T4 is final for an error of the transport too: its own object is delivered', async () => {
    const harness = new Harness();
    const watched = harness.run();
    const unauthorized = (): Error => Object.assign(new Error('401'), { status: 401 });
    harness.sent[0]!.error(unauthorized());
    await harness.refreshes[0]!.succeed('t2');
    const second = unauthorized();
    harness.sent[1]!.error(second);
    expect(watched.errors[0]).toBe(second);
    expect([harness.sent.length, harness.refreshes.length]).toEqual([2, 1]);
  });

  it('T4 is final whatever the callbacks answer', async () => {
    const harness = new Harness(
      { tokens: { accessToken: 't1' }, headers: () => ({ authorization: 'Bearer the same' }) },
      { retry: { when: () => true, attempts: 5 } },
    );
    harness.serve = (sent) => sent.answer(rejection());
    const watched = harness.run();
    await harness.refreshes[0]!.succeed('t1');
    await harness.clock.advanceAsync(120_000);
    expect(watched.completions).toBe(1);
    expect([harness.sent.length, harness.refreshes.length]).toEqual([2, 1]);
  });

  it('T4 one that was replaced meanwhile gives one replay for each generation, and the one after a refresh is the last', async () => {
    const harness = new Harness();
    const watched = harness.run();
    harness.resilience.session.signIn({ accessToken: 't2' });
    harness.sent[0]!.answer(rejection());
    harness.sent[1]!.answer(rejection());
    await harness.refreshes[0]!.succeed('t3');
    harness.sent[2]!.answer(rejection());
    await harness.settle();
    expect(harness.tokens).toEqual(['t1', 't2', 't3']);
    expect(watched.completions).toBe(1);
    expect(harness.refreshes).toHaveLength(1);
  });

  it('T4 T4b a new operation may have a refresh of its own, once the cool-down has passed', async () => {
    const harness = new Harness();
    harness.serve = (sent) => sent.answer(sent.token === 't3' ? GOOD : rejection());
    harness.run();
    await harness.refreshes[0]!.succeed('t2');
    await harness.clock.advanceAsync(5_000);
    const second = harness.run();
    await harness.settle();
    await harness.refreshes[1]!.succeed('t3');
    expect(second.results).toEqual([GOOD]);
  });
});
