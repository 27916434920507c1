import type { Cancel, Clock } from '../model/clock.ts';
import { startTimer } from '../time/clock.ts';
import { timeLeft } from './admission.ts';
import type { Closure, Pass, PassOutcome, Waiter } from './admission.ts';
import { Line } from './line.ts';

export interface ScopeOptions {
  readonly clock: Clock;
  /** Somebody shows the closed scopes, and so wants to hear of an opening that nobody waits for. */
  readonly watched: () => boolean;
  readonly onOpened: () => void;
  /** The scope answers again, and nobody waits: it can be forgotten. */
  readonly onRecovered: () => void;
  readonly onChange: () => void;
}

/**
 * One rate-limit scope from its first limit to its recovery (W7). Closed, it queues. On opening, one
 * operation goes first, and each success doubles how many may be under way, until nobody waits.
 */
export class Scope {
  readonly #options: ScopeOptions;
  /** Those that met the limit, and behind them those that came later: each in order of arrival. */
  readonly #first = new Line<Waiter>();
  readonly #others = new Line<Waiter>();
  #closure: Closure;
  #closed = false;
  /** Tells the passes of one recovery from those of the one before. */
  #recovery = 0;
  #allowed = 1;
  #underWay = 0;
  #lettingThrough = false;
  #timer: { readonly cancel: Cancel; readonly idle: boolean } | undefined;

  constructor(options: ScopeOptions) {
    this.#options = options;
    this.#closure = { kind: 'rate_limited', hinted: undefined, until: 0, instant: 0, named: 0 };
  }

  get closure(): Closure {
    return this.#closure;
  }

  get waiting(): number {
    return this.#first.size + this.#others.size;
  }

  /** How many places of the queue are taken: those that met the limit take none. */
  get queued(): number {
    return this.#others.size;
  }

  /** Whether the instant of opening lies ahead. Without a timer, it is found out here that it has come. */
  get closed(): boolean {
    if (this.due) this.#open();
    return this.#closed;
  }

  /** The same for who only looks: what shows the state must not change it, while React renders least of all. */
  get shut(): boolean {
    return this.#closed && !this.due;
  }

  /** Whether the instant of opening has come, and the scope is still closed. */
  get due(): boolean {
    return this.#closed && this.left <= 0;
  }

  /** Milliseconds until it opens. */
  get left(): number {
    return timeLeft(this.#options.clock, this.#closure.until, this.#closure.instant);
  }

  waiters(): Waiter[] {
    return [...this.#first.all(), ...this.#others.all()];
  }

  /** A pass, where one is to be had without waiting and without overtaking. */
  tryPass(): Pass | undefined {
    if (this.closed || this.waiting > 0) return undefined;
    return this.#underWay < this.#allowed ? this.#pass() : undefined;
  }

  queue(waiter: Waiter): Cancel {
    (waiter.first ? this.#first : this.#others).add(waiter);
    this.arm();
    return () => {
      this.remove(waiter);
    };
  }

  remove(waiter: Waiter): boolean {
    const removed = this.#first.delete(waiter) || this.#others.delete(waiter);
    if (removed) this.arm();
    return removed;
  }

  close(closure: Closure): void {
    this.#closure = closure;
    this.#closed = true;
    this.#cancelTimer();
  }

  /**
   * Sets the timer for the opening, where somebody needs it: those who wait keep a process alive, those
   * who only watch do not (E3).
   */
  arm(): void {
    const waiting = this.waiting > 0;
    if (!this.#closed || (!waiting && !this.#options.watched())) {
      this.#cancelTimer();
      return;
    }
    if (this.#timer?.idle === !waiting) return;
    this.#cancelTimer();
    const { clock } = this.#options;
    const left = Math.max(0, this.left);
    const ring = (): void => {
      this.#timer = undefined;
      if (this.#closed) this.#open();
    };
    this.#timer = { cancel: startTimer(clock, left, ring, !waiting), idle: !waiting };
  }

  dispose(): void {
    this.#cancelTimer();
    this.#first.clear();
    this.#others.clear();
  }

  #open(): void {
    this.#cancelTimer();
    this.#closed = false;
    this.#recovery++;
    this.#allowed = 1;
    this.#underWay = 0;
    this.#options.onOpened();
    this.#letThrough();
  }

  #letThrough(): void {
    // One that is answered at once lets others through before it has returned: they take their turn here,
    // since each on top of the one before would be too many for the stack.
    if (this.#lettingThrough) return;
    this.#lettingThrough = true;
    try {
      while (!this.#closed && this.#underWay < this.#allowed) {
        const waiter = this.#first.take() ?? this.#others.take();
        if (waiter === undefined) return;
        waiter.admit(this.#pass());
        this.#options.onChange();
      }
    } finally {
      this.#lettingThrough = false;
    }
  }

  #pass(): Pass {
    const recovery = this.#recovery;
    this.#underWay++;
    let left = false;
    return {
      leave: (outcome) => {
        if (left) return;
        left = true;
        if (recovery === this.#recovery && !this.#closed) this.#left(outcome);
      },
    };
  }

  #left(outcome: PassOutcome): void {
    this.#underWay--;
    if (outcome === 'success') {
      this.#allowed *= 2;
      if (this.waiting === 0) {
        this.#options.onRecovered();
        return;
      }
    }
    this.#letThrough();
  }

  #cancelTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
