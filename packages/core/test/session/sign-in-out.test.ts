import { describe, expect, it } from 'vitest';
import { ResilienceError } from '../../src/index.ts';
import type { Tokens } from '../../src/index.ts';
import { endpointError, GOOD, Harness, rejection } from '../harness.fixture.ts';

const EXPIRED = { tokens: { accessToken: 't1', expiresAt: 1 } };

describe('a session without tokens', () => {
  it('T11 is signed out where refresh answers undefined: operations go unsigned, and nothing is refreshed', async () => {
    const harness = new Harness({});
    const waiting = [harness.run(), harness.run()];
    await harness.settle();
    expect(harness.refreshes.map(({ request }) => request.reason)).toEqual(['missing']);
    await harness.refreshes[0]!.succeed(undefined);
    expect([harness.status, harness.tokens]).toEqual(['signed-out', [undefined, undefined]]);
    harness.sent[0]!.answer(GOOD);
    const refused = rejection();
    harness.sent[1]!.answer(refused);
    expect(waiting[0]!.results).toEqual([GOOD]);
    expect(waiting[1]!.results[0]).toBe(refused);
    expect(waiting[1]!.failure).toMatchObject({ kind: 'unauthenticated', attempts: 1 });
    await harness.clock.advanceAsync(24 * 3_600_000);
    harness.run();
    await harness.settle();
    expect([harness.tokens, harness.refreshes.length]).toEqual([Array(3).fill(undefined), 1]);
  });

  it('T11 refreshes nothing when it is signed out, session.refresh included', async () => {
    const harness = new Harness({});
    harness.resilience.session.signOut();
    const watched = harness.run();
    const refused = rejection();
    harness.sent[0]!.answer(refused);
    await expect(harness.resilience.session.refresh()).rejects.toBeInstanceOf(ResilienceError);
    expect(watched.results[0]).toBe(refused);
    expect([harness.refreshes.length, harness.status]).toEqual([0, 'signed-out']);
  });

  it('T11 T4 delivers an UNAUTHENTICATED answer whatever the callbacks answer', async () => {
    const harness = new Harness({}, { retry: { when: () => true } });
    harness.resilience.session.signOut();
    harness.serve = (sent) => sent.answer(rejection());
    const watched = harness.run();
    await harness.clock.advanceAsync(60_000);
    expect([watched.completions, harness.sent.length]).toEqual([1, 1]);
  });

  it('T11 a refresh for a rejected token that answers undefined: the rejected get their answer', async () => {
    const harness = new Harness({ tokens: { accessToken: 't1' } });
    const sent = harness.run();
    harness.sent[0]!.answer(rejection());
    const unsent = harness.run();
    await harness.refreshes[0]!.succeed(undefined);
    expect(sent.results).toHaveLength(1);
    expect(unsent.failure).toMatchObject({ kind: 'unauthenticated', executed: false });
    expect([harness.status, harness.sent.length]).toEqual(['signed-out', 1]);
  });

  it('T11 signIn ends it', async () => {
    const harness = new Harness({});
    harness.run();
    await harness.settle();
    await harness.refreshes[0]!.succeed(undefined);
    harness.resilience.session.signIn({ accessToken: 't1' });
    harness.run();
    expect([harness.status, harness.tokens]).toEqual(['active', [undefined, 't1']]);
    expect(harness.types()).toEqual(expect.arrayContaining(['signed_out', 'signed_in']));
  });

  it('T11 an unsigned operation that is refused after a sign-in is replayed with its token', () => {
    const harness = new Harness({});
    harness.resilience.session.signOut();
    const watched = harness.run();
    harness.resilience.session.signIn({ accessToken: 't1' });
    harness.sent[0]!.answer(rejection());
    harness.sent[1]!.answer(GOOD);
    expect([harness.tokens, watched.results]).toEqual([[undefined, 't1'], [GOOD]]);
    expect(harness.refreshes).toEqual([]);
  });
});

