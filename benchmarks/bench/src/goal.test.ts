import { describe, expect, it } from 'vitest';
import { goalTable, isMet, reasons } from './goal.ts';
import type { Goal } from './goal.ts';

const goal: Goal = { title: 'size', measured: 6, limit: 6, show: String };

describe('a goal', () => {
  it('is met at its limit, and missed above it', () => {
    expect(isMet(goal)).toBe(true);
    expect(isMet({ ...goal, measured: 6.01 })).toBe(false);
  });

  it('is missed by a number that is none', () => {
    expect(isMet({ ...goal, measured: Number.NaN })).toBe(false);
  });

  it('says why it is missed, where it is', () => {
    const missed = { ...goal, title: 'speed', measured: 7, why: 'Physics.' };
    const also = { ...missed, title: 'size' };
    expect(reasons([goal, { ...goal, why: 'Never said.' }, missed, also])).toBe(
      '- speed; size: Physics.',
    );
  });

  it('says in a table what was measured beside what was meant', () => {
    const { rows } = goalTable([goal, { ...goal, measured: 7 }]);
    expect(rows).toEqual([
      ['size', '6', '6', 'met'],
      ['size', '6', '7', '**missed**'],
    ]);
  });
});
