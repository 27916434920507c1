import { describe, expect, it } from 'vitest';
import { ResilienceError } from '../../src/index.ts';
import { endpointError, GOOD, Harness, rejection } from '../harness.fixture.ts';

const WORDS = [
  'invalid_grant',
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_request',
  'invalid_scope',
];

describe('words of the token endpoint that are final', () => {
  it.each(WORDS)('T7 %s: no retry, and the session is failed until a sign-in', async (word) => {
    const harness = new Harness();
    const watched = harness.run();
    harness.sent[0]!.answer(rejection());
    await harness.refreshes[0]!.fail(endpointError(400, word));
    expect(watched.settled).toBe(1);
    expect(harness.events.find(({ type }) => type === 'refresh_failed')).toMatchObject({
      failure: { code: word },
      tries: 1,
      retryable: false,
    });
    // For good: no cool-down ends it.
    await harness.clock.advanceAsync(24 * 3_600_000);
    const later = harness.run();
    expect(later.failure).toMatchObject({ retryable: false, stopped: 'session_failed' });
    expect(later.failure?.retryAt).toBeUndefined();
    expect(harness.status).toBe('failed');
    expect(harness.resilience.session.get().failure).toMatchObject({ code: word });
    expect(harness.refreshes).toHaveLength(1);
    harness.resilience.session.signIn({ accessToken: 't2' });
    expect(harness.status).toBe('active');
    expect(harness.resilience.session.get().failure).toBeUndefined();
    harness.run();
    expect(harness.tokens.at(-1)).toBe('t2');
  });

  it.each([
    ['invalid_grant', 'failed'],
    ['no_known_word', 'unavailable'],
  ] as const)(
    'T7 T9 %s ahead of time is shown as %s as soon as an operation finds the token expired',
    async (word, status) => {
      const harness = new Harness({});
      const { session } = harness.resilience;
      session.signIn({ accessToken: 't1', expiresAt: harness.clock.wall() + 100_000 });
      const shown: string[] = [];
      await harness.clock.advanceAsync(94_000);
      harness.run();
      await harness.refreshes[0]!.fail(endpointError(400, word));
      expect(harness.status).toBe('active');
      session.subscribe(() => void shown.push(harness.status));
      await harness.clock.advanceAsync(1_000);
      for (let nth = 0; nth < 3; nth++) {
        expect(harness.run().failure).toMatchObject({ stopped: 'session_failed' });
      }
      expect(shown).toEqual([status]);
      expect(harness.tokens).toEqual(['t1']);
    },
  );

  it.each(WORDS)('T7 %s is final with a server’s status as well', async (word) => {
    const harness = new Harness({});
    harness.run();
    await harness.refreshes[0]!.fail(endpointError(500, word));
    await harness.clock.advanceAsync(29_000);
    expect(harness.refreshes).toHaveLength(1);
  });

  it('T7 words are read from text, and in any case', async () => {
    const harness = new Harness({});
    harness.run();
    const body = JSON.stringify({ error: 'Invalid_Grant' });
    await harness.refreshes[0]!.fail({ status: 400, body });
    await harness.clock.advanceAsync(3_600_000);
    harness.run();
    expect(harness.refreshes).toHaveLength(1);
  });

  it('T7 words are read from a Response', async () => {
    const harness = new Harness({});
    harness.run();
    const response = new Response(JSON.stringify({ error: 'invalid_grant' }), { status: 400 });
    await harness.refreshes[0]!.fail(Object.assign(new Error('refused'), { response }));
    await harness.clock.advanceAsync(3_600_000);
    harness.run();
    expect(harness.refreshes).toHaveLength(1);
  });

  it('T7 the description of invalid_client reaches the failure of each operation', async () => {
    const harness = new Harness({});
    const watched = harness.run();
    await harness.refreshes[0]!.fail(endpointError(401, 'invalid_client'));
    expect(watched.failure?.message).toContain('described: invalid_client');
    expect(watched.failure?.cause).toMatchObject({
      code: 'invalid_client',
      source: 'token-endpoint',
      message: expect.stringContaining('described: invalid_client'),
    });
    expect(harness.run().failure?.message).toContain('described: invalid_client');
  });

  it('T7 T9 a token that still serves goes on serving', async () => {
    const harness = new Harness({ tokens: { accessToken: 't1' } });
    void harness.resilience.session.refresh();
    await harness.settle();
    await harness.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    harness.run();
    expect([harness.tokens, harness.status]).toEqual([['t1'], 'active']);
  });
});

