import * as fc from '../../../../tests/properties.ts';
import { describe, expect, it } from 'vitest';
import { emptyHistory, KEPT } from './history.ts';
import type { History, HistoryEvent, Span } from './history.ts';
import { nextHistory } from './next-history.ts';
import { at, historyOf, operation } from './story.fixture.ts';

const ME = operation(7, 'Me');
const LIMITED = { kind: 'rate_limited', status: 429 } as const;
const FIRST = { ...ME, attempt: 1, generation: 3 };

describe('the lane of an operation', () => {
  const attempt: Span = { kind: 'attempt', from: 0, attempt: 1, generation: 3 };
  const cases: readonly [string, readonly HistoryEvent[], readonly Span[]][] = [
    ['an attempt under way', [at(0, 'attempt_started', FIRST)], [attempt]],
    [
      'an attempt that failed',
      [
        at(0, 'attempt_started', FIRST),
        at(5, 'attempt_ended', { ...ME, attempt: 1, outcome: 'failure', failure: LIMITED }),
      ],
      [{ ...attempt, to: 5, outcome: 'failure', failure: LIMITED }],
    ],
    [
      'a wait, and the attempt that ends it',
      [at(0, 'wait', { ...ME, attempt: 1, reason: 'refresh' }), at(4, 'attempt_started', FIRST)],
      [
        { kind: 'refresh', from: 0, to: 4, attempt: 1 },
        { ...attempt, from: 4 },
      ],
    ],
    [
      'one wait after another',
      [
        at(0, 'wait', { ...ME, attempt: 1, reason: 'offline' }),
        at(2, 'wait', { ...ME, attempt: 1, reason: 'rate_limit', until: 9 }),
      ],
      [
        { kind: 'offline', from: 0, to: 2, attempt: 1 },
        { kind: 'rate_limit', from: 2, attempt: 1, until: 9 },
      ],
    ],
    [
      'the end of the operation ends what it does',
      [
        at(0, 'wait', { ...ME, attempt: 1, reason: 'backoff', until: 9 }),
        at(3, 'operation_ended', { ...ME, attempts: 0, outcome: 'cancelled' }),
      ],
      [{ kind: 'backoff', from: 0, to: 3, attempt: 1, until: 9 }],
    ],
    [
      'an attempt whose end was not told is cancelled',
      [
        at(0, 'attempt_started', FIRST),
        at(3, 'attempt_started', { ...FIRST, attempt: 2 }),
        at(4, 'attempt_ended', { ...ME, attempt: 1, outcome: 'success' }),
      ],
      [
        { ...attempt, to: 3, outcome: 'cancelled' },
        { ...attempt, from: 3, attempt: 2 },
      ],
    ],
    [
      'a clock that is set back makes nothing end before it began',
      [
        at(10, 'attempt_started', FIRST),
        at(2, 'attempt_ended', { ...ME, attempt: 1, outcome: 'success' }),
        at(1, 'operation_ended', { ...ME, attempts: 1, outcome: 'success' }),
      ],
      [{ ...attempt, from: 10, to: 10, outcome: 'success' }],
    ],
  ];
  it.each(cases)('%s', (_name, events, spans) => {
    expect(historyOf(events).lanes).toEqual([
      expect.objectContaining({ id: 7, name: 'Me', spans }),
    ]);
  });

  it('ends with its outcome, and hears nothing afterwards', () => {
    const ended = historyOf([
      at(0, 'operation_started', ME),
      at(0, 'attempt_started', FIRST),
      at(5, 'operation_ended', { ...ME, attempts: 1, outcome: 'success' }),
    ]);
    expect(ended.lanes).toMatchObject([{ from: 0, to: 5, outcome: 'success' }]);
    expect(nextHistory(ended, at(6, 'attempt_started', FIRST)).lanes).toBe(ended.lanes);
  });

  it('is not begun by an end', () => {
    const end = at(0, 'operation_ended', { ...ME, attempts: 1, outcome: 'success' });
    expect(nextHistory(emptyHistory, end)).toBe(emptyHistory);
  });

  it('X4 is dropped when there are newer ones, those that go on last', () => {
    const started = [1, 2, 3, 4].map((id) => at(id, 'operation_started', operation(id)));
    const ended = at(5, 'operation_ended', { ...operation(2), attempts: 0, outcome: 'success' });
    const ids = ({ lanes }: History): number[] => lanes.map(({ id }) => id);
    expect(ids(historyOf(started, 3))).toEqual([2, 3, 4]);
    expect(ids(historyOf([...started.slice(0, 3), ended, ...started.slice(3)], 3))).toEqual([
      1, 3, 4,
    ]);
  });
});

