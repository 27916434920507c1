import { expect, it } from 'vitest';
import { chance, gap } from './chance.ts';

const many = (draw: () => number): number[] => Array.from({ length: 20_000 }, draw);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

it('gives the same numbers for the same names, and others for others', () => {
  expect(many(chance(7, 1, 3))).toEqual(many(chance(7, 1, 3)));
  const firsts = Array.from({ length: 1_000 }, (_, client) => chance(7, 1, client)());
  expect(new Set([...firsts, chance(7, 2, 3)(), chance(8, 1, 3)()]).size).toBe(1_002);
});

it('is even in [0, 1), within a stream and over the first numbers of many', () => {
  for (const values of [
    many(chance(1)),
    Array.from({ length: 20_000 }, (_, client) => chance(1, 2, client)()),
  ]) {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const value of values) tenths[Math.floor(value * 10)]! += 1;
    for (const count of tenths) expect(count / 2_000).toBeCloseTo(1, 0.9);
    expect(mean(values)).toBeCloseTo(0.5, 1);
  }
});

it('keeps gaps that are as long as they should be on average', () => {
  const draw = chance(3);
  expect(mean(Array.from({ length: 50_000 }, () => gap(200, draw))) / 200).toBeCloseTo(1, 1);
});
