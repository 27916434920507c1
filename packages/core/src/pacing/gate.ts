import { sameRecords, Store } from '../base/readable.ts';
import type { ClosedReason, Events } from '../base/events.ts';
import type { Alarms, Cancel } from '../base/time.ts';
import { Scope } from './scope.ts';
import type { Pacing } from './scope.ts';

/** How many scopes are remembered (X4). */
const SCOPES_KEPT = 1_000;

/**
 * The closed scopes: `until` is epoch milliseconds, when a limit ends or an outage is asked about next;
 * `waiting` counts the operations in line.
 */
export type LimitState = readonly {
  readonly scope: string;
  readonly reason: ClosedReason;
  readonly until: number;
  readonly waiting: number;
}[];

type Given = Omit<Pacing, 'closed' | 'opened' | 'changed'>;

/** All scopes of one instance, and what is shown of them. */
export class Gate {
  readonly limits: Store<LimitState>;
  readonly #pacing: Pacing;
  readonly #alarms: Alarms;
  readonly #scopes = new Map<string, Scope>();
  /** Found at once by nearly every operation. */
  #last: Scope | undefined;
  /** Wakes whoever watches when a scope opens that nobody waits for. */
  #timer: Cancel | undefined;

  /** @param tell tells the siblings of a closed scope (W9). */
  constructor(
    given: Given,
    events: Events,
    tell: (scope: string, instant: number, reason: ClosedReason) => void,
    failed: (callback: string, error: unknown) => void,
    joined: () => void,
  ) {
    this.#alarms = given.alarms;
    this.#pacing = {
      ...given,
      closed: ({ name, hold }, anew) => {
        const reason = hold.reason as ClosedReason;
        const { kind } = hold.failure ?? { kind: reason === 'outage' ? 'unavailable' : 'rate_limited' };
        if (anew || reason === 'rate_limit') {
          events.emit('scope_closed', { scope: name, reason, until: hold.instant, failure: kind });
        }
        tell(name, hold.instant, reason);
      },
      opened: ({ name }, reason) => events.emit('scope_opened', { scope: name, reason }),
      changed: () => {
        this.limits.changed();
        this.#watch();
      },
    };
    this.limits = new Store<LimitState>(
      () => this.#state(),
      sameRecords,
      (error) => failed('limits.subscribe', error),
      {
        watched: () => {
          joined();
          this.#watch();
        },
        // A scope nobody waits for opens without a word.
        holds: () => !this.#anyClosed,
      },
    );
  }

  scope(name: string): Scope {
    if (this.#last?.name === name) return this.#last;
    let scope = this.#scopes.get(name);
    if (scope === undefined) {
      this.#forget();
      scope = new Scope(name, this.#pacing);
      this.#scopes.set(name, scope);
    }
    return (this.#last = scope);
  }

  end(): void {
    for (const { hold } of this.#scopes.values()) hold.open();
    this.#scopes.clear();
    this.#last = undefined;
    this.#timer?.();
    this.limits.end();
  }

  get #anyClosed(): boolean {
    for (const { hold } of this.#scopes.values()) if (hold.reason !== undefined) return true;
    return false;
  }

  #state(): LimitState {
    const closed: LimitState[number][] = [];
    for (const { name, hold, shut } of this.#scopes.values()) {
      if (shut === undefined) continue;
      closed.push({ scope: name, reason: shut, until: hold.instant, waiting: hold.waiting });
    }
    return closed;
  }

  /** Whoever shows the closed scopes is told of an opening that nobody waits for. */
  #watch(): void {
    this.#timer?.();
    this.#timer = undefined;
    if (!this.limits.watched) return;
    let next = Infinity;
    for (const scope of this.#scopes.values()) {
      if (scope.shut !== undefined) next = Math.min(next, scope.ends);
    }
    if (next === Infinity) return;
    const left = Math.min(Math.max(next - this.#alarms.now(), 0), 2 ** 31 - 1);
    this.#timer = this.#alarms.clock.after(left, () => this.#pacing.changed(), true);
  }

  /** The oldest that nobody waits for makes room, closed or not. */
  #forget(): void {
    if (this.#scopes.size < SCOPES_KEPT) return;
    for (const [name, scope] of this.#scopes) {
      if (!scope.isIdle) continue;
      scope.hold.open();
      this.#scopes.delete(name);
      return;
    }
  }
}
