import type {
  ClosedReason,
  Share,
  ShareChange,
  SharedTokens,
  Tokens,
  Unsubscribe,
} from '@holdfast/core';
import { connectionOf, isSubscriber } from './client.ts';
import type { RedisClient } from './client.ts';
import { Lease, unref } from './lease.ts';
import { sealFault, sealOf, UNSEALED } from './seal.ts';
import type { Seal, SealOptions } from './seal.ts';
import { LAST_INSTANT, Store } from './store.ts';
import type { Closing, Message, Stored } from './store.ts';

/** What {@link redisShare} takes. */
export interface RedisShareOptions {
  /**
   * A client of node-redis, ioredis, iovalkey or valkey-glide, connected by the application and closed by it; for
   * one server, a cluster or sentinels.
   */
  readonly client: RedisClient;
  /** Of the app, and of whose tokens these are: processes that give the same name share. Without braces. */
  readonly name: string;
  /** Encrypts the tokens at rest. Default: they lie in Redis as they are. */
  readonly seal?: SealOptions | undefined;
  /**
   * Milliseconds after which a question to Redis is given up, and the process goes on with what it knows; 10 to
   * 4,000. Time in which the process itself could not run does not count. Default 250.
   */
  readonly timeout?: number | undefined;
  /**
   * For valkey-glide alone, whose clients cannot be doubled: a second client, from which nothing else takes
   * messages. Default: changes are read every second.
   */
  readonly subscriber?: object | undefined;
}

/** Milliseconds. */
const TIMEOUT = 250;
const LONGEST_TIMEOUT = 4_000;
/**
 * Between two tries to reach a server that cannot be asked, growing. Whoever knows more than one that comes back
 * empty is there before its time of grace is over.
 */
const FIRST_RETRY = 200;
const LAST_RETRY = 1_000;
/** How often is read what nothing tells of: without a channel, and where nobody tells of a lost connection. */
const WITHOUT_CHANNEL = 1_000;
const WITHOUT_WORD = 5_000;
/** For how long the lease is kept for tokens that cannot be stored. */
const UNSAVED = 10_000;
/** An instance waits 5 s for an answer. What is left of it after a question to the server, and some more. */
const ANSWERED = 4_500;
/** How many closed scopes are remembered (X4). */
const SCOPES_KEPT = 1_000;

/**
 * Lets processes and machines act as one, on Redis or Valkey: one token call, one session, one knowledge of limits
 * and outages. An operation that needs nothing costs no round trip.
 *
 * While Redis cannot be asked, a process goes on with what it knows, as if there were no share, and tells so by
 * `callback_failed`; when it is there again, the newest generation wins. Make one share a process: instances that
 * share it agree even then.
 *
 * @throws TypeError where an option is wrong.
 *
 * @example
 * const client = await createClient({ url: 'redis://localhost' }).connect();
 * const share = redisShare({ client, name: 'billing' });
 * const resilience = createResilience({ auth: { refresh }, share });
 */
export function redisShare(options: RedisShareOptions): Share {
  const { client, name, seal, timeout = TIMEOUT, subscriber } = checked(options);
  const connection = connectionOf(client, subscriber);
  if (connection === undefined) {
    throw new TypeError(
      `redisShare: client must be a client of node-redis, ioredis, iovalkey or valkey-glide, not ${named(client)}.`,
    );
  }
  const isBlind = subscriber === undefined && !('eval' in (client as object));
  const store = new Store(connection, name, timeout);
  const watched = isBlind ? WITHOUT_CHANNEL : store.tellsOfReturns ? undefined : WITHOUT_WORD;
  return new RedisShare({
    store,
    seal: seal === undefined ? UNSEALED : sealOf(seal, name),
    watched,
    patience: Math.max(0, ANSWERED - timeout),
  });
}

interface Parts {
  readonly store: Store;
  readonly seal: Seal;
  /** Milliseconds after which is read what nothing tells of; `undefined`: all is told. */
  readonly watched: number | undefined;
  /** Milliseconds that whoever has given up the lease waits for its holder, or its turn, all the same. */
  readonly patience: number;
}

