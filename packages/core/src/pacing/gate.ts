import type { Clock } from '../model/clock.ts';
import type { FailureKind } from '../model/failure.ts';
import type { LimitState } from '../model/state.ts';
import { timeLeft } from './admission.ts';
import type { Admission, Closure, Pass, Refusal, Waiter } from './admission.ts';
import { Scope } from './scope.ts';

export interface GateOptions {
  readonly clock: Clock;
  /** The longest wait for a hint, in milliseconds (W4). */
  readonly maxWait: number;
  /** How many operations may wait in one scope (W7). */
  readonly queue: number;
  /** Somebody shows the closed scopes, and so must be told of an opening that nobody waits for. */
  readonly watched: () => boolean;
  readonly onClosed: (scope: string, closure: Closure) => void;
  readonly onOpened: (scope: string) => void;
  /** Something that `limits` shows has changed. */
  readonly onChange: () => void;
}

/** The last instant that a date can hold, epoch milliseconds. */
const LAST_INSTANT = 8.64e15;

const OPEN: Pass = { leave: () => {} };

/** Beyond this number those that closed first are forgotten, unless somebody waits for them (X4). */
const SCOPES_KEPT = 1_000;

/**
 * The rate-limit gate (W7): what a server said to one operation holds for all of its scope. It knows
 * only the scopes in trouble, so that an instance without any pays one look at an empty map.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #scopes = new Map<string, Scope>();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** A pass, where one is to be had now. */
  passable(name: string): Pass | undefined {
    if (this.#scopes.size === 0) return OPEN;
    const scope = this.#scopes.get(name);
    return scope === undefined ? OPEN : scope.tryPass();
  }

  /** A place in the queue, where there is one; for operations that may not pass now. */
  enter(name: string, waiter: Waiter): Admission {
    const scope = this.#scopes.get(name) ?? this.#open(name);
    const isClosed = scope.closed;
    // The instant of the opening may have passed since a pass was asked for: nobody would call who waits now.
    const pass = isClosed ? undefined : scope.tryPass();
    if (pass !== undefined) return { type: 'passed', pass };
    const refusal = isClosed ? this.#refusalOf(scope.closure, waiter) : undefined;
    if (refusal !== undefined) return { type: 'refused', refusal };
    if (!waiter.first && scope.queued >= this.#options.queue) {
      return { type: 'refused', refusal: { reason: 'queue_full', closure: scope.closure } };
    }
    const leave = scope.queue(waiter);
    this.#options.onChange();
    return {
      type: 'queued',
      until: isClosed ? this.#options.clock.monotonic() + scope.left : undefined,
      leave: () => {
        leave();
        this.#options.onChange();
      },
    };
  }

  /**
   * Closes a scope, or keeps it closed for longer.
   *
   * @param hint milliseconds that the server named; without them `wait` is our own.
   * @param wait milliseconds to wait, the spread after the hint included.
   */
  close(name: string, kind: FailureKind, hint: number | undefined, wait: number): void {
    const { clock } = this.#options;
    const now = clock.monotonic();
    const existing = this.#scopes.get(name);
    // Many operations meet one limit: the first one's spread serves them all, or the latest would win.
    const left = existing?.closed === true ? existing.left : -Infinity;
    if (hint !== undefined && left >= hint) return;
    const wall = clock.wall() - now;
    const closure: Closure = {
      kind,
      hinted: hint === undefined ? undefined : now + hint,
      until: now + wait,
      instant: Math.min(wall + now + wait, LAST_INSTANT),
      named: Math.min(wall + now + (hint ?? wait), LAST_INSTANT),
    };
    if (left >= wait) return;
    this.#close(name, closure);
    this.#options.onClosed(name, closure);
  }

  /**
   * Closes a scope because a sibling did (W9).
   *
   * @param instant epoch milliseconds.
   */
  closeFromAfar(name: string, instant: number): void {
    const { clock } = this.#options;
    const left = Number.isFinite(instant) ? instant - clock.wall() : 0;
    const until = clock.monotonic() + left;
    const existing = this.#scopes.get(name);
    if (left <= 0 || (existing?.closed === true && existing.left >= left)) return;
    this.#close(name, { kind: 'rate_limited', hinted: until, until, instant, named: instant });
  }

  #close(name: string, closure: Closure): void {
    const scope = this.#scopes.get(name) ?? this.#open(name);
    // The one that closed last stands last.
    this.#scopes.delete(name);
    this.#forgetOldest();
    this.#scopes.set(name, scope);
    scope.close(closure);
    for (const waiter of scope.waiters()) {
      const refusal = this.#refusalOf(closure, waiter);
      if (refusal === undefined) waiter.moved(closure.until);
      else if (scope.remove(waiter)) waiter.refuse(refusal);
    }
    scope.arm();
    this.#options.onChange();
  }

  /** Whether a closed scope's instant has come, and nobody has found it out yet. */
  get due(): boolean {
    for (const scope of this.#scopes.values()) if (scope.due) return true;
    return false;
  }

  /** What `limits` shows. */
  state(): LimitState {
    const closed: { scope: string; until: number; waiting: number }[] = [];
    for (const [scope, { shut, closure, waiting }] of this.#scopes) {
      if (shut) closed.push({ scope, until: closure.instant, waiting });
    }
    return closed;
  }

  /** Arms the timers of closed scopes nobody waits for, once somebody watches them. */
  watch(): void {
    for (const scope of this.#scopes.values()) scope.arm();
  }

  dispose(): void {
    for (const scope of this.#scopes.values()) scope.dispose();
    this.#scopes.clear();
  }

  #refusalOf(closure: Closure, waiter: Waiter): Refusal | undefined {
    const { clock, maxWait } = this.#options;
    const { hinted, named, until, instant } = closure;
    const tooLong = hinted !== undefined && timeLeft(clock, hinted, named) > maxWait;
    const opening = clock.monotonic() + timeLeft(clock, until, instant);
    return tooLong || opening >= waiter.deadline ? { reason: 'wait_too_long', closure } : undefined;
  }

  #open(name: string): Scope {
    const scope: Scope = new Scope({
      clock: this.#options.clock,
      watched: this.#options.watched,
      onOpened: () => {
        this.#options.onOpened(name);
        this.#options.onChange();
      },
      onRecovered: () => {
        if (this.#scopes.get(name) === scope) this.#scopes.delete(name);
      },
      onChange: () => this.#options.onChange(),
    });
    this.#scopes.set(name, scope);
    return scope;
  }

  #forgetOldest(): void {
    for (const [name, scope] of this.#scopes) {
      if (this.#scopes.size < SCOPES_KEPT) return;
      if (scope.waiting > 0) continue;
      scope.dispose();
      this.#scopes.delete(name);
    }
  }
}
