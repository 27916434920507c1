import { describe, expect, it } from 'vitest';
import { Bins } from './bins.ts';
import { Measures } from './measures.ts';

describe('bins', () => {
  it('find the busiest window wherever it stands', () => {
    const bins = new Bins(10);
    for (const at of [0, 1, 2, 155, 195, 205, 254, 255, 400]) bins.add(at);
    expect(bins.busiest(100)).toBe(4);
    expect(bins.busiest(100, 200)).toBe(3);
    expect(bins.busiest(10)).toBe(3);
    expect(bins.busiest(10, 300)).toBe(1);
  });

  it('count between instants, in steps, and together', () => {
    const bins = new Bins(10);
    const others = new Bins(10);
    for (const at of [0, 15, 25, 35]) bins.add(at);
    for (const at of [5, 95]) others.add(at);
    bins.merge(others);
    expect(bins.between(10, 30)).toBe(2);
    expect(bins.total).toBe(6);
    expect(bins.series(50, 150)).toEqual([5, 1, 0]);
  });
});

describe('hints', () => {
  it('W3 a request before the end of the hint is early, and the first after it is the return', () => {
    const measures = new Measures(2);
    measures.sent(0, 0);
    measures.answered(0, 50, 0, { status: 429, retryAfter: 2 });
    measures.sent(0, 2_049);
    measures.sent(1, 2_049);
    expect(measures.early).toBe(1);
    measures.sent(0, 2_050);
    measures.sent(0, 2_060);
    expect([measures.told, measures.returns.total, measures.busiestReturn]).toEqual([1, 1, 1]);
  });

  it('W3 a token call before the end of the hint is early', () => {
    const measures = new Measures(1);
    measures.called(0, 0);
    measures.tokenAnswered(0, 100, { status: 429, retryAfter: 1 });
    measures.called(0, 1_099);
    measures.called(0, 1_100);
    expect(measures.earlyCalls).toBe(1);
  });
});

describe('recovery', () => {
  /** A load of 100 a second, with `more` in some seconds. */
  function seconds(more: Readonly<Record<number, number>>, badly: readonly number[]): Measures {
    const measures = new Measures(0);
    for (let second = 0; second < 60; second++) {
      measures.requests.add(second * 1_000, 100 + (more[second] ?? 0));
      if (badly.includes(second)) measures.badly.add(second * 1_000, 2);
    }
    return measures;
  }

  it('ends with the last second that has too much, or is answered badly', () => {
    expect(seconds({}, [19]).recovery(20_000, 60_000, 100)).toBe(0);
    expect(seconds({ 21: 60 }, [10]).recovery(20_000, 60_000, 100)).toBe(2_000);
    expect(seconds({ 21: 60 }, [30]).recovery(20_000, 60_000, 100)).toBe(11_000);
    expect(seconds({ 21: 49 }, []).recovery(20_000, 60_000, 100)).toBe(0);
    expect(seconds({ 59: 60 }, []).recovery(20_000, 60_000, 100)).toBe(Infinity);
  });
});
