import { describe, expect, it } from 'vitest';
import type { Tokens } from '../../src/index.ts';
import { Harness } from '../harness.fixture.ts';

describe('initial tokens', () => {
  it('T12 may come asynchronously, are read once, and when the first operation comes', async () => {
    let reads = 0;
    const harness = new Harness({
      tokens: async () => {
        reads++;
        return { accessToken: 't1' };
      },
    });
    await harness.settle();
    expect([reads, harness.status]).toEqual([0, 'unknown']);
    const watched = [harness.run(), harness.run()];
    expect(harness.resilience.activity.get().map(({ reason }) => reason)).toEqual([
      'tokens',
      'tokens',
    ]);
    await harness.settle();
    harness.run();
    expect([reads, harness.tokens]).toEqual([1, ['t1', 't1', 't1']]);
    expect(watched.map(({ settled }) => settled)).toEqual([0, 0]);
    expect(harness.refreshes).toEqual([]);
  });

  it('T12 may come at once from a function', () => {
    const harness = new Harness({ tokens: () => ({ accessToken: 't1' }) });
    harness.run();
    expect(harness.tokens).toEqual(['t1']);
  });

  const unreadable: [string, () => unknown][] = [
    ['rejects', () => Promise.reject(new Error('no storage'))],
    [
      'throws',
      () => {
        throw new Error('no storage');
      },
    ],
    ['answers nonsense', () => Promise.resolve({ token: 't1' })],
    ['answers null', () => null],
    ['never settles', () => new Promise(() => {})],
  ];

  it.each(unreadable)(
    'T12 a reader that %s counts as no tokens, and is told as an event',
    async (name, reader) => {
      const harness = new Harness({ tokens: reader as () => Tokens });
      harness.run();
      await harness.settle();
      if (name === 'never settles') await harness.clock.advanceAsync(10_000);
      expect(harness.types()).toContain('tokens_unreadable');
      expect(harness.refreshes.map(({ request }) => request.reason)).toEqual(['missing']);
      await harness.refreshes[0]!.succeed('t2');
      expect(harness.tokens).toEqual(['t2']);
    },
  );

  it('T12 a reader that answers undefined is no trouble', async () => {
    const harness = new Harness({ tokens: () => undefined });
    harness.run();
    await harness.settle();
    expect(harness.types()).not.toContain('tokens_unreadable');
    expect(harness.refreshes).toHaveLength(1);
  });
});
