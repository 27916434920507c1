import type {
  Attributes,
  BatchObservableCallback,
  Counter,
  Histogram,
  Meter,
  ObservableUpDownCounter,
} from '@opentelemetry/api';
import type { ActivityState, LimitState, Resilience, SessionState } from '@holdfast/core';

/**
 * Upper bounds in seconds: those that the semantic conventions advise for the duration of a request, and as
 * far beyond as an operation may wait (60 s, unless it was given longer).
 */
const SECONDS: number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 30, 60,
];

/** Every value that a gauge has: a series that is told as 0 can be told from one that nobody reports. */
const WAITS: Readonly<Record<ActivityState[number]['reason'], true>> = {
  tokens: true,
  refresh: true,
  backoff: true,
  rate_limit: true,
  outage: true,
  offline: true,
};
const CLOSINGS: Readonly<Record<LimitState[number]['reason'], true>> = {
  rate_limit: true,
  outage: true,
};
const STATUSES: Readonly<Record<SessionState['status'], true>> = {
  unknown: true,
  'signed-out': true,
  active: true,
  refreshing: true,
  unavailable: true,
  failed: true,
};

/** An instance whose state the gauges show, and what its series are told apart by. */
interface Observed {
  readonly resilience: Resilience;
  readonly common: Attributes;
}

/** One gauge: its values, and how many of each an instance has now. */
interface Gauge {
  readonly instrument: ObservableUpDownCounter;
  readonly attribute: string;
  readonly values: readonly string[];
  now(resilience: Resilience): readonly string[];
}

/**
 * All metrics of one meter. Names follow the semantic conventions (dots, no unit and no `total` in a name,
 * units by UCUM), and no attribute holds what a server, a user or an operation could add values to.
 */
export class Instruments {
  readonly operations: Counter;
  readonly operationDuration: Histogram;
  readonly attempts: Counter;
  readonly attemptDuration: Histogram;
  readonly retries: Counter;
  readonly waits: Counter;
  readonly waitDuration: Histogram;
  readonly failures: Counter;
  readonly budgetEmpty: Counter;
  readonly refreshes: Counter;
  readonly refreshDuration: Histogram;
  readonly closures: Counter;
  readonly sessionChanges: Counter;
  readonly callbackFailures: Counter;
  readonly #meter: Meter;
  readonly #gauges: readonly Gauge[];
  readonly #observed = new Set<Observed>();
  /** What series have been told apart by, ever: a few names. */
  readonly #seen = new Map<string, Attributes>();

  constructor(meter: Meter) {
    const count = (name: string, unit: string, description: string): Counter =>
      meter.createCounter(name, { unit: `{${unit}}`, description });
    const time = (name: string, description: string): Histogram =>
      meter.createHistogram(name, {
        unit: 's',
        description,
        advice: { explicitBucketBoundaries: SECONDS },
      });
    this.#meter = meter;
    this.operations = count(
      'holdfast.operations',
      'operation',
      'GraphQL operations that were started.',
    );
    this.operationDuration = time(
      'holdfast.operation.duration',
      'From the start of an operation to its end, with all its waits and attempts.',
    );
    this.attempts = count('holdfast.attempts', 'attempt', 'Requests that were sent.');
    this.attemptDuration = time(
      'holdfast.attempt.duration',
      'From the sending of an attempt to its first result or its failure.',
    );
    this.retries = count(
      'holdfast.retries',
      'retry',
      'Failures after which an operation is sent again.',
    );
    this.waits = count('holdfast.waits', 'wait', 'Waits that operations began.');
    this.waitDuration = time('holdfast.wait.duration', 'How long a wait of an operation took.');
    this.failures = count(
      'holdfast.failures',
      'failure',
      'Failures that were delivered to the application.',
    );
    this.budgetEmpty = count(
      'holdfast.budget.empty',
      'retry',
      'Retries that were not made because the retry budget is spent.',
    );
    this.refreshes = count('holdfast.refreshes', 'refresh', 'Token refreshes that were started.');
    this.refreshDuration = time('holdfast.refresh.duration', 'How long a token refresh took.');
    this.closures = count(
      'holdfast.scope.closures',
      'closure',
      'How often a rate limit or an outage closed a scope, or closed it for longer.',
    );
    this.sessionChanges = count(
      'holdfast.session.changes',
      'change',
      'Sign-ins and sign-outs, those of siblings included.',
    );
    this.callbackFailures = count(
      'holdfast.callback.failures',
      'failure',
      'Callbacks of the application, or of its share, that threw or rejected.',
    );
    this.#gauges = [
      {
        instrument: meter.createObservableUpDownCounter('holdfast.operations.held', {
          unit: '{operation}',
          description: 'Operations that wait now.',
        }),
        attribute: 'holdfast.wait.reason',
        values: Object.keys(WAITS),
        now: ({ activity }) => activity.get().map(({ reason }) => reason),
      },
      {
        instrument: meter.createObservableUpDownCounter('holdfast.scopes.closed', {
          unit: '{scope}',
          description: 'Scopes that are closed now.',
        }),
        attribute: 'holdfast.closed.reason',
        values: Object.keys(CLOSINGS),
        now: ({ limits }) => limits.get().map(({ reason }) => reason),
      },
      {
        instrument: meter.createObservableUpDownCounter('holdfast.session.status', {
          unit: '{session}',
          description: 'Sessions by the status that they have now.',
        }),
        attribute: 'holdfast.session.status',
        values: Object.keys(STATUSES),
        now: ({ session }) => [session.get().status],
      },
    ];
  }

  /** Shows an instance's state whenever metrics are collected, until what is returned is called. */
  observe(resilience: Resilience, common: Attributes): () => void {
    const observed = { resilience, common };
    if (this.#seen.size === 0) {
      const instruments = this.#gauges.map(({ instrument }) => instrument);
      this.#meter.addBatchObservableCallback(this.#report, instruments);
    }
    this.#seen.set(JSON.stringify(common), common);
    this.#observed.add(observed);
    return () => void this.#observed.delete(observed);
  }

  /**
   * All instances together: of two observations with the same attributes an SDK keeps only one. Where none is
   * left it is 0 of everything: an SDK goes on telling what it heard last.
   */
  readonly #report: BatchObservableCallback = (result) => {
    for (const { instrument, attribute, values, now } of this.#gauges) {
      const sums = new Map([...this.#seen.keys()].map((key) => [key, zeros(values)]));
      for (const { resilience, common } of this.#observed) {
        const counts = sums.get(JSON.stringify(common));
        for (const value of now(resilience)) counts?.set(value, (counts.get(value) ?? 0) + 1);
      }
      for (const [key, counts] of sums) {
        for (const [value, count] of counts) {
          result.observe(instrument, count, { ...this.#seen.get(key), [attribute]: value });
        }
      }
    }
  };
}

function zeros(values: readonly string[]): Map<string, number> {
  return new Map(values.map((value) => [value, 0]));
}

const KNOWN = new WeakMap<Meter, Instruments>();

/** The metrics of a meter, made once for all instances that report to it. */
export function instrumentsOf(meter: Meter): Instruments {
  let instruments = KNOWN.get(meter);
  if (instruments === undefined) KNOWN.set(meter, (instruments = new Instruments(meter)));
  return instruments;
}
