import * as fc from '../../../tests/properties.ts';
import { describe, expect, it } from 'vitest';
import type { OperationInfo, Receiver, ResilienceEvent, Signal } from '../src/index.ts';
import { bench, good, limited, nodeError, status } from './bench.fixture.ts';
import type { Step, Trial } from './bench.fixture.ts';

/** How the server treats one attempt: what it answers, and after how many milliseconds. */
interface Answer {
  readonly type: 'good' | 'hint' | 'limit' | 'unavailable' | 'error' | 'lost' | 'unsent' | 'none';
  readonly seconds: number;
  readonly delay: number;
}

interface Plan {
  readonly kind: OperationInfo['kind'];
  readonly name: string;
  readonly answers: readonly Answer[];
  readonly startsAfter: number;
  /** Milliseconds after its start. */
  readonly leavesAfter: number | undefined;
  readonly retry: boolean | undefined;
  readonly idempotent: boolean;
}

const answers: fc.Arbitrary<Answer> = fc.record({
  type: fc.constantFrom(
    'good',
    'good',
    'hint',
    'limit',
    'unavailable',
    'error',
    'lost',
    'unsent',
    'none',
  ),
  seconds: fc.integer({ min: 0, max: 40 }),
  delay: fc.constantFrom(0, 0, 10, 500, 20_000),
});

const plans: fc.Arbitrary<Plan> = fc.record({
  kind: fc.constantFrom('query', 'mutation'),
  name: fc.constantFrom('A', 'B', 'C'),
  answers: fc.array(answers, { minLength: 1, maxLength: 4 }),
  startsAfter: fc.constantFrom(0, 0, 1, 700, 9_000),
  leavesAfter: fc.option(fc.integer({ min: 0, max: 30_000 }), { nil: undefined, freq: 5 }),
  retry: fc.constantFrom(undefined, undefined, true, false),
  idempotent: fc.boolean(),
});

function answer({ type, seconds }: Answer, receiver: Receiver<Signal>): void {
  const failures = { lost: 'ECONNRESET', unsent: 'ECONNREFUSED' } as const;
  if (type === 'lost' || type === 'unsent') return receiver.error(nodeError(failures[type]));
  const results: Partial<Record<Answer['type'], Signal>> = {
    good: good(),
    hint: limited(seconds),
    limit: limited(),
    unavailable: status(503, { 'retry-after': String(seconds) }),
    error: status(500),
  };
  const result = results[type];
  if (result === undefined) return;
  receiver.next(result);
  receiver.complete();
}

/** How often an operation was sent for free: a server named the wait, or an outage was asked about (R4). */
function free({ times }: Trial, { answers: given }: Plan, outages: readonly Outage[]): number {
  return times.filter((at, index) => {
    const { type, seconds } = given[Math.min(index, given.length - 1)] ?? { type: 'good' };
    const named = (type === 'hint' || type === 'unavailable') && Number(seconds) > 0;
    return named || outages.some(({ from, to }) => at >= from && at <= to);
  }).length;
}

interface Outage {
  readonly from: number;
  readonly to: number;
}

/** Monotonic instants between which the scope was down, with the attempts that may have told so. */
function outagesOf(events: readonly ResilienceEvent[], start: number): Outage[] {
  const outages: Outage[] = [];
  let from: number | undefined;
  for (const event of events) {
    if (event.type === 'scope_closed' && event.reason === 'outage') from ??= event.at - start;
    if (event.type !== 'scope_opened' || event.reason !== 'outage' || from === undefined) continue;
    outages.push({ from: from - LONGEST_ATTEMPT - ROUNDING, to: event.at - start + ROUNDING });
    from = undefined;
  }
  return from === undefined
    ? outages
    : [...outages, { from: from - LONGEST_ATTEMPT - ROUNDING, to: Infinity }];
}

const LONGEST_ATTEMPT = 15_000;

/** Epoch milliseconds hold no more than three decimals. */
const ROUNDING = 0.001;