describe('refreshes and generations', () => {
  const start = at(0, 'refresh_started', { reason: 'rejected', generation: 1 });
  const cases: readonly [string, HistoryEvent, object][] = [
    [
      'success',
      at(4, 'refresh_succeeded', { generation: 2, tries: 1 }),
      { outcome: 'success', generation: 2, to: 4 },
    ],
    [
      'failure',
      at(4, 'refresh_failed', { failure: LIMITED, tries: 3, retryable: true }),
      { outcome: 'failure', failure: LIMITED, to: 4 },
    ],
    ['T11 a sign-in', at(4, 'signed_in', { generation: 2 }), { outcome: 'cancelled', to: 4 }],
    ['T11 a sign-out', at(4, 'signed_out', { generation: 2 }), { outcome: 'cancelled', to: 4 }],
    [
      'T14 tokens of another tab',
      at(4, 'session_moved', { generation: 2 }),
      { outcome: 'success', generation: 2, to: 4 },
    ],
  ];
  it.each(cases)('a refresh ends with %s', (_name, event, end) => {
    expect(historyOf([start, event]).refreshes).toEqual([{ from: 0, ...end }]);
  });

  it('T11 a sign-in that the session showed first still overtakes the refresh', () => {
    const moved = at(4, 'session_moved', { generation: 2 });
    const { refreshes } = historyOf([start, moved, at(4, 'signed_in', { generation: 2 })]);
    expect(refreshes).toEqual([{ from: 0, to: 4, outcome: 'cancelled' }]);
  });

  it('each newer generation begins once, from whatever it is heard', () => {
    const { generations } = historyOf([
      at(0, 'session_moved', { generation: 1 }),
      at(1, 'attempt_started', { ...FIRST, generation: 1 }),
      at(2, 'attempt_started', { ...operation(8), attempt: 1, generation: 0 }),
      at(3, 'refresh_succeeded', { generation: 2, tries: 1 }),
      at(4, 'attempt_started', { ...operation(9), attempt: 1, generation: 2 }),
      at(5, 'signed_out', { generation: 3 }),
    ]);
    expect(generations).toEqual([
      { generation: 1, from: 0 },
      { generation: 2, from: 3 },
      { generation: 3, from: 5, signedOut: true },
    ]);
  });
});

describe('closures', () => {
  const close = (instant: number, until: number, scope = 'a'): HistoryEvent =>
    at(instant, 'scope_closed', { scope, reason: 'rate_limit', until, failure: 'rate_limited' });
  const open = (instant: number, scope = 'a'): HistoryEvent =>
    at(instant, 'scope_opened', { scope, reason: 'rate_limit' });
  const down = (instant: number): HistoryEvent =>
    at(instant, 'scope_closed', {
      scope: 'a',
      reason: 'outage',
      until: instant + 1,
      failure: 'network',
    });
  const up = (instant: number): HistoryEvent =>
    at(instant, 'scope_opened', { scope: 'a', reason: 'outage' });
  const cases: readonly [string, readonly HistoryEvent[], readonly object[]][] = [
    ['H7 down', [down(0)], [{ scope: 'a', reason: 'outage', from: 0 }]],
    [
      'H7 up again, long after it was asked first',
      [down(0), up(9)],
      [{ scope: 'a', reason: 'outage', from: 0, to: 9 }],
    ],
    ['H7 down, told twice', [down(0), down(5)], [{ scope: 'a', reason: 'outage', from: 0 }]],
    [
      'H7 a limit in an outage',
      [down(0), up(4), close(4, 9), open(9)],
      [
        { scope: 'a', reason: 'outage', from: 0, to: 4 },
        { scope: 'a', from: 4, until: 9, to: 9 },
      ],
    ],
    [
      'H7 an outage after a limit, whose opening nobody told',
      [close(0, 9), down(4)],
      [
        { scope: 'a', from: 0, until: 9, to: 4 },
        { scope: 'a', reason: 'outage', from: 4 },
      ],
    ],
    ['W7 closed', [close(0, 9)], [{ scope: 'a', from: 0, until: 9 }]],
    ['W7 opened', [close(0, 9), open(9)], [{ scope: 'a', from: 0, until: 9, to: 9 }]],
    ['closed for longer', [close(0, 9), close(2, 20)], [{ scope: 'a', from: 0, until: 20 }]],
    [
      'closed again after it opened without a word',
      [close(0, 9), close(12, 20)],
      [
        { scope: 'a', from: 0, until: 9, to: 9 },
        { scope: 'a', from: 12, until: 20 },
      ],
    ],
    [
      'two scopes',
      [close(0, 9), close(1, 5, 'b'), open(5, 'b')],
      [
        { scope: 'a', from: 0, until: 9 },
        { scope: 'b', from: 1, until: 5, to: 5 },
      ],
    ],
    ['an opening that fits nothing', [open(3)], []],
  ];
  it.each(cases)('%s', (_name, events, closures) => {
    const limit = { reason: 'rate_limit' };
    expect(historyOf(events).closures).toEqual(closures.map((each) => ({ ...limit, ...each })));
  });
});