class RedisShare implements Share {
  readonly #store: Store;
  readonly #seal: Seal;
  readonly #watched: number | undefined;
  readonly #lease: Lease;
  readonly #listeners = new Set<(change: ShareChange) => void>();
  /** The newest that this process has seen or decided. It only ever moves forward. */
  #known: SharedTokens | undefined;
  /** It is not known to lie in the store. */
  #isUnsaved = false;
  /** The text in the store that cannot be read, which counts as nothing. */
  #unreadable = '';
  /** What went wrong beside any question, until somebody can be told. */
  #untold: Error | undefined;
  /** The scopes that are closed; `isSent`: the others have been told. */
  readonly #closed = new Map<string, Closing & { readonly isSent: boolean }>();
  /** Why the server cannot be asked at present. */
  #trouble: Error | undefined;
  #recovery: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #isSyncing = false;
  /** Something may have been missed since what is under way has begun. */
  #isStale = false;
  readonly #savers = new Set<() => void>();
  /** Who waits for something newer. */
  readonly #hopers = new Set<() => void>();
  readonly #patience: number;
  /** Ends hearing the others. */
  #leave: Unsubscribe | undefined;

  constructor({ store, seal, watched, patience }: Parts) {
    this.#store = store;
    this.#seal = seal;
    this.#watched = watched;
    this.#patience = patience;
    store.answered = (): void => this.#answered();
    this.#lease = new Lease({
      store,
      servesOnce: () => this.#known?.tokens?.refreshToken !== undefined,
      trouble: () => this.#trouble,
      failed: (fault) => this.#failed(fault),
      saved: () => this.#saved(),
      news: (milliseconds) => told(this.#hopers, milliseconds),
    });
  }

  async read(): Promise<SharedTokens | undefined> {
    await this.#lease.late(this.#patience);
    try {
      await this.#asked(() => this.#load());
    } catch (error) {
      // What this process knows is as good as it gets; whoever asks for the lease is told.
      if (this.#known === undefined) throw error;
    }
    if (this.#known === undefined) this.#tell();
    return this.#known;
  }

  async replace(expected: number, next: SharedTokens | undefined): Promise<boolean> {
    // Signed out, and not empty: an empty store would let in whoever comes late.
    const value: SharedTokens = next === undefined ? { generation: expected + 1 } : copyOf(next);
    if (this.#generation > expected) return false;
    try {
      if (!(await this.#asked(() => this.#write(value, expected)))) return false;
      this.#decide(value, true);
      return true;
    } catch (error) {
      // As if there were no share, but for the instances of this process, which still agree.
      if (this.#generation > expected) return false;
      this.#decide(value, false);
      throw error;
    }
  }

  async lease<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const result = await this.#lease.run(work, signal);
    this.#tell();
    return result;
  }

  async closeUntil(scope: string, instant: number, reason: ClosedReason): Promise<void> {
    const until = Math.min(instant, LAST_INSTANT);
    const closing: Closing = { scope, until, reason };
    if (!this.#close(closing, false)) return;
    this.#tellOwn({ type: 'closed', ...closing });
    await this.#asked(() => this.#send(closing));
    this.#tell();
  }

  subscribe(listener: (change: ShareChange) => void): Unsubscribe {
    const own = (change: ShareChange): void => listener(change);
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#leave = this.#hear();
    else for (const closing of this.#closings()) later(() => own({ type: 'closed', ...closing }));
    return () => {
      if (!this.#listeners.delete(own) || this.#listeners.size > 0) return;
      this.#leave?.();
      this.#leave = undefined;
    };
  }

  get #generation(): number {
    return this.#known?.generation ?? 0;
  }

  /** Throws what was not told yet, once. */
  #tell(): void {
    const fault = this.#untold;
    this.#untold = undefined;
    if (fault !== undefined) throw fault;
  }

  #hear(): Unsubscribe {
    let timer: ReturnType<typeof setInterval> | undefined;
    const watch = (every: number | undefined): void => {
      clearInterval(timer);
      if (every === undefined) return;
      timer = setInterval(() => void this.#synced(), every);
      unref(timer);
    };
    watch(this.#watched);
    const leave = this.#store.hear(
      (message) => this.#heard(message),
      // What was missed meanwhile is read.
      () => void this.#synced(),
      (error) => {
        this.#untold = new Error(`redisShare: Changes cannot be heard: ${wordsOf(error)}`);
        watch(WITHOUT_CHANNEL);
      },
    );
    return () => {
      clearInterval(timer);
      leave();
    };
  }

  #heard(message: Message): void {
    if (message.type === 'released') this.#lease.wake();
    else if (message.type === 'closed') this.#shut(message.closing);
    else void this.#take(message.stored);
  }

  /** Takes up a text of the store, if it is newer than what is known. Never rejects. */
  async #take(stored: Stored): Promise<void> {
    const { generation, text } = stored;
    if (text === '' || text === this.#unreadable) return;
    if (generation > 0 && generation < this.#generation) {
      // A server that has lost the newest, or somebody who did not know it: it is brought back.
      this.#recover();
      return;
    }
    // The same number was given twice where two went on without the store: the one that is stored counts.
    if (generation > 0 && generation === this.#generation && !this.#isUnsaved) return;
    const opened = await this.#opened(stored);
    if (opened === undefined || generation < this.#generation) return;
    const isNew = generation > this.#generation;
    this.#keep(opened, true);
    // Later: whoever has asked takes it up first.
    if (isNew) later(() => this.#tellAll({ type: 'tokens', value: opened }));
  }

  /** X6: what cannot be read is nothing, and is told once. */
  async #opened({
    text,
    generation,
    expiresAt,
    payload,
  }: Stored): Promise<SharedTokens | undefined> {
    try {
      if (generation === 0) throw new Error('The store holds something that no share has written.');
      return sharedOf(
        JSON.parse(await this.#seal.open(payload, generation)),
        generation,
        expiresAt,
      );
    } catch (error) {
      this.#unreadable = text;
      // A parser quotes what it could not read, and that may be part of a token (X3b).
      const said = error instanceof SyntaxError ? 'The store holds no tokens.' : wordsOf(error);
      this.#untold = new Error(`redisShare: ${said}`);
      return undefined;
    }
  }

  /** Compare-and-set; answers whether it won. */
  async #write(value: SharedTokens, expected: number): Promise<boolean> {
    const { generation, tokens } = value;
    const payload = await this.#seal.close(JSON.stringify(contentOf(value)), generation);
    const next = {
      expected,
      // A server that shows an older one has lost it.
      isKnown: expected > 0 && expected === this.#generation,
      unreadable: this.#unreadable,
      generation,
      expiresAt: tokens?.expiresAt,
      payload,
    };
    const late = (won: boolean): void => {
      if (!won) void this.#synced();
      else if (this.#generation === generation) this.#save();
    };
    const { won, stored } = await this.#store.replace(next, late);
    if (!won) await this.#take(stored);
    return won;
  }

  #decide(value: SharedTokens, isSaved: boolean): void {
    this.#keep(value, isSaved);
    this.#tellOwn({ type: 'tokens', value });
  }

  #keep(value: SharedTokens, isSaved: boolean): void {
    const isNew = value.generation > this.#generation;
    this.#known = value;
    this.#isUnsaved = true;
    if (isSaved) this.#save();
    if (isNew) tell(this.#hopers);
  }

  /** What is known lies in the store. */
  #save(): void {
    this.#isUnsaved = false;
    tell(this.#savers);
  }

  /** Resolves once what is known lies in the store, or has had its time; `undefined` where it does. */
  #saved(): Promise<void> | undefined {
    return this.#isUnsaved ? told(this.#savers, UNSAVED) : undefined;
  }

  /** The scopes that are closed still. */
  #closings(): Closing[] {
    const now = Date.now();
    for (const [scope, { until }] of this.#closed) if (until <= now) this.#closed.delete(scope);
    return Array.from(this.#closed.values(), ({ isSent: _isSent, ...closing }) => closing);
  }

  /** Takes note of a closed scope; answers whether that is new. */
  #close(closing: Closing, isSent: boolean): boolean {
    const { scope, until } = closing;
    const known = this.#closed.get(scope);
    // The way there and back through another clock takes a moment: that is no news.
    if (!(until > Date.now()) || until <= (known?.until ?? 0)) return false;
    this.#closed.delete(scope);
    this.#closed.set(scope, { ...closing, isSent });
    const [oldest] = this.#closed.keys();
    if (this.#closed.size > SCOPES_KEPT && oldest !== undefined) this.#closed.delete(oldest);
    return true;
  }

  async #send(closing: Closing): Promise<void> {
    await this.#store.close(closing);
    const { scope, until } = closing;
    if (this.#closed.get(scope)?.until === until)
      this.#closed.set(scope, { ...closing, isSent: true });
  }

  #shut(closing: Closing): void {
    if (this.#close(closing, true)) this.#tellAll({ type: 'closed', ...closing });
  }

  /** Other instances that share this very object. Later: whoever decided takes it up first. */
  #tellOwn(change: ShareChange): void {
    if (this.#listeners.size > 1) later(() => this.#tellAll(change));
  }

  #tellAll(change: ShareChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** A question to the server; none while it cannot be asked. */
  async #asked<T>(question: () => Promise<T>): Promise<T> {
    if (this.#trouble !== undefined) throw this.#trouble;
    try {
      return await question();
    } catch (error) {
      this.#failed(error as Error);
      throw error;
    }
  }

  #failed(fault: Error): void {
    this.#trouble = fault;
    this.#recover();
  }

  /** An answer, however late, is one of a server that can be asked. */
  #answered(): void {
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#lease.wake();
    void this.#synced();
  }

  /** Tries to reach the server until it answers, less and less often. */
  #recover(): void {
    if (this.#recovery !== undefined) return;
    if (this.#isIdle) {
      // Nobody is here any more who waits for it: the next question tries by itself (E3).
      this.#trouble = undefined;
      return;
    }
    const delay = Math.min(FIRST_RETRY * 2 ** this.#tries++, LAST_RETRY);
    this.#recovery = setTimeout(
      () => {
        this.#recovery = undefined;
        void this.#synced();
      },
      delay * (0.5 + Math.random() / 2),
    );
    unref(this.#recovery);
  }

  get #isIdle(): boolean {
    return this.#listeners.size === 0 && !this.#isUnsaved && this.#closings().length === 0;
  }

  /** Brings this process and the server to the same: the newest generation wins. Never rejects. */
  async #synced(): Promise<void> {
    this.#isStale = true;
    if (this.#isSyncing) return;
    this.#isSyncing = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await this.#sync();
      }
      this.#tries = 0;
    } catch (error) {
      // Whoever asks is told; here it is tried again.
      this.#failed(error as Error);
    } finally {
      this.#isSyncing = false;
    }
  }

  async #sync(): Promise<void> {
    const { generation } = await this.#load();
    const known = this.#known;
    if (known !== undefined && generation < known.generation) {
      // Another may have brought it back meanwhile, or something newer: that is taken up.
      if (await this.#write(known, generation)) this.#save();
    }
    const unsent = Array.from(this.#closed.values()).filter(({ isSent }) => !isSent);
    for (const { isSent: _isSent, ...closing } of unsent) {
      if (closing.until > Date.now()) await this.#send(closing);
    }
  }

  /** Takes up what is stored, and the closed scopes. */
  async #load(): Promise<Stored> {
    const { stored, closed } = await this.#store.read();
    for (const closing of closed) this.#shut(closing);
    await this.#take(stored);
    return stored;
  }
}

/** Resolves when `waiting` is told, or after so many milliseconds. */
function told(waiting: Set<() => void>, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      waiting.delete(end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    unref(timer);
    waiting.add(end);
  });
}

