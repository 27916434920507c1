/** Ends what it was returned for. Calling it again, or too late, does nothing. */
export type Cancel = () => void;

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** A value now, or later. */
export type Awaitable<T> = T | Promise<T>;

/**
 * The only source of time. Every wait, expiry and deadline of an instance goes through it, so a test
 * that hands in a clock of its own needs no sleeping.
 *
 * @example
 * const clock = createTestClock(); // of @holdfast/testing
 * const resilience = createResilience({ clock });
 */
export interface Clock {
  /** Milliseconds that never go back and do not follow the wall clock. Its zero is arbitrary. */
  monotonic(): number;
  /** Epoch milliseconds. */
  wall(): number;
  /**
   * Runs `run` once, `ms` milliseconds from now, unless cancelled.
   *
   * @param idle `true` for a timer that must not keep a Node process alive.
   */
  after(ms: number, run: () => void, idle?: boolean): Cancel;
}

/** The longest delay that a platform's timer holds; anything longer fires at once (W5). */
const LONGEST_TIMER = 2_147_483_647;

/** The last instant that a date can hold, epoch milliseconds. */
export const LAST_INSTANT = 8.64e15;

/** Milliseconds that one slot spans: far fewer slots than alarms, and few alarms that are not due together. */
const SLOT = 8;

/**
 * Something that is to happen at an instant. It is its own entry in a list, so that setting one allocates
 * nothing. But for `ring` all of it is written by `Alarms` alone.
 */
export interface Alarm {
  /** Monotonic instant; `Infinity`: never. */
  due: number;
  /** The slot that it lies in, and its neighbours there; `undefined` while it is not set. */
  slot: Slot | undefined;
  before: Alarm | undefined;
  after: Alarm | undefined;
  ring(): void;
}

/** Alarms that are due about together, in the order in which they were set. */
interface Slot {
  readonly number: number;
  first: Alarm | undefined;
  last: Alarm | undefined;
}

/**
 * All alarms of one instance behind one platform timer. Ten thousand operations in flight are ten thousand
 * entries of a few lists, where a timer for each would cost as much as sending them. What never rings is
 * kept here too: this is the list of all that is under way.
 */
export class Alarms {
  readonly clock: Clock;
  /** Timers for each alarm, where one that was set in one request does not ring for another (P3). */
  readonly #own: Map<Alarm, Cancel> | undefined;
  /** The instant that was read last: never later than now, and cheap where that is all that is needed. */
  lastNow: number = -Infinity;
  readonly #slots = new Map<number, Slot>();
  #cancel: Cancel | undefined;
  /** The instant that the platform's timer is set for. */
  #armed = Infinity;
  /** By how much timers have rung before the clock said so: fake timers may leave the clock alone (P1). */
  #ahead = 0;
  /** How many of them will ring. */
  #ringing = 0;
  #over = false;

  /** @param apart a timer for each alarm, set in whatever request sets the alarm. */
  constructor(clock: Clock, apart: boolean) {
    this.clock = clock;
    this.#own = apart ? new Map() : undefined;
  }

