import type { Clock, Unsubscribe } from '../model/clock.ts';
import type { ResilienceEvent, ResilienceEvents } from '../model/event.ts';

type Listener = (event: ResilienceEvent) => void;

/**
 * The events of one instance. A listener that throws harms nobody: the others hear of it as
 * `callback_failed`, and where nobody else listens the console does, once for each listener (R9).
 */
export class Events {
  readonly #clock: Clock;
  readonly #clean: (callback: string, error: unknown) => unknown;
  readonly #listeners = new Set<Listener>();
  readonly #complained = new WeakSet<Listener>();
  /** Callbacks of which the console has been told, where nobody listens. */
  readonly #logged = new Set<string>();

  /** @param clean takes secrets out of what a callback failed with (X3b). */
  constructor(
    clock: Clock,
    clean: (callback: string, error: unknown) => unknown = (_, error) => error,
  ) {
    this.#clock = clock;
    this.#clean = clean;
  }

  /** Whether anybody listens: events that nobody hears are not made. */
  get active(): boolean {
    return this.#listeners.size > 0;
  }

  subscribe(listener: Listener): Unsubscribe {
    const own: Listener = (event) => listener(event);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** @param observe the operation's own observer, told beside the listeners. */
  emit<T extends keyof ResilienceEvents>(
    type: T,
    fields: ResilienceEvents[T],
    observe?: Listener,
  ): void {
    if (this.#listeners.size === 0 && observe === undefined) return;
    const event = { type, at: this.#clock.wall(), ...fields } as ResilienceEvent;
    if (observe !== undefined) this.#tell(observe, event);
    // Those who come meanwhile hear of the next event; those who have left hear of none.
    for (const listener of Array.from(this.#listeners)) {
      if (this.#listeners.has(listener)) this.#tell(listener, event);
    }
  }

  /**
   * Tells of a callback that failed where no operation's error can carry it: a share, a listener, a
   * subscriber. Where nobody listens, the console hears of each callback once.
   */
  complain(callback: string, thrown: unknown): void {
    const error = this.#clean(callback, thrown);
    this.emit('callback_failed', { callback, error });
    if (this.active || this.#logged.has(callback)) return;
    this.#logged.add(callback);
    console.error(`Holdfast: ${callback} failed; everything else goes on.`, error);
  }

  clear(): void {
    this.#listeners.clear();
  }

  #tell(listener: Listener, event: ResilienceEvent): void {
    try {
      const answer: unknown = listener(event);
      if (answer instanceof Promise)
        answer.catch((error: unknown) => this.#failed(listener, error));
    } catch (error) {
      this.#failed(listener, error);
    }
  }

  #failed(listener: Listener, thrown: unknown): void {
    if (this.#complained.has(listener)) return;
    const error = this.#clean('onEvent', thrown);
    this.#complained.add(listener);
    const others = [...this.#listeners].filter((other) => other !== listener);
    if (others.length === 0) {
      console.error('Holdfast: an event listener threw; the operation goes on.', error);
      return;
    }
    const event: ResilienceEvent = {
      type: 'callback_failed',
      at: this.#clock.wall(),
      callback: 'onEvent',
      error,
    };
    for (const other of others) this.#tell(other, event);
  }
}