function tell(waiting: ReadonlySet<() => void>): void {
  for (const end of waiting) end();
}

/** After whatever runs now, and what follows on it at once. */
function later(run: () => void): void {
  setTimeout(run, 0);
}

/** Plain data of its own. */
function copyOf({ generation, tokens, renewed, signOuts }: SharedTokens): SharedTokens {
  const { expiresAt } = tokens ?? {};
  const isInstant = expiresAt !== undefined && Math.abs(expiresAt) <= 8.64e15;
  const kept: Tokens | undefined = tokens && {
    accessToken: tokens.accessToken,
    ...(tokens.refreshToken !== undefined && { refreshToken: tokens.refreshToken }),
    ...(isInstant && { expiresAt }),
  };
  return {
    generation,
    ...(kept && { tokens: kept }),
    ...(renewed && { renewed }),
    ...(signOuts !== undefined && { signOuts }),
  };
}

/** What is stored beside the generation and the instant of expiry. */
function contentOf({ tokens, renewed, signOuts }: SharedTokens): unknown {
  const { accessToken, refreshToken } = tokens ?? {};
  return { tokens: tokens && { accessToken, refreshToken }, renewed, signOuts };
}

/**
 * A content that was read, with what is stored beside it (X6).
 *
 * @throws Error where it is none.
 */
