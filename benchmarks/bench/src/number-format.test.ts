import { expect, it } from 'vitest';
import { showCount, showKilobytes, showMilliseconds, showNanoseconds } from './number-format.ts';

it('shows times in a unit that fits them', () => {
  expect([0, 950, 1_500, -2_000, 3_400_000].map(showNanoseconds)).toEqual([
    '0 ns',
    '950 ns',
    '1.50 µs',
    '-2.00 µs',
    '3.4 ms',
  ]);
  expect(showMilliseconds(12.34)).toBe('12.3 ms');
});

it('shows bytes in KB of 1,000', () => {
  expect([0, 950, 6_144].map(showKilobytes)).toEqual(['0.00 KB', '0.95 KB', '6.14 KB']);
});

it('shows counts with commas', () => {
  expect(showCount(10_000)).toBe('10,000');
});