/** The attempt which tells of the outage began its longest time before, to a fraction of a microsecond. */
const timedOutIntoAnOutage = [
  {
    kind: 'query' as const,
    name: 'A',
    answers: [
      { type: 'error' as const, seconds: 0, delay: 0 },
      { type: 'good' as const, seconds: 0, delay: 20_000 },
      { type: 'limit' as const, seconds: 0, delay: 0 },
    ],
    startsAfter: 0,
    leavesAfter: undefined,
    retry: undefined,
    idempotent: false,
  },
];

/** Of those that a limit lets go, the first is answered at once with another limit: the others stay. */
const closedAnewMeanwhile = (
  [
    [
      ['unsent', 0, 500],
      ['hint', 31, 0],
    ],
    [['hint', 0, 500]],
    [
      ['error', 0, 0],
      ['good', 0, 500],
    ],
  ] as const
).map((stream) => ({
  kind: 'query' as const,
  name: 'A',
  answers: [
    ...stream.map(([type, seconds, delay]) => ({ type, seconds, delay })),
    { type: 'good' as const, seconds: 0, delay: 0 },
  ],
  startsAfter: 0,
  leavesAfter: undefined,
  retry: undefined,
  idempotent: false,
}));

describe('an instance under any load', () => {
  it('E4 W3 W7 R1 R2 R4 M1 H5 every operation settles once, in its time, and no hint is anticipated', () => {
    const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.array(plans, { maxLength: 15 }), chances, (load, chance) => {
        const self = bench({ rateLimit: { queue: 5 }, timeout: { attempt: LONGEST_ATTEMPT } });
        const { clock, resilience } = self;
        const began = clock.wall();
        self.chance = chance;
        const trials: { trial: Trial; plan: Plan; start: number; left: boolean }[] = [];
        const served =
          (given: Answer): Step =>
          (receiver) => {
            if (given.delay === 0) answer(given, receiver);
            else clock.after(given.delay, () => answer(given, receiver));
          };

        for (const plan of load) {
          clock.advance(plan.startsAfter);
          const { kind, name, retry, idempotent } = plan;
          const options = { idempotent, ...(retry === undefined ? {} : { retry }) };
          const start = clock.monotonic();
          const trial = self.run(plan.answers.map(served), { kind, name, options });
          const one = { trial, plan, start, left: false };
          trials.push(one);
          if (plan.leavesAfter === undefined) continue;
          clock.after(plan.leavesAfter, () => {
            one.left = trial.settled === 0;
            trial.cancel();
          });
        }
        clock.advance(200_000);

        const outages = outagesOf(self.events, began);
        for (const { trial, plan, start, left } of trials) {
          expect(trial.settled).toBe(left ? 0 : 1);
          expect(trial.sent.length - free(trial, plan, outages)).toBeLessThanOrEqual(4);
          for (const at of trial.times) expect(at).toBeLessThan(start + 60_000);
          const safe = (index: number): boolean =>
            ['hint', 'limit', 'unsent'].includes(plan.answers[index]?.type ?? 'none');
          const last = plan.answers.length - 1;
          const repeated = trial.sent.slice(1).map((_, index) => Math.min(index, last));
          if (plan.kind === 'mutation' && !plan.idempotent) {
            expect(repeated.every(safe)).toBe(true);
          }
          if (plan.retry === false) expect(trial.sent.length).toBeLessThanOrEqual(1);
        }
        let closedUntil = 0;
        for (const event of self.events) {
          // An outage's instant is our own: a probe may come before it (H3).
          if (event.type === 'scope_closed') {
            closedUntil = event.reason === 'rate_limit' ? event.until : 0;
          }
          const early = event.type === 'attempt_started' && event.at < closedUntil - ROUNDING;
          expect(early).toBe(false);
        }
        expect([resilience.activity.get(), resilience.limits.get()]).toEqual([[], []]);
        expect(clock.pending).toBe(0);
      }),
      {
        numRuns: 400,
        examples: [
          [closedAnewMeanwhile, 0],
          [timedOutIntoAnOutage, 0.013231201171876818],
        ],
      },
    );
  });
});