function sharedOf(
  content: unknown,
  generation: number,
  expiresAt: number | undefined,
): SharedTokens {
  const none = new Error('The store holds no tokens.');
  if (typeof content !== 'object' || content === null) throw none;
  const { tokens, renewed, signOuts } = content as Readonly<Record<string, unknown>>;
  const count = Number.isSafeInteger(signOuts) ? { signOuts: Number(signOuts) } : {};
  if (tokens === undefined) {
    return { generation, ...(renewed === true && { renewed }), ...count };
  }
  const { accessToken, refreshToken } = (tokens ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof accessToken !== 'string' || accessToken === '') throw none;
  if (refreshToken !== undefined && typeof refreshToken !== 'string') throw none;
  return copyOf({ generation, tokens: { accessToken, refreshToken, expiresAt }, ...count });
}

function checked(options: unknown): RedisShareOptions {
  if (typeof options !== 'object' || options === null) {
    refuse('options must be an object with client and name', options);
  }
  const {
    client: _client,
    name,
    seal,
    timeout,
    subscriber,
    ...others
  } = options as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new TypeError(
      `redisShare: ${unknown} is no option; allowed are client, name, seal, timeout and subscriber.`,
    );
  }
  if (typeof name !== 'string' || name === '' || /[{}]/u.test(name)) {
    refuse('name must be a string that is not empty and has no braces', name);
  }
  const fault = seal === undefined ? undefined : sealFault(seal);
  if (fault !== undefined) throw new TypeError(`redisShare: ${fault}.`);
  const isTime = typeof timeout === 'number' && timeout >= 10 && timeout <= LONGEST_TIMEOUT;
  if (timeout !== undefined && !isTime) {
    refuse(`timeout must be milliseconds from 10 to ${LONGEST_TIMEOUT}`, timeout);
  }
  if (subscriber !== undefined && !isSubscriber(subscriber)) {
    refuse('subscriber must be a second client of valkey-glide, or absent', subscriber);
  }
  return options as RedisShareOptions;
}

function refuse(rule: string, value: unknown): never {
  throw new TypeError(`redisShare: ${rule}, not ${named(value)}.`);
}

/** What was given, without what may be in it. */
function named(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (typeof value === 'number' || value === null || value === undefined) return String(value);
  return typeof value === 'object' ? 'another object' : `a ${typeof value}`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'it failed without saying why';
}
