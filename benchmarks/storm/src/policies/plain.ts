import type { Client, Place, Policy } from '../policy.ts';
import type { Answer } from '../server.ts';

/** How one operation is retried. */
export interface Course {
  /** Milliseconds until the next attempt, after one that failed; `undefined`: it was the last. */
  after(failed: Answer): number | undefined;
  succeeded(): void;
}

/** What a client remembers between its operations, such as a budget. */
export interface Retries {
  operation(): Course;
}

/**
 * A policy that is no more than its retries: each operation for itself, with whatever its client
 * remembers.
 *
 * @param retries makes the memory of one client.
 */
export function plain(name: string, source: string, retries: (place: Place) => Retries): Policy {
  return { name, source, client: (place) => new PlainClient(place, retries(place)) };
}

class PlainClient implements Client {
  readonly #place: Place;
  readonly #retries: Retries;

  constructor(place: Place, retries: Retries) {
    this.#place = place;
    this.#retries = retries;
  }

  query(settled: (answered: boolean) => void): void {
    const { wire, timeline, id, token } = this.#place;
    const course = this.#retries.operation();
    const send = (): void => {
      wire.send(id, token, (answer) => {
        if (answer.status === 200) {
          course.succeeded();
          return settled(true);
        }
        const delay = course.after(answer);
        if (delay === undefined) return settled(false);
        timeline.after(delay, send);
      });
    };
    send();
  }
}
