import { describe, expect, it } from 'vitest';
import { GOOD, Harness, rejection } from '../harness.fixture.ts';

const EXPIRED = { tokens: { accessToken: 't1', expiresAt: 1 } };

describe('operations without a token of their own', () => {
  it('T13 auth: false neither waits nor carries a token', async () => {
    const harness = new Harness(EXPIRED);
    const waiting = harness.run();
    await harness.settle();
    const free = harness.run({ options: { auth: false }, kind: 'mutation' });
    expect(harness.tokens).toEqual([undefined]);
    harness.sent[0]!.answer(GOOD);
    expect([free.results, waiting.settled]).toEqual([[GOOD], 0]);
  });

  it('T13 auth: false neither reads the initial tokens nor waits for them', () => {
    let reads = 0;
    const harness = new Harness({ tokens: () => new Promise(() => void reads++) });
    harness.run({ options: { auth: false } });
    expect([harness.tokens, reads]).toEqual([[undefined], 0]);
  });

  it('T13 a rejection of one is delivered, and refreshes nothing', async () => {
    const harness = new Harness({ tokens: { accessToken: 't1' } });
    const watched = harness.run({ options: { auth: false } });
    const refused = rejection();
    harness.sent[0]!.answer(refused);
    await harness.settle();
    expect(watched.results[0]).toBe(refused);
    harness.run();
    expect([harness.refreshes.length, harness.tokens]).toEqual([0, [undefined, 't1']]);
  });

  it.each([
    ['succeeds', GOOD, ['t1', undefined, 't2']],
    ['is rejected too', rejection(), ['t1', undefined]],
  ])(
    'T13 a refresh through the same client neither deadlocks nor loops: it %s',
    async (_name, answer, tokens) => {
      const harness: Harness = new Harness({
        tokens: { accessToken: 't1' },
        refresh: () =>
          new Promise((resolve, reject) => {
            const inner = harness.run({ kind: 'mutation', options: { auth: false } });
            harness.sent.at(-1)!.answer(answer);
            if (inner.failure === undefined) resolve({ accessToken: 't2' });
            else reject(new Error('refused'));
          }),
      });
      const watched = harness.run();
      harness.sent[0]!.answer(rejection());
      await harness.settle();
      expect(harness.tokens).toEqual(tokens);
      harness.sent[2]?.answer(GOOD);
      expect(watched.settled).toBe(1);
    },
  );
});