  /** Monotonic. */
  now(): number {
    return (this.lastNow = this.clock.monotonic() + this.#ahead);
  }

  /** A monotonic instant as epoch milliseconds that a date can hold (W5). */
  instant(monotonic: number): number {
    return Math.min(this.clock.wall() + monotonic - this.now(), LAST_INSTANT);
  }

  /** Milliseconds until an instant of the wall clock, where there is one. */
  left(instant: number | undefined): number | undefined {
    return instant === undefined ? undefined : Math.max(0, instant - this.clock.wall());
  }

  /** Sets an alarm, or sets it anew. */
  set(alarm: Alarm, due: number): void {
    this.clear(alarm);
    if (this.#over) return;
    const number = due === Infinity ? Infinity : Math.floor(due / SLOT);
    let slot = this.#slots.get(number);
    if (slot === undefined) {
      this.#slots.set(number, (slot = { number, first: undefined, last: undefined }));
    }
    alarm.due = due;
    alarm.slot = slot;
    alarm.before = slot.last;
    if (slot.last === undefined) slot.first = alarm;
    else slot.last.after = alarm;
    slot.last = alarm;
    if (number === Infinity) return;
    if (this.#own !== undefined) {
      const ring = (): void => {
        this.clear(alarm);
        alarm.ring();
      };
      this.#own.set(alarm, this.#timer(due, ring));
      return;
    }
    this.#ringing++;
    if (due < this.#armed) this.#arm(due);
  }

  clear(alarm: Alarm): void {
    const { slot, before, after } = alarm;
    if (slot === undefined) return;
    alarm.slot = undefined;
    alarm.before = undefined;
    alarm.after = undefined;
    if (before === undefined) slot.first = after;
    else before.after = after;
    if (after === undefined) slot.last = before;
    else after.before = before;
    if (slot.first === undefined) this.#slots.delete(slot.number);
    if (this.#own !== undefined) {
      this.#own.get(alarm)?.();
      this.#own.delete(alarm);
      return;
    }
    // A timer that is too early does no harm; one that nobody needs keeps a process alive (E3).
    if (slot.number !== Infinity && --this.#ringing === 0) this.#disarm();
  }

  /** Runs `run` once, `ms` milliseconds from now, unless cancelled. */
  after(ms: number, run: () => void): Cancel {
    const none = undefined;
    const alarm: Alarm = { due: Infinity, slot: none, before: none, after: none, ring: run };
    this.set(alarm, this.now() + ms);
    return () => this.clear(alarm);
  }

  /** Nothing rings from now on, and nothing is set any more (E3). */
  end(): void {
    this.#over = true;
    this.#disarm();
    for (const cancel of this.#own?.values() ?? []) cancel();
    this.#own?.clear();
    this.#slots.clear();
  }

  /** Everything that is under way, whether or not it will ring; or what lies in one slot. */
  all(slots: Iterable<Slot> = this.#slots.values()): Alarm[] {
    const all: Alarm[] = [];
    for (const slot of slots) {
      for (let alarm = slot.first; alarm !== undefined; alarm = alarm.after) all.push(alarm);
    }
    return all;
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#armed = Infinity;
  }

  #arm(due: number): void {
    this.#disarm();
    this.#armed = due;
    this.#cancel = this.#timer(due, () => this.#ring());
  }

  /** A timer of the platform, in a piece that it holds. So long has passed when it rings, whatever the clock says. */
  #timer(due: number, ring: () => void): Cancel {
    const begun = this.now();
    const left = Math.min(Math.max(due - begun, 0), LONGEST_TIMER);
    const until = left === LONGEST_TIMER ? begun + left : Math.max(begun, due);
    return this.clock.after(left, () => {
      this.#ahead += Math.max(0, until - this.now());
      ring();
    });
  }

  #ring(): void {
    const now = this.now();
    this.#cancel = undefined;
    this.#armed = Infinity;
    const slots = [...this.#slots.values()].filter(({ number }) => number * SLOT <= now);
    const due = this.all(slots).filter((alarm) => alarm.due <= now);
    for (const alarm of due.sort((one, other) => one.due - other.due)) {
      // One that rang before may have cleared it, or set it anew.
      if (alarm.slot === undefined || alarm.due > now) continue;
      this.clear(alarm);
      alarm.ring();
    }
    this.#armNext();
  }

  #armNext(): void {
    let first: Slot | undefined;
    for (const slot of this.#slots.values()) {
      if (first === undefined || slot.number < first.number) first = slot;
    }
    let next = Infinity;
    for (let alarm = first?.first; alarm !== undefined; alarm = alarm.after) {
      if (alarm.due < next) next = alarm.due;
    }
    if (next < this.#armed) this.#arm(next);
  }
}

/** A delay that has grown `times` times, up to `cap`; 0 stays 0, however large the factor has become. */
export function grown(base: number, factor: number, times: number, cap: number): number {
  return base && Math.min(cap, base * factor ** times);
}

/** Half of a delay to the whole of it: enough to keep clients apart that began to wait together. */
export function jittered(delay: number, chance: number): number {
  return delay * (0.5 + chance / 2);
}

/** What became of something that had only so long. */
export type Settled<T> =
  | { readonly type: 'value'; readonly value: T }
  | { readonly type: 'error'; readonly error: unknown }
  | { readonly type: 'late' }
  | { readonly type: 'aborted' };

/**
 * Waits for `work` for `ms` milliseconds at most, and no longer than `signal` allows. Never rejects; what
 * `work` does after its time is nobody's concern, and raises no unhandled rejection.
 */
export function within<T>(
  alarms: Alarms,
  ms: number,
  signal: AbortSignal | undefined,
  work: () => T | PromiseLike<T>,
): Promise<Settled<T>> {
  return new Promise((resolve) => {
    const settle = (outcome: Settled<T>): void => {
      cancel();
      signal?.removeEventListener('abort', aborted);
      resolve(outcome);
    };
    const aborted = (): void => settle({ type: 'aborted' });
    const cancel = alarms.after(ms, () => settle({ type: 'late' }));
    signal?.addEventListener('abort', aborted);
    if (signal?.aborted === true) return aborted();
    try {
      Promise.resolve(work()).then(
        (value) => settle({ type: 'value', value }),
        (error: unknown) => settle({ type: 'error', error }),
      );
    } catch (error) {
      settle({ type: 'error', error });
    }
  });
}
