import { Value } from '../readable.ts';
import { loadOperation } from './operation.ts';
import type { LoadOperation } from './operation.ts';

export interface LoadState {
  /** Operations a second. */
  readonly rate: number;
  readonly running: boolean;
  /** Nothing is asked for now, since there is no room for more. */
  readonly heldBack: boolean;
}

/** What a load needs. */
export interface LoadOptions {
  /** Operations a second to begin with. */
  readonly rate: number;
  ask(operation: LoadOperation): void;
  /** Whether there is room for more. */
  hasRoom(): boolean;
}

export const MOST_OPERATIONS = 50;

/** Milliseconds from look to look. */
const TICK = 20;

/** Asks for operations, so many a second. It rests while nobody looks: a hidden page's timers are slow. */
export class Load {
  readonly state: Value<LoadState>;
  readonly #options: LoadOptions;
  #asked = 0;
  #due = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: LoadOptions) {
    this.state = new Value<LoadState>({ rate: options.rate, running: false, heldBack: false });
    this.#options = options;
    document.addEventListener('visibilitychange', this.#apply);
  }

  setRate(rate: number): void {
    this.state.set({ ...this.state.get(), rate });
    this.#apply();
  }

  setRunning(running: boolean): void {
    this.state.set({ ...this.state.get(), running });
    this.#apply();
  }

  readonly #apply = (): void => {
    const { rate, running } = this.state.get();
    const wanted = running && rate > 0 && !document.hidden;
    if (wanted && this.#timer === undefined) {
      this.#due = performance.now();
      this.#timer = setInterval(this.#tick, TICK);
    }
    if (!wanted) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    // From a slow rate to a fast one: not only after the slow one's interval.
    this.#due = Math.min(this.#due, performance.now() + 1_000 / Math.max(rate, 1));
  };

  readonly #tick = (): void => {
    const now = performance.now();
    const heldBack = !this.#options.hasRoom();
    if (heldBack !== this.state.get().heldBack) this.state.set({ ...this.state.get(), heldBack });
    // After a pause of the whole page nothing is made up for.
    this.#due = Math.max(this.#due, now - 1_000);
    while (this.#due <= now) {
      this.#due += 1_000 / this.state.get().rate;
      if (heldBack) continue;
      this.#asked += 1;
      this.#options.ask(loadOperation(this.#asked));
    }
  };
}
