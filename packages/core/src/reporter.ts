import type { ResilienceEvents, WaitReason } from './model/event.ts';
import type { Failure, StopReason } from './model/failure.ts';
import type { OperationInfo } from './model/operation.ts';
import type { Events } from './observe/events.ts';

type Outcome = 'success' | 'failure' | 'cancelled';

/** Tells what happens to one operation, where anybody listens. */
export class Reporter {
  readonly #events: Events;
  readonly #info: OperationInfo;
  readonly #id: number;
  /** The last attempt whose end was told. */
  #ended = 0;

  constructor(events: Events, info: OperationInfo, id: number) {
    this.#events = events;
    this.#info = info;
    this.#id = id;
  }

  started(): void {
    if (this.#events.active) this.#events.emit('operation_started', this.#operation());
  }

  attemptStarted(attempt: number, generation: number): void {
    if (!this.#events.active) return;
    this.#events.emit('attempt_started', { ...this.#operation(), attempt, generation });
  }

  /** Told once for each attempt: of what comes after its first result, the end of the operation tells. */
  attemptEnded(attempt: number, outcome: Outcome, failure?: Failure): void {
    if (attempt <= this.#ended) return;
    this.#ended = attempt;
    if (!this.#events.active) return;
    this.#events.emit('attempt_ended', {
      ...this.#operation(),
      attempt,
      outcome,
      ...(failure === undefined ? {} : { failure: summary(failure) }),
    });
  }

  retry(attempt: number, failure: Failure, wait: number, fresh: boolean): void {
    if (!this.#heard) return;
    this.#tell('retry', { ...this.#operation(), attempt, failure: summary(failure), wait, fresh });
  }

  /** @param until epoch milliseconds. */
  wait(attempt: number, reason: WaitReason, until: number | undefined): void {
    if (!this.#heard) return;
    const known = until === undefined ? {} : { until };
    this.#tell('wait', { ...this.#operation(), attempt, reason, ...known });
  }

  gaveUp(attempt: number, failure: Failure, stopped: StopReason): void {
    if (!this.#heard) return;
    const { advice } = failure;
    const told = { failure: summary(failure), advice, stopped };
    this.#tell('gave_up', { ...this.#operation(), attempt, ...told });
  }

  ended(outcome: Outcome, attempts: number): void {
    // The one under way, if there is one, came to nothing.
    if (attempts > 0) this.attemptEnded(attempts, outcome === 'success' ? 'success' : 'cancelled');
    if (!this.#events.active) return;
    this.#events.emit('operation_ended', { ...this.#operation(), outcome, attempts });
  }

  /** What goes to the operation's own observer too. */
  #tell<T extends 'retry' | 'wait' | 'gave_up'>(type: T, fields: ResilienceEvents[T]): void {
    this.#events.emit(type, fields, this.#info.observe);
  }

  get #heard(): boolean {
    return this.#events.active || this.#info.observe !== undefined;
  }

  #operation(): ResilienceEvents['operation_started'] {
    const { kind, name } = this.#info;
    return { operation: this.#id, kind, ...(name === undefined ? {} : { name }) };
  }
}

function summary({ kind, status, code }: Failure): ResilienceEvents['gave_up']['failure'] {
  return {
    kind,
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
  };
}