describe('sign-out', () => {
  it('T11 operations go unsigned after it', () => {
    const harness = new Harness({ tokens: { accessToken: 't1' } });
    harness.run();
    harness.resilience.session.signOut();
    harness.run();
    expect([harness.tokens, harness.status]).toEqual([['t1', undefined], 'signed-out']);
  });

  it('T11 wins over a refresh: its result is discarded, waiting operations fail as unauthenticated', async () => {
    const harness = new Harness(EXPIRED);
    const waiting = harness.run();
    await harness.settle();
    harness.resilience.session.signOut();
    // At once: what goes on in the same call need not ask whether its work is wanted still.
    expect(harness.refreshes[0]!.request.signal.aborted).toBe(true);
    expect(waiting.errors[0]).toBeInstanceOf(ResilienceError);
    expect(waiting.failure).toMatchObject({ kind: 'unauthenticated', executed: false });
    await harness.settle();
    await harness.refreshes[0]!.succeed('back from the dead');
    expect(harness.status).toBe('signed-out');
    harness.run();
    expect(harness.tokens).toEqual([undefined]);
  });

  it('T11 T8 an operation whose token was rejected before it gets its own answer', async () => {
    const harness = new Harness({ tokens: { accessToken: 't1' } });
    const watched = harness.run();
    const refused = rejection();
    harness.sent[0]!.answer(refused);
    await harness.settle();
    harness.resilience.session.signOut();
    expect(watched.results[0]).toBe(refused);
    await harness.refreshes[0]!.succeed('t2');
    expect(harness.sent).toHaveLength(1);
  });

  it('T11 wins whatever tick of a refresh it comes on', async () => {
    for (let tick = 0; tick < 40; tick++) {
      const harness = new Harness({ ...EXPIRED, refresh: async () => ({ accessToken: 't2' }) });
      const watched = harness.run();
      for (let job = 0; job < tick; job++) await Promise.resolve();
      harness.resilience.session.signOut();
      await harness.settle();
      harness.run();
      expect({ tick, status: harness.status, token: harness.sent.at(-1)?.token }).toEqual({
        tick,
        status: 'signed-out',
        token: undefined,
      });
      const sentBefore = harness.sent[0]?.token === 't2';
      expect(watched.settled).toBe(sentBefore ? 0 : 1);
    }
  });

  it('T11 wins over a refresh that fails', async () => {
    const harness = new Harness(EXPIRED);
    harness.run();
    await harness.settle();
    harness.resilience.session.signOut();
    await harness.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    expect(harness.resilience.session.get()).toMatchObject({ status: 'signed-out' });
    expect(harness.resilience.session.get().failure).toBeUndefined();
  });

  it('T11 wins over the reading of the initial tokens', async () => {
    let found: (tokens: Tokens) => void = () => {};
    const tokens = (): Promise<Tokens> => new Promise((resolve) => (found = resolve));
    const harness = new Harness({ tokens });
    const waiting = harness.run();
    harness.resilience.session.signOut();
    expect(waiting.failure).toMatchObject({ kind: 'unauthenticated', executed: false });
    found({ accessToken: 't1' });
    await harness.settle();
    harness.run();
    expect(harness.tokens).toEqual([undefined]);
  });

  it('T11 an answer that is under way is delivered', () => {
    const harness = new Harness({ tokens: { accessToken: 't1' } });
    const watched = harness.run();
    harness.resilience.session.signOut();
    harness.sent[0]!.answer(GOOD);
    expect(watched.results).toEqual([GOOD]);
  });
});

describe('sign-in', () => {
  it('T11 wins over a refresh: what waits goes on with its tokens', async () => {
    const harness = new Harness(EXPIRED);
    const waiting = harness.run();
    await harness.settle();
    const asked = harness.resilience.session.refresh();
    harness.resilience.session.signIn({ accessToken: 'mine' });
    expect(harness.tokens).toEqual(['mine']);
    expect(harness.refreshes[0]!.request.signal.aborted).toBe(true);
    await harness.settle();
    await harness.refreshes[0]!.succeed('theirs');
    await expect(asked).resolves.toBeUndefined();
    harness.sent[0]!.answer(GOOD);
    harness.run();
    expect([waiting.results, harness.tokens]).toEqual([[GOOD], ['mine', 'mine']]);
  });

  it.each(['an event', 'the state'])(
    'T11 E4 wins over a refresh whose beginning is told by %s: nobody waits for it',
    async (by) => {
      const harness: Harness = new Harness(EXPIRED);
      const { resilience } = harness;
      const { session } = resilience;
      const mine = { accessToken: 'mine' };
      if (by === 'an event') {
        resilience.subscribe(({ type }) => {
          if (type === 'refresh_started') session.signIn(mine);
        });
      } else {
        session.subscribe(() => {
          if (session.get().status === 'refreshing') session.signIn(mine);
        });
      }
      harness.run();
      harness.run();
      await harness.settle();
      expect(harness.tokens).toEqual(['mine', 'mine']);
    },
  );

  it('T11 E4 T9 wins over a refresh that is waited for from now on', async () => {
    const harness: Harness = new Harness({});
    const { session } = harness.resilience;
    session.signIn({ accessToken: 't1', expiresAt: harness.clock.wall() + 100_000 });
    await harness.clock.advanceAsync(90_000);
    harness.run();
    session.subscribe(() => {
      if (session.get().status === 'refreshing') session.signIn({ accessToken: 'mine' });
    });
    await harness.clock.advanceAsync(6_000);
    harness.run();
    await harness.settle();
    expect([harness.refreshes.length, harness.tokens]).toEqual([1, ['t1', 'mine']]);
  });

  it('T11 wins over the reading of the initial tokens', async () => {
    let found: (tokens: Tokens) => void = () => {};
    const harness = new Harness({
      tokens: () => new Promise<Tokens>((resolve) => (found = resolve)),
    });
    harness.run();
    harness.resilience.session.signIn({ accessToken: 'mine' });
    found({ accessToken: 'stored' });
    await harness.settle();
    harness.run();
    expect(harness.tokens).toEqual(['mine', 'mine']);
  });
});
