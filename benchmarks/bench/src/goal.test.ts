import { describe, expect, it } from 'vitest';
import { goalTable, standing } from './goal.ts';
import type { Goal } from './goal.ts';

const goal: Goal = { title: 'size', measured: 6, wanted: 6, aim: 4, show: String };

describe('a goal', () => {
  it('is met at what is wanted, and missed above it', () => {
    expect(standing(goal)).toBe('met');
    expect(standing({ ...goal, measured: 6.01 })).toBe('missed');
  });

  it('is missed by a number that is none', () => {
    expect(standing({ ...goal, measured: Number.NaN })).toBe('missed');
  });

  it('has come to its aim, where it has one', () => {
    expect(standing({ ...goal, measured: 4 })).toBe('aim reached');
    expect(standing({ title: 'calls', measured: 1, wanted: 1, show: String })).toBe('met');
  });

  it('says in a table what was measured beside what was meant', () => {
    const calls: Goal = { title: 'calls', measured: 7, wanted: 6, show: String };
    expect(goalTable([goal, calls]).rows).toEqual([
      ['size', '6', '4', '6', 'met'],
      ['calls', '6', '', '7', '**missed**'],
    ]);
  });
});
