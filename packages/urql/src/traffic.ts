import type { Resilience } from '@holdfast/core';
import type { ExchangeInput, Operation, OperationResult } from '@urql/core';
import { debugObserver } from './debug-events.ts';
import type { ForwardedAttempt } from './forwarded-attempt.ts';
import { OperationRun } from './operation-run.ts';
import type { Surroundings } from './operation-run.ts';
import { RunsInProgress } from './runs-in-progress.ts';

/** In the words that bundlers look for, as urql itself has them. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** The ways out of the exchange. */
export interface Exits {
  /** To the exchanges below. */
  forward(operation: Operation): void;
  /** Out of what the client keeps. */
  forget(operation: Operation): void;
  /** To the exchanges above. */
  emit(result: OperationResult): void;
}

/**
 * Takes operations out of the stream that comes down, and the results of their attempts out of the one
 * that comes up.
 */
export class Traffic implements Surroundings {
  readonly #resilience: Resilience;
  readonly #dispatchDebug: ExchangeInput['dispatchDebug'];
  readonly #exits: Exits;
  readonly #runs = new RunsInProgress<OperationRun>();
  /**
   * Under this an attempt's fetch says whose it is. Another exchange of ours has a mark of its own. A
   * property costs the garbage collector nothing, where an entry of a WeakMap costs more than all else.
   */
  readonly #mark = Symbol('attempt');
  readonly #debugs: boolean;
  /** The attempt whose result is being told. */
  #telling: ForwardedAttempt | undefined;

  constructor(resilience: Resilience, dispatchDebug: ExchangeInput['dispatchDebug'], exits: Exits) {
    this.#resilience = resilience;
    this.#dispatchDebug = dispatchDebug;
    this.#exits = exits;
    // Read once: in Node, looking into the environment takes longer than the rest of an operation.
    this.#debugs = process.env.NODE_ENV !== 'production';
  }

  /** Whether the operation goes down as it is: teardowns do, and kinds that are not known. */
  lets(operation: Operation): boolean {
    const { kind } = operation;
    if (kind === 'teardown') {
      const isWithin =
        this.#telling?.isStreaming === true && this.#telling.operation.key === operation.key;
      this.#tornDown(operation);
      if (isWithin) this.#tearDownLater(operation);
      return !isWithin;
    }
    if (kind !== 'query' && kind !== 'mutation' && kind !== 'subscription') return true;
    // What is asked again while it is in progress takes the place of what was asked before.
    this.#runs.find(operation)?.end();
    this.#start(operation, kind);
    return false;
  }

  /** Whether the result goes up as it is: it answers no attempt of ours. */
  passes(result: OperationResult): boolean {
    const owned = this.#owner(result.operation);
    if (owned === undefined) return true;
    const outer = this.#telling;
    this.#telling = owned.attempt;
    owned.run.take(owned.attempt, result);
    this.#telling = outer;
    return false;
  }

  #start(operation: Operation, kind: 'query' | 'mutation' | 'subscription'): void {
    const run = new OperationRun(operation, kind, this);
    this.#runs.add(run);
    run.start(
      this.#resilience,
      this.#debugs ? debugObserver(this.#dispatchDebug, operation) : undefined,
    );
  }

  send(run: OperationRun, attempt: ForwardedAttempt): void {
    (attempt.fetch as typeof fetch & Marked)[this.#mark] = { run, attempt };
    this.#exits.forward(attempt.operation);
  }

  tearDown(teardown: Operation): void {
    this.#exits.forward(teardown);
  }

  forget(operation: Operation): void {
    this.#exits.forget(operation);
  }

  over(run: OperationRun): void {
    this.#runs.delete(run);
  }

  /** A mutation's by hand, too: urql sends none when its subscriber leaves (E1). */
  #tornDown(teardown: Operation): void {
    // One that began as an attempt of ours: subscriptionExchange says in this way that a stream is complete.
    this.#marked(teardown)?.attempt.completed();
    for (const run of this.#runs.ofKey(teardown.key)) run.tornDown();
  }

  /** Whoever leaves on hearing a part of a stream would make fetchExchange reject a promise that nobody holds (E4). */
  #tearDownLater(teardown: Operation): void {
    queueMicrotask(() => {
      // By key, it would end what has begun meanwhile, too.
      if (this.#runs.ofKey(teardown.key).length === 0) this.#exits.forward(teardown);
    });
  }

  /** By the fetch, which tells attempts apart; where an exchange below replaced it, by the operation. */
  #owner(operation: Operation): OwnedAttempt | undefined {
    const known = this.#marked(operation);
    if (known !== undefined) return known;
    const run = this.#runs.find(operation);
    return run?.attempt === undefined ? undefined : { run, attempt: run.attempt };
  }

  #marked({ context }: Operation): OwnedAttempt | undefined {
    return (context.fetch as Marked | undefined)?.[this.#mark];
  }

  /** A subscriber that throws must not unwind through the core, where others wait to be told (R9). */
  emit(result: OperationResult): void {
    try {
      this.#exits.emit(result);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

interface Marked {
  [mark: symbol]: OwnedAttempt;
}

interface OwnedAttempt {
  readonly run: OperationRun;
  readonly attempt: ForwardedAttempt;
}
