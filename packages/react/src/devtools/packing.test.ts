import { describe, expect, it } from 'vitest';
import { createPacking } from './packing.ts';

describe('packing', () => {
  it('puts on one row what does not overlap', () => {
    const rooms = [
      { id: 1, from: 0, to: 10 },
      { id: 2, from: 10, to: 20 },
      { id: 3, from: 15, to: 30 },
      { id: 4, from: 21, to: 25 },
    ];
    expect(createPacking().rowsOf(rooms)).toEqual([0, 0, 1, 0]);
  });

  it('leaves everyone where they are when the first goes, and fills its row again', () => {
    const packing = createPacking();
    const first = { id: 1, from: 0, to: 100 };
    const second = { id: 2, from: 5, to: 100 };
    const third = { id: 3, from: 6, to: 100 };
    expect(packing.rowsOf([first, second, third])).toEqual([0, 1, 2]);
    expect(packing.rowsOf([second, third])).toEqual([1, 2]);
    const fourth = { id: 4, from: 50, to: 60 };
    expect(packing.rowsOf([second, third, fourth])).toEqual([1, 2, 0]);
  });

  it('never has two on one row at a time, also where one has grown since', () => {
    const packing = createPacking();
    packing.rowsOf([{ id: 1, from: 0, to: 10 }]);
    const grown = { id: 1, from: 0, to: 40 };
    const next = { id: 2, from: 20, to: 30 };
    expect(packing.rowsOf([grown, next])).toEqual([0, 1]);
  });
});
