import { describe, expect, it } from 'vitest';
import { bounded, platformRandom } from './random.ts';

describe('a bounded random source', () => {
  it('W5 hands on what lies in [0, 1)', () => {
    for (const value of [0, 0.25, 1 - Number.EPSILON]) expect(bounded(() => value)()).toBe(value);
  });

  it.each([Number.NaN, -0.1, 1, 2 ** 31, Infinity, -Infinity, '0.5', null, undefined, {}])(
    'W5 R9 takes the middle in place of %s',
    (value) => {
      expect(bounded(() => value)()).toBe(0.5);
    },
  );

  it('R9 lets through what it throws: its caller knows whom it concerns', () => {
    const random = bounded(() => {
      throw new Error('no entropy');
    });
    expect(random).toThrow('no entropy');
  });

  it('R9 W5 waits for a promise, and bounds what it brings', async () => {
    expect(await bounded(() => Promise.resolve(0.25))()).toBe(0.25);
    expect(await bounded(() => Promise.resolve(Number.NaN))()).toBe(0.5);
    await expect(bounded(() => Promise.reject(new Error('no entropy')))()).rejects.toThrow(
      'no entropy',
    );
  });

  it('R1 the platform’s numbers lie in [0, 1)', () => {
    const numbers = Array.from({ length: 100 }, platformRandom);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  });
});
