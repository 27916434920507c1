import { createResilience } from '@holdfast/core';
import type { Cancel, Clock, Readable, Resilience } from '@holdfast/core';
import type { Recording, StandingRecord } from '../run/recording.ts';
import { BEGINNING } from '../scenario/scenario.ts';

interface Due {
  readonly at: number;
  readonly run: () => void;
}

/** Milliseconds after which nothing of what was said matters any more. */
const LONG_AGO = 60_000;

/**
 * The instance of a run that is over, as it was at the instant that is shown: for `ResilienceStatus`, which
 * says here what it says in an app.
 */
export class ShownResilience {
  readonly resilience: Resilience;
  readonly #standings: readonly StandingRecord[];
  readonly #listeners = new Set<() => void>();
  readonly #due = new Set<Due>();
  #at = 0;
  /** Milliseconds lived through before the run was last gone back in: this clock never does. */
  #before = 0;
  #standing: StandingRecord;

  /** @throws Error where the recording is not one of Holdfast. */
  constructor({ standings }: Recording) {
    const [first] = standings;
    if (first === undefined) throw new Error('Nothing is known of how this instance stood.');
    this.#standings = standings;
    this.#standing = first;
    const idle = createResilience({});
    this.resilience = {
      ...idle,
      clock: this.#clock(),
      online: this.#readable(({ online }) => online),
      session: { ...idle.session, ...this.#readable(({ session }) => session) },
      limits: this.#readable(({ limits }) => limits),
      activity: this.#readable(({ activity }) => activity),
    };
  }

  /** Lives through all that lies between, in its order: what is said depends on how long it has been so. */
  moveTo(at: number): void {
    if (at < this.#at) {
      this.#before += this.#at + LONG_AGO;
      this.#stand(0, this.#standings[0]);
    }
    for (;;) {
      const standing = this.#standings.find((each) => each.at > this.#at && each.at <= at);
      const [due] = Array.from(this.#due).toSorted((one, other) => one.at - other.at);
      if (due !== undefined && due.at <= Math.min(at, standing?.at ?? at)) {
        this.#due.delete(due);
        this.#at = Math.max(this.#at, due.at);
        due.run();
      } else if (standing !== undefined) this.#stand(standing.at, standing);
      else break;
    }
    this.#at = at;
  }

  #stand(at: number, standing: StandingRecord | undefined): void {
    this.#at = at;
    this.#standing = standing ?? this.#standing;
    for (const listener of Array.from(this.#listeners)) listener();
  }

  #clock(): Clock {
    return {
      monotonic: () => this.#before + this.#at,
      wall: () => BEGINNING + this.#at,
      after: (ms, run): Cancel => {
        const due = { at: this.#at + ms, run };
        this.#due.add(due);
        return () => this.#due.delete(due);
      },
    };
  }

  #readable<T>(pick: (standing: StandingRecord) => T): Readable<T> {
    return {
      get: () => pick(this.#standing),
      subscribe: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }
}
