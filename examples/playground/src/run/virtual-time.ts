import { install } from '@sinonjs/fake-timers';
import { BEGINNING } from '../scenario/scenario.ts';

/** Numbers from 0 to 1 that look random, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One turn of the real event loop: when it is over, every promise that could settle has settled. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined);
  });
}

/**
 * Time that passes from one timer to the next, as fast as the machine can. Everything in this realm goes by
 * it: `setTimeout`, `Date`, `performance` and `Math.random` are its own from now on. A realm has one for good,
 * which is why each run is a worker of its own.
 */
export class VirtualTime {
  readonly #clock: ReturnType<typeof install>;
  #work: Promise<unknown> = Promise.resolve();
  #busy = 0;

  constructor(seed: number) {
    this.#clock = install({
      now: BEGINNING,
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    });
    Math.random = seededRandom(seed);
  }

  /** Milliseconds since the run began. */
  now(): number {
    return this.#clock.now - BEGINNING;
  }

  /** Runs what the platform does in its own time, such as reading a body: one after the other, while time stands still. */
  standingStill<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    const done = this.#work.then(work).finally(() => {
      this.#busy -= 1;
    });
    this.#work = done.catch(() => undefined);
    return done;
  }

  /**
   * Lets time pass until the work is done.
   *
   * @throws what the work throws; Error where it waits for something that no timer brings.
   */
  async pass<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const settled = work.finally(() => {
      over = true;
    });
    // Whatever it is, it is thrown below.
    settled.catch(() => undefined);
    for (;;) {
      await turn();
      while (this.#busy > 0) {
        await this.#work;
        await turn();
      }
      if (over) return settled;
      if (this.#clock.countTimers() === 0) {
        throw new Error(`The run stands still after ${this.now()} ms: nothing is due any more.`);
      }
      this.#clock.next();
    }
  }
}
