import type { ShareChange, SharedTokens } from '../base/tokens.ts';
import type { AtRest } from './at-rest.ts';
import { newest, SCOPES_KEPT } from './message.ts';
import type { Closed, Stamped } from './message.ts';

type Listener = (change: ShareChange) => void;

/** What this tab knows of what all tabs share. It only ever moves forward. */
export class Knowledge {
  readonly listeners: Set<Listener> = new Set();
  readonly #atRest: AtRest | undefined;
  readonly #closed = new Map<string, Closed>();
  #value: Stamped | undefined;
  /** The newest generation that the listeners know of: a storage may show it before another tab tells. */
  #told = 0;

  constructor(atRest: AtRest | undefined) {
    this.#atRest = atRest;
  }

  /** The newest tokens, at rest or heard of. */
  get value(): Stamped | undefined {
    // A browser may keep a copy of a storage for each process: what was heard can be ahead of it.
    this.#value = newest(this.#value, this.#atRest?.read());
    return this.#value;
  }

  /** The scopes that are closed still. */
  get closed(): readonly Closed[] {
    const now = Date.now();
    for (const [scope, { until }] of this.#closed) if (until <= now) this.#closed.delete(scope);
    return [...this.#closed.values()];
  }

  /** Takes up what was decided in this tab. */
  decide(value: Stamped): void {
    this.#value = value;
    this.#told = value.generation;
    this.#atRest?.write(value);
  }

  /**
   * Takes up what another tab told, and tells the listeners if it is new.
   *
   * @returns what the other tab does not know yet.
   */
  learn(told: Stamped): Stamped | undefined {
    const value = newest(this.value, told) ?? told;
    this.#value = value;
    if (value.generation > this.#told) {
      this.#told = value.generation;
      // A storage of all tabs was written by whoever decided; writing here could undo what came after.
      if (this.#atRest?.ofOneTab === true) this.#atRest.write(value);
      this.tell(tokensChange(value));
    }
    const { at, by, generation } = value;
    const same = at === told.at && by === told.by && generation === told.generation;
    return same ? undefined : value;
  }

  /** Takes note of a closed scope, and answers whether that is new. */
  close(one: Closed): boolean {
    const { scope, until } = one;
    if ((this.#closed.get(scope)?.until ?? 0) >= until || until <= Date.now()) return false;
    this.#closed.set(scope, one);
    const { closed } = this;
    if (closed.length > SCOPES_KEPT) this.#closed.delete(closed[0]?.scope ?? scope);
    return true;
  }

  tell(change: ShareChange): void {
    for (const listener of this.listeners) listener(change);
  }
}

/** What a session is told: the stamp is between tabs. */
export function sharedTokens({ at: _at, by: _by, ...shared }: Stamped): SharedTokens {
  return shared;
}

export function tokensChange(value: Stamped): ShareChange {
  return { type: 'tokens', value: sharedTokens(value) };
}
