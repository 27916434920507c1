import type { Cancel } from '../model/clock.ts';
import type { Wake } from './standing.ts';

/** The operations that wait for the session. One whose subscriber throws keeps no other waiting (E4). */
export class Waiters {
  readonly #waiting = new Set<Wake>();
  readonly #report: (error: unknown) => void;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  add(wake: Wake): Cancel {
    this.#waiting.add(wake);
    return () => {
      this.#waiting.delete(wake);
    };
  }

  /** Each is woken once; who waits again does so anew. */
  wake(signedOut: boolean): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) {
      try {
        wake(signedOut);
      } catch (error) {
        this.#report(error);
      }
    }
  }
}
