import { describe, expect, it } from 'vitest';
import { isMeant, meantActivity, meantHistory } from './filter.ts';
import { busyHistory } from './story.fixture.ts';

const END = 1_700_000_030_000;

describe('a filter of operations', () => {
  it.each([
    ['', true],
    ['  ', true],
    ['order', true],
    ['PLACE', true],
    ['mutation order', true],
    ['query', false],
    ['order query', false],
  ])('means PlaceOrder by "%s": %s', (words, isIt) => {
    expect(isMeant({ kind: 'mutation', name: 'PlaceOrder' }, words)).toBe(isIt);
  });

  it('means one without a name by its kind', () => {
    expect(isMeant({ kind: 'query' }, 'query')).toBe(true);
    expect(isMeant({ kind: 'query' }, 'orders')).toBe(false);
  });

  it('leaves everything as it is where there are no words', () => {
    const history = busyHistory(END);
    const activity = [{ kind: 'query', reason: 'backoff', attempt: 2 }] as const;
    expect(meantHistory(history, ' ')).toBe(history);
    expect(meantActivity(activity, '')).toBe(activity);
    expect(meantActivity(activity, 'mutation')).toEqual([]);
  });

  it('counts what is meant, and leaves what concerns all', () => {
    const history = busyHistory(END);
    const { lanes, failures, seconds, ...common } = meantHistory(history, 'order');
    expect(lanes.map(({ name }) => name)).toEqual(['PlaceOrder']);
    expect(failures.map(({ name }) => name)).toEqual(['PlaceOrder']);
    const from = END - 21_000;
    expect(seconds).toEqual([{ from, operations: 1, requests: 1, repeats: 0, failures: 1 }]);
    const { lanes: _, failures: __, seconds: ___, ...all } = history;
    expect(common).toEqual(all);
  });

  it('counts as a history does', () => {
    const history = busyHistory(END);
    // Every operation of this story is kept, and every name and kind has an e, an o or an i.
    const everything = meantHistory({ ...history }, 'o');
    const expected = history.lanes.filter(({ name, kind }) => `${name} ${kind}`.includes('o'));
    expect(everything.lanes).toEqual(expected);
    const repeats = meantHistory(history, 'me query').seconds.reduce(
      (sum, each) => sum + each.repeats,
      0,
    );
    expect(repeats).toBe(1);
  });
});