describe('failures and seconds', () => {
  it('F10 who was given up is kept with the advice', () => {
    const given = { ...ME, attempt: 3, failure: LIMITED, advice: 'Send less.' } as const;
    const { failures } = historyOf([at(5, 'gave_up', { ...given, stopped: 'attempts' })]);
    expect(failures).toEqual([
      { ...ME, at: 5, attempts: 3, failure: LIMITED, advice: 'Send less.', stopped: 'attempts' },
    ]);
  });

  it('X4 counts are exact, however few operations are kept', () => {
    const events = Array.from({ length: 40 }, (_, id) => [
      at(1000 + id * 50, 'operation_started', operation(id)),
      at(1000 + id * 50, 'attempt_started', { ...operation(id), attempt: 1, generation: 0 }),
      at(1010 + id * 50, 'attempt_started', { ...operation(id), attempt: 2, generation: 0 }),
    ]).flat();
    const { lanes, seconds } = historyOf(events, 2);
    expect(lanes).toHaveLength(2);
    expect(seconds).toEqual([
      { from: 1000, operations: 20, requests: 40, repeats: 20, failures: 0 },
      { from: 2000, operations: 20, requests: 40, repeats: 20, failures: 0 },
    ]);
  });

  it('a clock that is set back leaves no second in the future', () => {
    const started = (instant: number, id: number): HistoryEvent =>
      at(instant, 'operation_started', operation(id));
    const { seconds } = historyOf([started(1000, 1), started(90_000, 2), started(2000, 3)]);
    expect(seconds.map(({ from }) => from)).toEqual([1000, 2000]);
  });
});

const instants = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
  fc.constantFrom(NaN, Infinity, -Infinity, -5, 8.64e15, 2 ** 60),
);
const outcomes = fc.constantFrom('success', 'failure', 'cancelled');
const reasons = fc.constantFrom('tokens', 'refresh', 'backoff', 'rate_limit', 'outage', 'offline');
const happenings = fc.record({
  type: fc.constantFrom(
    'operation_started',
    'attempt_started',
    'attempt_ended',
    'retry',
    'wait',
    'gave_up',
    'operation_ended',
  ),
  at: instants,
  operation: fc.nat(12),
  kind: fc.constantFrom('query', 'mutation', 'subscription'),
  attempt: fc.nat(3),
  generation: fc.nat(4),
  outcome: outcomes,
  reason: reasons,
  until: fc.option(instants, { nil: undefined }),
  failure: fc.constant(LIMITED),
  attempts: fc.nat(3),
  stopped: fc.constant('attempts'),
});
const others = fc.record({
  type: fc.constantFrom(
    'refresh_started',
    'refresh_succeeded',
    'refresh_failed',
    'signed_in',
    'signed_out',
    'session_moved',
    'tokens_unreadable',
    'scope_closed',
    'scope_opened',
    'budget_empty',
    'callback_failed',
    'something_new',
  ),
  at: instants,
  generation: fc.nat(9),
  scope: fc.constantFrom('a', 'b', ''),
  reason: fc.constantFrom('rate_limit', 'outage'),
  until: instants,
  failure: fc.constant(LIMITED),
});
const sequences = fc.array(
  fc.oneof({ weight: 3, arbitrary: happenings }, others) as fc.Arbitrary<unknown>,
  { maxLength: 150 },
) as fc.Arbitrary<readonly HistoryEvent[]>;

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

describe('any events in any order', () => {
  it('X4 never throw, change no earlier history, and are kept within bounds', () => {
    fc.assert(
      fc.property(sequences, fc.integer({ min: 1, max: 6 }), (events, keep) => {
        let history = emptyHistory;
        for (const event of events) history = deepFreeze(nextHistory(history, event, keep));
        expect(history.lanes.length).toBeLessThanOrEqual(keep);
        for (const { spans } of history.lanes) {
          expect(spans.length).toBeLessThanOrEqual(KEPT.spans);
        }
        for (const list of [
          'refreshes',
          'closures',
          'generations',
          'failures',
          'seconds',
        ] as const) {
          expect(history[list].length).toBeLessThanOrEqual(KEPT[list]);
        }
      }),
    );
  });

  it('nothing ends before it began, and one thing at a time goes on', () => {
    fc.assert(
      fc.property(sequences, (events) => {
        const { lanes, refreshes, closures, seconds, generations } = historyOf(events);
        const stretches = [...lanes, ...lanes.flatMap(({ spans }) => spans), ...refreshes];
        for (const { from, to } of [...stretches, ...closures]) {
          expect(Number.isFinite(from)).toBe(true);
          if (to !== undefined) expect(to).toBeGreaterThanOrEqual(from);
        }
        for (const { until = Infinity, from } of closures) {
          expect(until).toBeGreaterThanOrEqual(from);
        }
        for (const { to, spans } of lanes) {
          const going = spans.filter((span) => span.to === undefined);
          expect(going.length).toBeLessThanOrEqual(to === undefined ? 1 : 0);
        }
        const ascending = (list: readonly number[]): boolean =>
          list.every((value, index) => index === 0 || value > Number(list[index - 1]));
        expect(ascending(seconds.map(({ from }) => from))).toBe(true);
        expect(ascending(generations.map(({ generation }) => generation))).toBe(true);
        expect(new Set(lanes.map(({ id }) => id)).size).toBe(lanes.length);
      }),
    );
  });
});
