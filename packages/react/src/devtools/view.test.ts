import { describe, expect, it } from 'vitest';
import { emptyHistory } from './history.ts';
import type { History, Lane } from './history.ts';
import { at, busyHistory, historyOf, operation } from './story.fixture.ts';
import { viewOf } from './view.ts';

const NOW = 100_000;
const lane = (id: number, from: number, to?: number): Lane => ({
  id,
  kind: 'query',
  from,
  to,
  spans: [{ kind: 'attempt', from, to }],
});
const withLanes = (...lanes: readonly Lane[]): History => ({ ...emptyHistory, lanes });
const ids = ({ lanes }: ReturnType<typeof viewOf>): number[] => lanes.map(({ of }) => of.id);

describe('what a timeline shows', () => {
  const cases: readonly [string, Lane, readonly [number, number] | undefined][] = [
    ['before it', lane(1, 10, 20), undefined],
    ['within it', lane(1, 95_000, 96_000), [95_000, 96_000]],
    ['begun before it', lane(1, 10, 96_000), [90_000, 96_000]],
    ['going on', lane(1, 95_000), [95_000, NOW]],
    ['longer than all of it', lane(1, 10), [90_000, NOW]],
    ['after it, on another clock', lane(1, NOW + 5, NOW + 9), undefined],
    ['ends after it', lane(1, 95_000, NOW + 9), [95_000, NOW]],
  ];
  it.each(cases)('an operation %s', (_name, given, shown) => {
    const { lanes } = viewOf(withLanes(given), NOW, 10_000, 5);
    const [from, to] = shown ?? [];
    expect(lanes).toMatchObject(shown === undefined ? [] : [{ from, to, spans: [{ from, to }] }]);
  });

  it('is newest first, and keeps what goes on and what ended last', () => {
    const history = withLanes(
      lane(1, 91_000),
      lane(2, 92_000, 92_100),
      lane(3, 93_000, 99_000),
      lane(4, 94_000, 94_100),
    );
    const view = viewOf(history, NOW, 10_000, 2);
    expect([ids(view), view.hidden]).toEqual([[3, 1], 2]);
  });

  it('counts operations that the history has dropped among those that are not shown', () => {
    const events = Array.from({ length: 20 }, (_, id) =>
      at(95_000 + id, 'operation_started', operation(id)),
    );
    const view = viewOf(historyOf(events, 5), NOW, 10_000, 3);
    expect([view.lanes.length, view.hidden, view.figures.operations]).toEqual([3, 17, 20]);
  });

  it('a rate limit that nobody saw open ends when it said it would', () => {
    const closure = { scope: 'a', reason: 'rate_limit', from: 92_000, until: 95_000 } as const;
    const view = viewOf({ ...emptyHistory, closures: [closure] }, NOW, 10_000, 3);
    expect(view.closures).toMatchObject([{ from: 92_000, to: 95_000 }]);
  });

  it('H7 an outage lasts until it is opened, and until now where nobody knows better', () => {
    const reason = 'outage';
    const closures = [
      { scope: 'a', reason, from: 91_000, to: 94_000 },
      { scope: 'a', reason, from: 96_000 },
    ] as const;
    const view = viewOf({ ...emptyHistory, closures }, NOW, 10_000, 3);
    expect(view.closures.map(({ from, to }) => [from, to])).toEqual([
      [91_000, 94_000],
      [96_000, NOW],
    ]);
    expect([view.figures.limits, view.figures.outages]).toEqual([0, 2]);
  });

  it('a generation lasts until the next', () => {
    const generations = [1, 2].map((generation) => ({ generation, from: generation * 45_000 }));
    const view = viewOf({ ...emptyHistory, generations }, NOW, 10_000, 3);
    expect(view.generations.map(({ from, to }) => [from, to])).toEqual([
      [90_000, 90_000],
      [90_000, NOW],
    ]);
  });

  it('says how much there was', () => {
    expect(viewOf(busyHistory(NOW), NOW, 30_000, 10).figures).toEqual({
      operations: 66,
      requests: 67,
      repeats: 2,
      failures: 1,
      refreshes: 2,
      limits: 1,
      outages: 1,
    });
  });
});
