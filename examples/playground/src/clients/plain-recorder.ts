import { classify } from '@holdfast/core';
import type { Failure, FailureSummary } from '@holdfast/core';
import type { HistoryEvent } from '@holdfast/react/devtools';
import type { Fetch } from '../run/network.ts';
import type { ShopOperation } from '../run/shopper.ts';
import type { Answer, ShopClient } from './client.ts';
import { TokensRefused } from './sign-in.ts';

/** What is known of an operation that is under way. */
interface Open {
  readonly operation: number;
  readonly kind: 'query' | 'mutation';
  readonly name: string;
  attempts: number;
  failure: FailureSummary | undefined;
}

/** Which operation a request is for: all of them have an `id` of their own. */
function numberIn(body: unknown): number | undefined {
  if (typeof body !== 'string') return undefined;
  const sent = JSON.parse(body) as { readonly variables?: { readonly id?: string } };
  return Number(sent.variables?.id);
}

function summary(failure: Failure): FailureSummary {
  const { kind, status, code, partial } = failure;
  return { kind, status, code, ...(partial ? { partial } : {}) };
}

/**
 * Draws the picture of a client that tells nothing about itself: its requests and answers are watched,
 * and what lies between two attempts of one operation is a wait.
 */
export class PlainRecorder {
  readonly #record: (event: HistoryEvent) => void;
  readonly #open = new Map<number, Open>();
  #generation = 0;

  constructor(record: (event: HistoryEvent) => void) {
    this.#record = record;
  }

  /** The same `ask`, watched. */
  recordedAsk(ask: ShopClient['ask']): ShopClient['ask'] {
    return async (operation) => {
      this.#started(operation);
      const answer = await ask(operation);
      this.#ended(operation, answer);
      return answer;
    };
  }

  #started({ number: operation, kind, name }: ShopOperation): void {
    this.#open.set(operation, { operation, kind, name, attempts: 0, failure: undefined });
    this.#record({ type: 'operation_started', at: Date.now(), operation, kind, name });
  }

  #ended({ number }: ShopOperation, { data, error }: Answer): void {
    const open = this.#open.get(number);
    if (open === undefined) return;
    this.#open.delete(number);
    const { operation, kind, name, attempts, failure } = open;
    const event = { at: Date.now(), operation, kind, name };
    const failed = error !== undefined && data == null;
    if (failed) {
      this.#record({
        ...event,
        type: 'gave_up',
        attempt: attempts,
        failure: failure ?? { kind: 'unknown' },
        advice: '',
        stopped: 'attempts',
      });
    }
    const outcome = failed ? 'failure' : 'success';
    this.#record({ ...event, type: 'operation_ended', outcome, attempts });
  }

  /** The same `fetch`, watched. Its answers are in memory, and may be read more than once. */
  recorded(fetch: Fetch): Fetch {
    return async (input, init) => {
      const open = this.#open.get(numberIn(init?.body) ?? -1);
      if (open === undefined) return fetch(input, init);
      this.#attemptStarted(open);
      try {
        const response = await fetch(input, init);
        const body = await response.text();
        this.#attemptEnded(
          open,
          classify({ status: response.status, headers: response.headers, body }),
        );
        return response;
      } catch (error) {
        this.#attemptEnded(open, classify({ error }));
        throw error;
      }
    };
  }

  #attemptStarted(open: Open): void {
    open.attempts += 1;
    const { operation, kind, name, attempts: attempt } = open;
    const generation = this.#generation;
    const event = { at: Date.now(), operation, kind, name, attempt };
    this.#record({ ...event, type: 'attempt_started', generation });
  }

  /** What follows a failure is a wait, until the next attempt or the end shows how long. */
  #attemptEnded(open: Open, failure: Failure | undefined): void {
    const { operation, kind, name, attempts: attempt } = open;
    open.failure = failure === undefined ? undefined : summary(failure);
    const event = { at: Date.now(), operation, kind, name };
    this.#record({
      ...event,
      type: 'attempt_ended',
      attempt,
      outcome: failure === undefined ? 'success' : 'failure',
      failure: open.failure,
    });
    if (failure === undefined || failure.partial) return;
    const reason = failure.kind === 'unauthenticated' ? 'refresh' : 'backoff';
    this.#record({ ...event, type: 'wait', attempt: attempt + 1, reason });
  }

  refreshStarted(): void {
    const generation = this.#generation;
    this.#record({
      type: 'refresh_started',
      at: Date.now(),
      reason: 'rejected',
      generation,
    });
  }

  refreshSucceeded(): void {
    this.#generation += 1;
    const generation = this.#generation;
    this.#record({ type: 'refresh_succeeded', at: Date.now(), generation, tries: 1 });
  }

  refreshFailed(error: unknown): void {
    const signal = error instanceof TokensRefused ? { status: error.status } : { error };
    const failure = classify(signal);
    this.#record({
      type: 'refresh_failed',
      at: Date.now(),
      failure: failure === undefined ? { kind: 'unknown' } : summary(failure),
      tries: 1,
      retryable: false,
    });
  }

  signedIn(): void {
    this.#generation += 1;
    const generation = this.#generation;
    this.#record({ type: 'signed_in', at: Date.now(), generation });
  }

  signedOut(): void {
    this.#generation += 1;
    const generation = this.#generation;
    this.#record({ type: 'signed_out', at: Date.now(), generation });
  }
}
