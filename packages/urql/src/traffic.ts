import type { Resilience } from '@holdfast/core';
import type { ExchangeInput, Operation, OperationResult } from '@urql/core';
import { debugObserver } from './debug-events.ts';
import type { ForwardedAttempt } from './forwarded-attempt.ts';
import { OperationRun } from './operation-run.ts';
import { RunsInProgress } from './runs-in-progress.ts';

/** In the words that bundlers look for, as urql itself has them. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** The ways out of the exchange. */
export interface Exits {
  /** To the exchanges below. */
  forward(operation: Operation): void;
  /** To the exchanges above. */
  emit(result: OperationResult): void;
}

/**
 * Takes operations out of the stream that comes down, and the results of their attempts out of the one
 * that comes up.
 */
export class Traffic {
  readonly #resilience: Resilience;
  readonly #dispatchDebug: ExchangeInput['dispatchDebug'];
  readonly #exits: Exits;
  readonly #runs = new RunsInProgress<OperationRun>();
  readonly #attempts = new WeakMap<object, OwnedAttempt>();
  /** The attempt whose result is being told. */
  #telling: ForwardedAttempt | undefined;

  constructor(resilience: Resilience, dispatchDebug: ExchangeInput['dispatchDebug'], exits: Exits) {
    this.#resilience = resilience;
    this.#dispatchDebug = dispatchDebug;
    this.#exits = exits;
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
    const run = new OperationRun(operation, kind, {
      send: (attempt) => {
        this.#attempts.set(attempt.fetch, { run, attempt });
        this.#exits.forward(attempt.operation);
      },
      tearDown: (teardown) => this.#exits.forward(teardown),
      emit: (result) => this.#emit(result),
      over: () => this.#runs.delete(run),
    });
    this.#runs.add(run);
    const isProduction = process.env.NODE_ENV === 'production';
    run.start(
      this.#resilience,
      isProduction ? undefined : debugObserver(this.#dispatchDebug, operation),
    );
  }

  /** A mutation's by hand, too: urql sends none when its subscriber leaves (E1). */
  #tornDown({ key, context }: Operation): void {
    // One that began as an attempt of ours: subscriptionExchange says in this way that a stream is complete.
    const own = context.fetch === undefined ? undefined : this.#attempts.get(context.fetch);
    own?.attempt.completed();
    for (const run of this.#runs.ofKey(key)) run.tornDown();
  }

  /** Whoever leaves on hearing a part of a stream would make fetchExchange reject a promise that nobody holds (E4). */
  #tearDownLater(teardown: Operation): void {
    queueMicrotask(() => {
      // By key, it would end what has begun meanwhile, too.
      if (this.#runs.ofKey(teardown.key).length === 0) this.#exits.forward(teardown);
    });
  }

  /** By the fetch, which tells attempts apart; where an exchange below replaced it, by the operation. */
  #owner({ context, ...operation }: Operation): OwnedAttempt | undefined {
    const known = context.fetch === undefined ? undefined : this.#attempts.get(context.fetch);
    if (known !== undefined) return known;
    const run = this.#runs.find({ ...operation, context });
    return run?.attempt === undefined ? undefined : { run, attempt: run.attempt };
  }

  /** A subscriber that throws must not unwind through the core, where others wait to be told (R9). */
  #emit(result: OperationResult): void {
    try {
      this.#exits.emit(result);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

interface OwnedAttempt {
  readonly run: OperationRun;
  readonly attempt: ForwardedAttempt;
}
