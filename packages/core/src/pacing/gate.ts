import type { OperationInfo } from '../base/operation.ts';
import { sameRecords, Store } from '../base/readable.ts';
import type { Cancel } from '../base/time.ts';
import type { ClosedReason } from '../base/tokens.ts';
import { Scope } from './scope.ts';
import type { Pacing, PacingCore } from './scope.ts';

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

/** All scopes of one instance, and what is shown of them. */
export class Gate implements Pacing {
  readonly core: PacingCore;
  readonly limits: Store<LimitState>;
  readonly #scopes = new Map<string, Scope>();
  /** Found at once by nearly every operation: that of the last endpoint. */
  #last: Scope | undefined;
  #endpoint: string | undefined;
  /** Wakes whoever watches when a scope opens that nobody waits for. */
  #timer: Cancel | undefined;

  constructor(core: PacingCore) {
    this.core = core;
    this.limits = new Store<LimitState>(() => this.#state(), sameRecords, [core, 'limits'], {
      // Who only looks is to see what siblings do, too.
      watched: () => {
        core.join();
        this.#watch();
      },
      // A scope nobody waits for opens without a word.
      holds: () => !this.#anyClosed,
    });
  }

  changed(): void {
    this.limits.changed();
    this.#watch();
  }

  /** Where nothing else is said, operations share a scope by their endpoint. */
  scopeOf({ options, endpoint }: OperationInfo): Scope {
    if (options?.scope !== undefined) return this.scope(options.scope);
    if (endpoint !== this.#endpoint || this.#last === undefined) {
      this.#last = this.scope(endpointScope(endpoint));
      this.#endpoint = endpoint;
    }
    return this.#last;
  }

  scope(name: string): Scope {
    let scope = this.#scopes.get(name);
    if (scope === undefined) {
      this.#forget();
      scope = new Scope(name, this);
      this.#scopes.set(name, scope);
    }
    return scope;
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
    for (const { name, hold, closedReason } of this.#scopes.values()) {
      if (closedReason === undefined) continue;
      closed.push({
        scope: name,
        reason: closedReason,
        until: hold.instant,
        waiting: hold.waiting,
      });
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
      if (scope.closedReason !== undefined) next = Math.min(next, scope.ends);
    }
    if (next === Infinity) return;
    const left = Math.min(Math.max(next - this.core.alarms.now(), 0), 2 ** 31 - 1);
    this.#timer = this.core.alarms.clock.after(left, () => this.changed(), true);
  }

  /** The oldest that nobody waits for makes room, closed or not. */
  #forget(): void {
    if (this.#scopes.size < SCOPES_KEPT) return;
    for (const [name, scope] of this.#scopes) {
      if (!scope.isIdle) continue;
      scope.hold.open();
      this.#scopes.delete(name);
      this.#last = undefined;
      return;
    }
  }
}

/**
 * The scope of an endpoint: its address without query, fragment and credentials, which may be secret and
 * belong in no event.
 */
function endpointScope(endpoint: string | undefined): string {
  if (endpoint === undefined || endpoint === '') return 'default';
  // What almost every address is, and asked for with each operation.
  if (!/[?#@]/.test(endpoint)) return endpoint;
  return endpoint.replace(/[?#][^]*/, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
}