describe('operations when no token is to be had', () => {
  it('T8 each gets its own original answer, with the refresh’s failure as cause', async () => {
    const harness = new Harness();
    const answers = ['first', 'second', 'third'].map((message) => rejection(message));
    const watched = answers.map(() => harness.run());
    for (const [index, answer] of answers.entries()) harness.sent[index]!.answer(answer);
    await harness.settle();
    await harness.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    expect(watched.map(({ results }) => results[0])).toEqual(answers);
    for (const [index, { results, failure, completions }] of watched.entries()) {
      expect(results[0]).toBe(answers[index]);
      expect(completions).toBe(1);
      expect(failure).toMatchObject({
        kind: 'unauthenticated',
        message: answers[index]!.errors && ['first', 'second', 'third'][index],
        stopped: 'session_failed',
        attempts: 1,
        cause: { source: 'token-endpoint', code: 'invalid_grant' },
      });
    }
    expect(harness.refreshes).toHaveLength(1);
  });

  it('T8 each gets its own original error, with the refresh’s failure as cause', async () => {
    const harness = new Harness();
    const watched = [harness.run(), harness.run()];
    const errors = [1, 2].map((n) => Object.assign(new Error(`401 ${n}`), { status: 401 }));
    for (const [index, error] of errors.entries()) harness.sent[index]!.error(error);
    await harness.settle();
    await harness.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    for (const [index, { errors: delivered, failure }] of watched.entries()) {
      expect(delivered[0]).toBe(errors[index]);
      expect(failure).toMatchObject({ status: 401, cause: { code: 'invalid_grant' } });
    }
  });

  it('T8 those that were never sent get a ResilienceError', async () => {
    const harness = new Harness({});
    const watched = [harness.run(), harness.run({ kind: 'mutation' })];
    await harness.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    for (const { errors, failure } of watched) {
      expect(errors[0]).toBeInstanceOf(ResilienceError);
      expect(failure).toMatchObject({
        kind: 'unauthenticated',
        executed: false,
        stopped: 'session_failed',
        attempts: 0,
        cause: { code: 'invalid_grant' },
      });
    }
    expect(harness.sent).toEqual([]);
  });

  it('T8 the same at once for every operation while the session is failed', async () => {
    const harness = new Harness();
    const slow = harness.run();
    harness.run();
    harness.sent[1]!.answer(rejection());
    await harness.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    const unsent = harness.run();
    expect(unsent.errors[0]).toBeInstanceOf(ResilienceError);
    expect(unsent.failure).toMatchObject({ executed: false, stopped: 'session_failed' });
    const answer = rejection();
    harness.sent[0]!.answer(answer);
    expect(slow.results[0]).toBe(answer);
    expect(slow.failure).toMatchObject({
      stopped: 'session_failed',
      cause: { code: 'invalid_grant' },
    });
    expect(harness.refreshes).toHaveLength(1);
  });

  it('T8 session.refresh rejects with the failure', async () => {
    const harness = new Harness({});
    const asked = harness.resilience.session.refresh();
    await harness.settle();
    await harness.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    await expect(asked).rejects.toMatchObject({ failure: { code: 'invalid_grant' } });
  });

  it('T8 an answer that serves is delivered, whatever becomes of the session', async () => {
    const harness = new Harness();
    const slow = harness.run();
    harness.run();
    harness.sent[1]!.answer(rejection());
    await harness.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    harness.sent[0]!.answer(GOOD);
    expect(slow.results).toEqual([GOOD]);
  });
});
