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

/** Alarms that are due about together, in the order in which they were set, behind one timer of the platform. */
interface Slot {
  readonly key: unknown;
  first: Alarm | undefined;
  last: Alarm | undefined;
  /** What the timer is set for; `Infinity`: there is none. */
  due: number;
  cancel: Cancel | undefined;
}

/**
 * All alarms of one instance. Ten thousand operations in flight are ten thousand entries of a few lists, where a
 * timer for each would cost as much as sending them. What never rings is kept here too: this is the list of all
 * that is under way.
 */
export class Alarms {
  readonly clock: Clock;
  /** The instant that was read last: never later than now, and cheap where that is all that is needed. */
  lastNow: number = -Infinity;
  /** A timer for each alarm: one that was set in one request does not ring for another (P3). */
  readonly #apart: boolean;
  readonly #slots = new Map<unknown, Slot>();
  /** By how much timers have rung before the clock said so: fake timers may leave the clock alone (P1). */
  #ahead = 0;
  #over = false;

  /** @param apart a timer for each alarm, set in whatever request sets the alarm. */
  constructor(clock: Clock, apart: boolean) {
    this.clock = clock;
    this.#apart = apart;
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
    const key = due === Infinity ? due : this.#apart ? alarm : Math.floor(due / SLOT);
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = { key, first: undefined, last: undefined, due: Infinity, cancel: undefined };
      this.#slots.set(key, slot);
    }
    alarm.due = due;
    alarm.slot = slot;
    alarm.before = slot.last;
    if (slot.last === undefined) slot.first = alarm;
    else slot.last.after = alarm;
    slot.last = alarm;
    if (due < slot.due) this.#arm(slot, due);
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
    // A timer that is too early does no harm; one that nobody needs keeps a process alive (E3).
    if (slot.first !== undefined) return;
    slot.cancel?.();
    this.#slots.delete(slot.key);
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
    for (const alarm of this.all()) this.clear(alarm);
  }

  /** Everything that is under way, whether or not it will ring; or what lies in one slot. */
  all(slots: Iterable<Slot> = this.#slots.values()): Alarm[] {
    const all: Alarm[] = [];
    for (const slot of slots) {
      for (let alarm = slot.first; alarm !== undefined; alarm = alarm.after) all.push(alarm);
    }
    return all;
  }

  /** Sets the slot's timer, in a piece that the platform holds. When it rings, so long has passed, whatever the clock says. */
  #arm(slot: Slot, due: number): void {
    slot.cancel?.();
    slot.due = due;
    const begun = this.now();
    const left = Math.min(Math.max(due - begun, 0), LONGEST_TIMER);
    const until = left === LONGEST_TIMER ? begun + left : due;
    slot.cancel = this.clock.after(left, () => {
      this.#ahead += Math.max(0, until - this.now());
      this.#ring(slot);
    });
  }

  #ring(slot: Slot): void {
    slot.due = Infinity;
    const now = this.now();
    const due = this.all([slot]).filter((alarm) => alarm.due <= now);
    for (const alarm of due.sort((one, other) => one.due - other.due)) {
      // One that rang before may have cleared it, or set it anew.
      if (alarm.slot !== slot || alarm.due > now) continue;
      this.clear(alarm);
      alarm.ring();
    }
    const next = this.all([slot]).reduce((least, alarm) => Math.min(least, alarm.due), Infinity);
    if (next < slot.due) this.#arm(slot, next);
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
