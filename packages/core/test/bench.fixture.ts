import { createTestClock } from '@holdfast/testing/clock';
import type { TestClock, TestClockOptions } from '@holdfast/testing/clock';
import { createResilience, failureOf } from '../src/index.ts';
import type {
  Attempt,
  Failure,
  OperationInfo,
  Receiver,
  Resilience,
  ResilienceEvent,
  ResilienceOptions,
  Signal,
} from '../src/index.ts';

/** How one attempt comes out: an answer, a transport's error, silence, or whatever a function does. */
export type Step = Signal | Fails | 'silence' | ((receiver: Receiver<Signal>) => void);

interface Fails {
  readonly fails: unknown;
}

interface Sent {
  readonly name: string;
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly attempt: Attempt;
}

/** One operation under test, and all that became of it. */
export interface Trial {
  /** Monotonic instants at which it was sent. */
  readonly times: number[];
  readonly sent: Sent[];
  /** One for each attempt, to answer by hand. */
  readonly receivers: Receiver<Signal>[];
  readonly results: Signal[];
  readonly errors: unknown[];
  /** How often a transport was told to end an attempt. */
  readonly ended: number;
  /** How often the operation settled: never more than once. */
  readonly settled: number;
  /** Of what was delivered last. */
  readonly failure: Failure | undefined;
  cancel(): void;
}

/** An instance with a clock and a random source that a test holds in its hands. */
export interface Bench {
  readonly clock: TestClock;
  readonly resilience: Resilience;
  readonly events: ResilienceEvent[];
  /** Every attempt of every trial, in the order of sending. */
  readonly sent: Sent[];
  /** In [0, 1); may be changed between steps. */
  chance: number;
  /** Runs an operation. Of several steps each serves one attempt, and the last one all that follow. */
  run(steps: Step | readonly Step[], info?: Partial<OperationInfo>): Trial;
  of<T extends ResilienceEvent['type']>(type: T): Extract<ResilienceEvent, { type: T }>[];
}

/** What the wall clock shows at the start: a Thursday. */
export const START: number = Date.UTC(2026, 0, 1);

export function bench(options: ResilienceOptions = {}, at: TestClockOptions = {}): Bench {
  const clock = createTestClock({ wall: START, ...at });
  const events: ResilienceEvent[] = [];
  const sent: Sent[] = [];
  const self: Bench = {
    clock,
    events,
    sent,
    chance: 0,
    resilience: createResilience({
      clock,
      random: () => self.chance,
      onEvent: (event) => void events.push(event),
      ...options,
    }),
    run: (steps, info) => run(self, steps, info ?? {}),
    of: (type) => events.filter((event): event is never => event.type === type),
  };
  return self;
}

function run(
  { clock, resilience, sent }: Bench,
  given: Step | readonly Step[],
  info: Partial<OperationInfo>,
): Trial {
  const steps = Array.isArray(given) ? (given as readonly Step[]) : [given as Step];
  const operation: OperationInfo = { kind: 'query', name: 'Q', ...info };
  const trial = {
    times: [] as number[],
    sent: [] as Sent[],
    receivers: [] as Receiver<Signal>[],
    results: [] as Signal[],
    errors: [] as unknown[],
    ended: 0,
    settled: 0,
    get failure(): Failure | undefined {
      return failureOf(trial.errors.at(-1) ?? trial.results.at(-1));
    },
    cancel: (): void => cancel(),
  };
  let cancel = (): void => {};
  cancel = resilience.execute<Signal>(
    operation,
    {
      read: (result) => result,
      send: (attempt, receiver) => {
        const one = { name: operation.name ?? '', at: clock.monotonic(), attempt };
        const step = steps[Math.min(trial.sent.length, steps.length - 1)] ?? 'silence';
        sent.push(one);
        trial.sent.push(one);
        trial.times.push(one.at);
        trial.receivers.push(receiver);
        play(step, receiver);
        return () => void trial.ended++;
      },
    },
    {
      next: (result) => void trial.results.push(result),
      error: (error) => {
        trial.errors.push(error);
        trial.settled++;
      },
      complete: () => void trial.settled++,
    },
  );
  return trial;
}

function play(step: Step, receiver: Receiver<Signal>): void {
  if (step === 'silence') return;
  if (typeof step === 'function') return step(receiver);
  if ('fails' in step) return receiver.error(step.fails);
  receiver.next(step);
  receiver.complete();
}

/** A good answer. Each call makes a new one, so that identity can be looked at. */
export function good(headers?: Record<string, string>): Signal {
  return { status: 200, data: { ok: true }, ...(headers && { headers }) };
}

/** An answer with a status, and no GraphQL in it. */
export function status(code: number, headers?: Record<string, string>): Signal {
  return { status: code, body: '', ...(headers && { headers }) };
}

/** 429 with `Retry-After` in seconds; without a hint where none is given. */
export function limited(seconds?: number | string): Signal {
  return status(429, seconds === undefined ? undefined : { 'retry-after': String(seconds) });
}

/** An error as Node's sockets throw it. */
export function nodeError(code: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}
