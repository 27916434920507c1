import type { Unsubscribe } from '../base/time.ts';
import type { ClosedReason, Share, ShareChange, SharedTokens } from '../base/tokens.ts';
import { AtRest } from './at-rest.ts';
import type { TokenStorage } from './at-rest.ts';
import { Knowledge, sharedTokens, tokensChange } from './knowledge.ts';
import { underLease, underLock } from './lock.ts';
import { stamp } from './message.ts';
import type { Stamped } from './message.ts';
import type { Platform } from './platform.ts';
import { Siblings } from './siblings.ts';

/** Storing takes a moment: whoever holds that lock for so long is frozen. Milliseconds. */
const STORE_PATIENCE = 2_000;

/** What tabs of one browser share, by Web Locks and BroadcastChannel as far as there are any. */
export class TabShare implements Share {
  readonly #platform: Platform;
  readonly #name: string;
  readonly #atRest: AtRest | undefined;
  readonly #knowledge: Knowledge;
  readonly #siblings: Siblings;
  /** How many leases are held here. */
  #leases = 0;
  #subscribed = false;
  /** Ends the stay of a tab that asked or stored before anybody here listened. */
  #depart: Unsubscribe | undefined;

  constructor(platform: Platform, name: string, storage: TokenStorage | undefined) {
    this.#platform = platform;
    this.#name = `holdfast:${name}`;
    this.#atRest = storage === undefined ? undefined : new AtRest(storage, this.#name);
    this.#knowledge = new Knowledge(this.#atRest);
    this.#siblings = new Siblings({
      platform,
      name: this.#name,
      knowledge: this.#knowledge,
      listenOtherwise: () => this.#hearStorage(),
    });
  }

  read(): Promise<SharedTokens | undefined> {
    return this.#joined(async () => {
      if (this.#leases > 0) await this.#siblings.inquire(true);
      // What lies in a storage of all tabs will do, but not what one tab kept for itself.
      else await this.#siblings.catchUp(this.#atRest?.ofOneTab === false && this.#generation > 0);
      const { value } = this.#knowledge;
      return value === undefined ? undefined : sharedTokens(value);
    });
  }

  replace(expected: number, next: SharedTokens | undefined): Promise<boolean> {
    // Nothing at all would be older than what frozen tabs remember; signed out is not.
    const value = next ?? { generation: expected + 1 };
    return this.#joined(async () => {
      const stored = await this.#exclusively(() => this.#stored(expected, value));
      if (stored === undefined) return false;
      this.#tellOwn(tokensChange(stored));
      this.#atRest?.tell();
      return true;
    });
  }

  async lease<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const counted = async (): Promise<T> => {
      this.#leases++;
      try {
        return await work();
      } finally {
        this.#leases--;
      }
    };
    const { locks } = this.#platform;
    return locks === undefined ? counted() : underLease(locks, this.#name, signal, counted);
  }

  async closeUntil(scope: string, until: number, reason: ClosedReason): Promise<void> {
    if (!this.#knowledge.close({ scope, until, reason })) return;
    await this.#joined(async () => {
      const said = this.#siblings.say({ type: 'closed', scope, until, reason });
      this.#tellOwn({ type: 'closed', scope, until, reason });
      await said?.heard;
    });
  }

  subscribe(listener: (change: ShareChange) => void): Unsubscribe {
    const own = (change: ShareChange): void => listener(change);
    this.#knowledge.listeners.add(own);
    const leave = this.#siblings.join();
    this.#subscribed = true;
    return () => {
      this.#knowledge.listeners.delete(own);
      leave();
      // Whoever listens says when it is over.
      this.#depart?.();
    };
  }

  /** No other tab compares and sets meanwhile. */
  async #exclusively<T>(store: () => Promise<T>): Promise<T> {
    const { locks } = this.#platform;
    if (locks === undefined) return store();
    // Behind a frozen holder all give up in the same moment, and would all store: they line up anew.
    for (const place of ['store', 'store:reserve']) {
      const name = `${this.#name}:${place}`;
      const turn = await underLock(locks, name, { patience: STORE_PATIENCE }, store);
      if (turn.had) return turn.result;
    }
    return store();
  }

  async #stored(expected: number, next: SharedTokens): Promise<Stamped | undefined> {
    if (this.#generation > expected) return undefined;
    await this.#siblings.inquire(false);
    return this.#generation === expected ? this.#decide(next) : undefined;
  }

  /** Resolves once the others cannot ask any more without hearing of it. */
  async #decide(next: SharedTokens): Promise<Stamped> {
    const { value: previous } = this.#knowledge;
    const value = stamp(next, previous, this.#siblings.me, Date.now());
    this.#knowledge.decide(value);
    await this.#siblings.say({ type: 'tokens', value })?.heard;
    return value;
  }

  get #generation(): number {
    return this.#knowledge.value?.generation ?? 0;
  }

  async #joined<T>(work: () => Promise<T>): Promise<T> {
    // Tokens in memory last as long as a tab answers for them: one where nobody listens stays as well.
    if (!this.#subscribed) this.#depart ??= this.#siblings.join();
    const leave = this.#siblings.join();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /** Other instances of this tab that share this very object. Later: whoever decided takes it up first. */
  #tellOwn(change: ShareChange): void {
    if (this.#knowledge.listeners.size > 1) setTimeout(() => this.#knowledge.tell(change), 0);
  }

  #hearStorage(): () => void {
    return this.#platform.on('storage', (event) => {
      const told = this.#atRest?.heard(event);
      if (told !== undefined) this.#knowledge.learn(told);
    });
  }
}
