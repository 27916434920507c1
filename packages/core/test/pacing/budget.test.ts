import * as fc from '../../../../tests/properties.ts';
import { describe, expect, it } from 'vitest';
import { RetryBudget } from '../../src/pacing/budget.ts';

describe('the retry budget', () => {
  it('R4 starts full, and breaks what it cannot pay', () => {
    const budget = new RetryBudget(30, undefined);
    expect([budget.spend(14), budget.spend(14), budget.spend(14)]).toEqual([true, true, false]);
    expect(budget.tokens).toBe(2);
    expect(budget.spend(2)).toBe(true);
    expect(budget.tokens).toBe(0);
  });

  it('R4 a first-try success returns 1, a retried success its last cost', () => {
    const budget = new RetryBudget(30, undefined);
    budget.spend(14);
    budget.succeed(undefined);
    expect(budget.tokens).toBe(17);
    budget.succeed(5);
    expect(budget.tokens).toBe(22);
    budget.succeed(14);
    expect(budget.tokens).toBe(30);
  });

  it('R8 a cost of 0 takes nothing and returns nothing', () => {
    const budget = new RetryBudget(10, undefined);
    budget.spend(5);
    expect(budget.spend(0)).toBe(true);
    budget.succeed(0);
    expect(budget.tokens).toBe(5);
    expect(new RetryBudget(0, undefined).spend(0)).toBe(true);
  });

  it('E5 the storage is read when it is first needed, not before', () => {
    let reads = 0;
    const budget = new RetryBudget(30, { load: () => (reads++, 20), save: () => {} });
    expect(reads).toBe(0);
    expect([budget.tokens, budget.tokens, reads]).toEqual([20, 20, 1]);
  });

  it('R4 keeps every change', () => {
    const saved: number[] = [];
    const budget = new RetryBudget(30, { load: () => 90, save: (n) => void saved.push(n) });
    budget.spend(14);
    budget.spend(90);
    budget.succeed(undefined);
    budget.succeed(14);
    budget.succeed(14);
    expect(saved).toEqual([16, 17, 30]);
  });

  it('R4 never leaves [0, capacity], whatever happens', () => {
    const step = fc.record({ spend: fc.boolean(), amount: fc.integer({ min: 0, max: 40 }) });
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 0, max: 100 }), (steps, capacity) => {
        const budget = new RetryBudget(capacity, undefined);
        for (const { spend, amount } of steps) {
          const before = budget.tokens;
          if (spend) expect(budget.spend(amount)).toBe(amount <= before);
          else budget.succeed(amount);
          expect(budget.tokens).toBeGreaterThanOrEqual(0);
          expect(budget.tokens).toBeLessThanOrEqual(capacity);
        }
      }),
    );
  });
});
