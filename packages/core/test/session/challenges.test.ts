import { describe, expect, it } from 'vitest';
import { Harness } from '../harness.fixture.ts';

describe('challenges', () => {
  const challenge = (status: number, value: string): object => ({
    status,
    body: '',
    headers: { 'WWW-Authenticate': value },
  });

  it.each([
    [401, 'insufficient_scope'],
    [403, 'insufficient_scope'],
    [401, 'insufficient_user_authentication'],
  ])('T17 %d with %s does not refresh: it is forbidden, with advice', async (status, word) => {
    const harness = new Harness();
    const watched = harness.run();
    harness.sent[0]!.answer(challenge(status, `Bearer realm="x", error="${word}", scope="a b"`));
    await harness.settle();
    expect(watched.failure).toMatchObject({
      kind: 'forbidden',
      status,
      advice: expect.stringMatching(/scope|sign-in/),
    });
    expect([harness.sent.length, harness.refreshes.length]).toEqual([1, 0]);
  });

  it.each(['Bearer error="invalid_token"', 'Bearer', 'Bearer realm="insufficient_scope"'])(
    'T17 401 with %s refreshes',
    async (value) => {
      const harness = new Harness();
      harness.run();
      harness.sent[0]!.answer(challenge(401, value));
      await harness.refreshes[0]!.succeed('t2');
      expect(harness.tokens).toEqual(['t1', 't2']);
    },
  );
});
