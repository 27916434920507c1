import type { Clock } from '../model/clock.ts';
import type { ResilienceEvents } from '../model/event.ts';
import type { Failure } from '../model/failure.ts';
import { ownFailure } from '../model/own-failure.ts';
import type { AuthOptions, RefreshReason, Tokens } from '../model/tokens.ts';
import type { Note } from '../observe/notes.ts';
import { abortReason } from './abort-reason.ts';
import { Flight } from './flight.ts';
import type { FlightEnd } from './flight.ts';
import { callRefresh } from './refresh-call.ts';
import type { Credentials } from './present.ts';
import { renew } from './renewal.ts';
import type { CallOutcome, JudgeRefusal, Renewal } from './renewal.ts';
import { Rest } from './rest.ts';
import { refreshShared } from './shared-refresh.ts';
import type { Sharing } from './sharing.ts';

export interface RefresherParts {
  readonly auth: AuthOptions & { readonly refreshTimeout: number };
  readonly sharing: Sharing | undefined;
  readonly clock: Clock;
  /** In [0, 1); never throws. */
  readonly random: () => number;
  readonly judge: JudgeRefusal;
  readonly note: Note;
  readonly emit: <T extends keyof ResilienceEvents>(type: T, fields: ResilienceEvents[T]) => void;
  /** Names the sign-in that new tokens belong to. */
  readonly signInOf: (credentials: Credentials) => string;
  /** Takes secrets out of what a callback failed with (X3b). */
  readonly clean: (error: unknown) => unknown;
  /** A refresh has ended, and nothing has taken its place meanwhile. */
  readonly landed: (flight: Flight, renewal: Renewal) => void;
}

/** Runs the one refresh there may be at a time (T1), and rests after one that failed (T6). */
export class Refresher {
  readonly rest: Rest;
  readonly #parts: RefresherParts;
  #flight: Flight | undefined;

  constructor(parts: RefresherParts) {
    this.#parts = parts;
    this.rest = new Rest(parts.clock);
  }

  get flight(): Flight | undefined {
    return this.#flight;
  }

  /** A refresh runs that operations wait for. */
  get awaited(): boolean {
    return this.#flight?.ahead === false;
  }

  /** @param ahead the tokens still serve: nobody waits (T9). */
  start(
    reason: RefreshReason,
    ahead: boolean,
    tokens: Tokens | undefined,
    generation: number,
  ): Flight {
    const flight = new Flight(reason, ahead);
    this.#flight = flight;
    this.#parts.emit('refresh_started', { reason, generation });
    void this.#renew(flight, tokens, generation).then((renewal) => {
      if (this.#flight !== flight) return;
      this.#flight = undefined;
      if (renewal.type === 'failed') this.#failed(flight, renewal);
      else if (renewal.type === 'nothing' && flight.ahead)
        this.rest.begin(nothing(), false, undefined);
      else this.rest.end();
      this.#parts.landed(flight, renewal);
    });
    return flight;
  }

  /** Ends the refresh under way, if there is one: its result will be discarded (T11). */
  supersede(end: FlightEnd): void {
    const flight = this.#flight;
    this.#flight = undefined;
    this.rest.end();
    flight?.end(end);
    flight?.controller.abort(abortReason('AbortError', 'The session moved on.'));
  }

  #failed(flight: Flight, { failure, final, wait }: Extract<Renewal, { type: 'failed' }>): void {
    const { rest } = this;
    rest.begin(failure, final, wait);
    const { kind, status, code } = failure;
    this.#parts.emit('refresh_failed', {
      failure: { kind, status, code },
      tries: flight.tries,
      retryable: !final,
      retryAt: rest.retryAt,
    });
  }

  async #renew(flight: Flight, tokens: Tokens | undefined, generation: number): Promise<Renewal> {
    const { auth, sharing, clock, random, judge, signInOf, note } = this.#parts;
    const refresh = auth.refresh ?? nobody;
    const { reason } = flight;
    const { signal } = flight.controller;
    try {
      return await renew({
        clock,
        random,
        signal,
        call: (left, tried) => {
          flight.tries = tried;
          const end = clock.monotonic() + left;
          const call = (): Promise<CallOutcome> => {
            const limit = Math.min(auth.refreshTimeout, end - clock.monotonic());
            return callRefresh({ refresh, tokens, reason, clock, limit, signal, judge, note });
          };
          return sharing === undefined
            ? call()
            : refreshShared({ sharing, generation, signInOf, clock, limit: left, signal }, call);
        },
      });
    } catch (error) {
      // Nothing above throws but a clock or a classifier's callback of the application: a failed refresh.
      return {
        type: 'failed',
        failure: broken(this.#parts.clean(error)),
        final: false,
        wait: undefined,
      };
    }
  }
}

/** Without `refresh` nothing is begun; if it were, there would be nothing to refresh with (T19). */
function nobody(): Promise<undefined> {
  return Promise.resolve(undefined);
}

function broken(error: unknown): Failure {
  return ownFailure({
    kind: 'unknown',
    source: 'client',
    message: 'A callback failed while tokens were refreshed.',
    advice: 'Mend the callback whose error is the cause.',
    cause: error,
  });
}

/** Nothing to refresh with, while the tokens still serve: they do until they have expired (T9). */
function nothing(): Failure {
  return ownFailure({
    kind: 'unauthenticated',
    source: 'token-endpoint',
    message: 'There was nothing to refresh the tokens with.',
    advice: 'Sign in again before the tokens expire.',
  });
}
