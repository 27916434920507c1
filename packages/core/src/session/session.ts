import type { Events } from '../base/events.ts';
import { ownFailure, ResilienceError } from '../base/failure.ts';
import type { Failure, FailureKind } from '../base/failure.ts';
import { Hold, jittered } from '../base/hold.ts';
import type { Waiting } from '../base/hold.ts';
import type { OperationInfo, Signal } from '../base/operation.ts';
import { isPromiseLike } from '../base/property.ts';
import { sameRecord, Store } from '../base/readable.ts';
import type { Readable } from '../base/readable.ts';
import type { Alarms } from '../base/time.ts';
import { claimsOf, copied, expiryOf, remainingLife } from '../base/tokens.ts';
import type { AuthOptions, Expiry, RefreshReason, SharedTokens, Tokens } from '../base/tokens.ts';
import { abortReason } from '../platform.ts';
import { callRefresh } from './refresh.ts';
import type { RefreshOutcome } from './refresh.ts';
import { within } from './sharing.ts';
import type { Sharing } from './sharing.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** What a session is, for a person to see and for code to follow. */
export interface SessionState {
  /**
   * `unknown`: a function for the initial tokens has not been read yet, or the first tokens have still to be
   * asked for. `active`: there are tokens, and they serve, also while a refresh runs ahead of time.
   * `refreshing`: operations wait for new tokens. `unavailable`: the token endpoint is down or limited, and
   * is asked again at `until`. `failed`: only a sign-in helps; send the user to the login page.
   */
  readonly status: 'unknown' | 'signed-out' | 'active' | 'refreshing' | 'unavailable' | 'failed';
  /** Counts the tokens: every sign-in, refresh and sign-out makes a new one. */
  readonly generation: number;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
  /** Epoch milliseconds of the next call of `refresh`, where the token endpoint is left alone till then. */
  readonly until?: number;
  /** Why the last refresh failed. */
  readonly failure?: Failure;
}

/** Who is signed in, and the means to change that. */
export interface Session extends Readable<SessionState> {
  /**
   * Takes new tokens, as after a sign-in form. Ends a refresh under way; what waited goes on.
   *
   * @throws TypeError where the tokens are none or hold what a header cannot, or there is no `auth`.
   */
  signIn(tokens: Tokens): void;
  /**
   * Forgets the tokens. What has begun before is not sent any more; later operations go unsigned.
   */
  signOut(): void;
  /**
   * Asks for new tokens now, whatever state the session is in, or joins the call that runs already. What it
   * brings revives a session that had failed.
   *
   * @returns a promise that rejects with a `ResilienceError` where there are none to be had; left
   *   alone, it raises no unhandled rejection.
   */
  refresh(): Promise<void>;
}

/** What the session says to an operation that wants to be sent. */
export type Standing =
  | { readonly type: 'go'; readonly generation: number; readonly tokens: Tokens | undefined }
  | { readonly type: 'wait'; readonly reason: 'tokens' | 'refresh' }
  /** No tokens are to be had now: it fails at once (T8). */
  | { readonly type: 'stop'; readonly failure: Failure };

/** What a session needs of its instance. Times in milliseconds. */
export interface SessionCore {
  readonly alarms: Alarms;
  readonly events: Events;
  readonly sharing: Sharing | undefined;
  readonly settings: {
    readonly refreshTimeout: number;
    /** In [0, 1); never throws. */
    chance(): number;
    /** How long operations wait for a token endpoint that is down (H5); `undefined`: not at all. */
    readonly patience: number | undefined;
    readonly probe: { readonly base: number; readonly factor: number; readonly cap: number };
    /** The longest wait for a hint (W4), and what is added to one (W13). */
    readonly policy: { readonly maxWait: number };
    spread(hint: number): number;
    /** Asking again is in vain (T7). */
    isFinal(failure: Failure): boolean;
  };
  classify(signal: Signal): Failure | undefined;
  complain(callback: string, error: unknown): void;
  /** Begins to hear what siblings do. */
  join(): void;
  /** Another sign-in has taken the place of this one: what began under it ends (T11b). */
  left(): void;
}

/** An operation that waits for tokens, as the session sees it. */
export interface TokenWaiter extends Waiting {
  readonly lastChance: boolean;
  giveUpOutage(): void;
  moved(): void;
}

/** One call of `refresh` under way: there is never more than one (T1). */
interface Call {
  readonly reason: RefreshReason;
  /** The token still serves, so nobody waits for this one (T9), until that changes. */
  ahead: boolean;
  readonly controller: AbortController;
  /** Monotonic. */
  readonly begun: number;
  /** Whoever asked for it by name. */
  readonly asked: ((failure: Failure | undefined) => void)[];
}

const TOKENS: Standing = { type: 'wait', reason: 'tokens' };
const REFRESH: Standing = { type: 'wait', reason: 'refresh' };
const NEVER: Expiry = { soft: Infinity, hard: Infinity };

/** T6: the first calls after one that failed for a while; after them the probes' schedule. Milliseconds. */
const FIRST_DELAYS = [200, 500];
/** A token endpoint that says "slow down" is never asked again at once (R1). */
const THROTTLED_FLOOR = 1_000;
/** T6, T4b: how long the token endpoint is left alone, by how often asking was of no use. Milliseconds. */
const COOL_DOWN = 5_000;
const LONGEST_COOL_DOWN = 60_000;
const LONGEST_REFUSAL = 300_000;

/** How many tokens are remembered, so that no message repeats them (X3b). */
const SECRETS_KEPT = 16;

/** How many operations are remembered whom a fresh token did not help, and for how long (F10). */
const UNCURED_KEPT = 100;
const UNCURED_FOR = 300_000;

/**
 * The tokens of one user or machine, and the one refresh that serves all operations (T1). An operation
 * asks `standing`, and where the answer is `wait`, it joins the line.
 */
export class TokenSession implements Session {
  /** The line of those who wait for tokens; closed while the token endpoint is down (T6). */
  readonly hold: Hold<TokenWaiter>;
  /** Counts the sign-ins as far as they are different users' (T11b). */
  identity = 0;
  /** Made once for each generation: an operation that meets no trouble allocates nothing here. */
  go: Extract<Standing, { type: 'go' }> = { type: 'go', generation: 0, tokens: undefined };
  /** The newest generation that the server has rejected; 0 for none. */
  dead = 0;
  /** The tokens of late, newest last: what no message may repeat, however late it comes (X3b). */
  secrets: readonly string[] = [];
  /** Why the last refresh failed: the `cause` of what fails for want of a token (T8). */
  failure: Failure | undefined;
  readonly #core: SessionCore;
  readonly #auth: AuthOptions;
  readonly #state: Store<SessionState>;
  #phase: 'unread' | 'reading' | 'known' = 'unread';
  #signedOut = false;
  /** The session goes on without a token in the page, or did before it ended (T19). */
  #renewed = false;
  #tokenless = false;
  /** Somebody has signed out, here or at a sibling: nobody but a sign-in ends that (T11). */
  #hasLeft = false;
  #expiry = NEVER;
  #expiresAt: number | undefined;
  #rejected = false;
  /** `refresh` has brought this token, and no answer has shown yet that the API takes it (T4b). */
  #issued = false;
  #accepted = false;
  #refused = false;
  /** Monotonic instant before which a refused token is not replaced, and how often in a row there was one. */
  #refusedUntil = -Infinity;
  #refusals = 0;
  #call: Call | undefined;
  /** Only a sign-in helps (T7). */
  #final = false;
  /** Monotonic instant before which `refresh` is not called after one that failed, and is not held (T6). */
  #until = -Infinity;
  #failures = 0;
  /** Operations that a fresh token did not help, by what they are and until when (F10). */
  #uncured: Map<string, number> | undefined;
  /** The {@link identity} whose beginning was told. */
  #leftAt = 0;
  /** Counts what application and siblings decide: what was begun before is discarded after (T11). */
  #epoch = 0;
  /**
   * How many sign-outs the siblings have seen: another number means that one was missed. `undefined`: not
   * known yet. And how many were decided here that they have still to be told.
   */
  #signOuts: number | undefined;
  #untold = 0;
  /** A decision is being told the siblings; `#missed` is what was heard of them meanwhile. */
  #publishing = false;
  #decision = 0;
  #telling: Promise<void> | undefined;
  /** What was decided here last is stored, so that what comes after it follows on it. */
  #stored = true;
  #missed: SharedTokens | undefined;
  #disposed = false;

  constructor(core: SessionCore, auth: AuthOptions) {
    this.#core = core;
    this.#auth = auth;
    this.hold = new Hold<TokenWaiter>(core.alarms, () => this.#ask());
    this.#state = new Store<SessionState>(
      () => this.#shown(),
      sameRecord,
      (error) => core.complain('session.subscribe', error),
      { watched: () => core.join() },
    );
    const { tokens } = auth;
    if (typeof tokens === 'object') {
      const copy = copied(tokens);
      if (typeof copy === 'string') throw new TypeError(`createResilience: auth.tokens: ${copy}.`);
      this.#auth = { ...auth, tokens: copy };
      this.go = { type: 'go', generation: 1, tokens: copy };
      const { exp } = claimsOf(copy.accessToken);
      this.#expiresAt = copy.expiresAt ?? (exp === undefined ? undefined : exp * 1_000);
      this.#remember(copy);
    } else if (tokens === undefined && core.sharing === undefined) this.#phase = 'known';
  }

  get isSignedOut(): boolean {
    return this.#signedOut;
  }

  get generation(): number {
    return this.go.generation;
  }

  /** Monotonic instant from which on the token is spent by age alone. */
  get expires(): number {
    return this.#expiry.hard;
  }

  get = (): SessionState => this.#state.get();

  subscribe = (listener: () => void): (() => void) => this.#state.subscribe(listener);

  /** Whether, and with what, an operation may be sent now. Starts what must be started for it. */
  standing(): Standing {
    if (this.#phase !== 'known' && !this.#begin()) return TOKENS;
    if (this.#signedOut) return this.go;
    const call = this.#call;
    if (call?.ahead === false) return REFRESH;
    const { soft, hard } = this.#expiry;
    const serves = !this.#rejected && (this.go.tokens !== undefined || this.#renewed);
    if (serves && soft === Infinity && hard === Infinity) return this.go;
    const now = this.#core.alarms.now();
    if (serves && now < Math.min(soft, hard)) return this.go;
    // An API key is used as it is; a refused token is tried on, since there is no better one (T19, T4b).
    if (this.#auth.refresh === undefined) return this.go;
    if (this.#refused && now < this.#refusedUntil) return this.go;
    if (serves && now < hard) {
      if (call === undefined && this.#mayCall(now)) this.#start('expiring', true);
      return this.go;
    }
    if (call !== undefined) {
      // A refresh ahead of time becomes one that is waited for (T9).
      call.ahead = false;
      this.#changed();
      return REFRESH;
    }
    const stopped = this.#stopped(now);
    if (stopped !== undefined) return { type: 'stop', failure: stopped };
    const { patience = 0 } = this.#core.settings;
    const { hold } = this;
    if (hold.reason !== undefined && hold.waiting === 0 && now - hold.asked > patience) hold.open();
    if (hold.reason === undefined || hold.isDue) this.#start(this.#reason, false);
    return REFRESH;
  }

  /** Takes note that the server rejected a token, and says what that means for who sent it (T2). */
  reject(generation: number, kind: FailureKind): 'replaced' | 'renewable' | 'spent' | 'failed' {
    if (this.#signedOut) return 'spent';
    if (generation !== this.generation) return 'replaced';
    if (this.#auth.refresh === undefined) return 'spent';
    const now = this.#core.alarms.now();
    if (kind === 'unauthenticated' && this.#issued && !this.#accepted) {
      if (!this.#refused) {
        this.#refused = true;
        this.#refusedUntil = now + grown(COOL_DOWN, this.#refusals++, LONGEST_REFUSAL);
      }
      if (now < this.#refusedUntil) return 'spent';
    }
    this.#rejected = true;
    this.dead = generation;
    this.#changed();
    return this.#call === undefined && this.#stopped(now) !== undefined ? 'failed' : 'renewable';
  }

  /** An answer came with this token that does not reject it. */
  accept(generation: number): void {
    if (this.#accepted || generation !== this.generation) return;
    this.#accepted = true;
    this.#refused = false;
    this.#refusals = 0;
  }

  /** An answer has shown that the API takes the newest token. */
  get accepted(): boolean {
    return this.#accepted;
  }

  /** The API does not want what the token endpoint gives (T4b). */
  get refused(): boolean {
    return this.#refused;
  }

  /** A fresh token did not help this operation: it is what it is, for as long as this token lasts (F10). */
  uncured(info: OperationInfo): void {
    const operation = told(info);
    if (operation === undefined) return;
    this.#uncured ??= new Map();
    const [oldest] = this.#uncured.keys();
    if (this.#uncured.size >= UNCURED_KEPT && oldest !== undefined) this.#uncured.delete(oldest);
    this.#uncured.set(operation, this.#core.alarms.now() + UNCURED_FOR);
  }

  isUncured(info: OperationInfo): boolean {
    if (this.#uncured === undefined) return false;
    const until = this.#uncured.get(told(info) ?? '');
    return until !== undefined && this.#core.alarms.now() < until;
  }

  /** A call that has had its time and has not settled is another request's, which has ended (P3). */
  overdue(): boolean {
    const call = this.#call;
    const { alarms, settings } = this.#core;
    if (call === undefined || alarms.now() - call.begun < settings.refreshTimeout) return false;
    this.#call = undefined;
    return true;
  }

  signIn(given: Tokens): void {
    const tokens = copied(given);
    if (typeof tokens === 'string') throw new TypeError(`signIn: ${tokens}.`);
    const other = isOther(this.go.tokens, tokens);
    const decision = this.#supersede(undefined);
    if (other) this.identity++;
    this.#take({ generation: this.generation + 1, tokens }, false, true);
    this.#core.events.emit('signed_in', { generation: this.generation });
    this.hold.release();
    this.#publish({ tokens }, decision);
  }

  signOut(): void {
    const decision = this.#supersede(signedOutFailure());
    this.#leave(this.generation + 1);
    this.#untold++;
    this.#publish({}, decision);
  }

  refresh(): Promise<void> {
    const promise = this.#refreshed();
    // Who does not look at the promise learns it from the state and the events (E4).
    promise.catch(() => undefined);
    return promise;
  }

  /** What is being told the siblings still is: a sign-out counts, whatever follows it. */
  dispose(): void {
    this.#disposed = true;
    this.#phase = 'known';
    this.#supersede(ownFailure({ kind: 'aborted', message: 'The instance was disposed of.' }));
    this.#core.sharing?.leave();
    this.#state.end();
  }

  /** Takes up what a sibling stored, unless what was decided here is about to take its place. */
  heard(value: SharedTokens | undefined): void {
    if (value === undefined || value.generation <= this.generation || this.#disposed) return;
    if (this.#publishing) return void (this.#missed = value);
    const wasSignedOut = this.#signedOut;
    if (isSignedOut(value)) {
      this.#supersede(signedOutFailure());
      return this.#leave(value.generation, value.signOuts);
    }
    // What a sibling has started with is of unknown age, as one's own is (T10).
    const atStart = value.generation === 1 || this.#phase !== 'known';
    this.#supersede(undefined);
    this.#adopt(value, atStart);
    if (wasSignedOut) this.#core.events.emit('signed_in', { generation: value.generation });
    this.hold.release();
  }

  get #reason(): RefreshReason {
    if (this.go.tokens === undefined && !this.#renewed) return 'missing';
    return this.#rejected ? 'rejected' : 'expiring';
  }

  /** Whether `refresh` may be called by who could do without. */
  #mayCall(now: number): boolean {
    return !this.#rests(now) && (this.hold.reason === undefined || this.hold.isDue);
  }

  /** Why an operation fails at once for want of a token; `undefined`: it does not (T8). */
  #stopped(now: number): Failure | undefined {
    return this.failure === undefined || !this.#rests(now)
      ? undefined
      : sessionFailure(this.failure);
  }

  /** Whether the token endpoint is left alone, for good or until an instant by whichever clock (W9b). */
  #rests(now: number): boolean {
    if (this.#final) return true;
    return (
      now < this.#until && this.#core.alarms.clock.wall() < (this.failure?.retryAt ?? Infinity)
    );
  }

  /** Somebody waits, and it is time to ask again (T6). */
  #ask(): void {
    if (this.#call === undefined) this.#start(this.#reason, false);
    else this.hold.until = Infinity;
  }

  async #refreshed(): Promise<void> {
    if (this.#auth.refresh === undefined) throw new ResilienceError(noRefreshFailure());
    if (this.#phase !== 'known' && !this.#begin()) {
      await new Promise<void>((resolve) => {
        const waiter: TokenWaiter = {
          hold: undefined,
          lastChance: false,
          endure: () => {},
          moved: () => {},
          giveUpOutage: resolve,
          proceed: resolve,
        };
        this.hold.join(waiter, false);
      });
    }
    if (this.#disposed) {
      throw new ResilienceError(
        ownFailure({ kind: 'aborted', message: 'The instance was disposed of.' }),
      );
    }
    // Who has left comes back with a sign-in; without a token in the page there is none to hand in (T11, T19).
    if (this.#hasLeft && !this.#tokenless) throw new ResilienceError(signedOutFailure());
    const call = this.#call ?? this.#start('requested', false);
    const failure = await new Promise<Failure | undefined>((resolve) => call.asked.push(resolve));
    if (failure !== undefined) throw new ResilienceError(failure);
  }

  #start(reason: RefreshReason, ahead: boolean): Call {
    const { alarms, events } = this.#core;
    const now = alarms.now();
    const call: Call = { reason, ahead, controller: new AbortController(), begun: now, asked: [] };
    this.#call = call;
    this.hold.asked = now;
    if (this.hold.reason !== undefined) {
      this.hold.until = Infinity;
      this.hold.arm();
    }
    events.emit('refresh_started', { reason, generation: this.generation });
    void this.#run(call).then((came) => {
      if (this.#call !== call) return;
      this.#call = undefined;
      this.#landed(call, came);
    });
    this.#changed();
    return call;
  }

  /** Never rejects. */
  async #run(call: Call): Promise<RefreshOutcome | { readonly adopted: SharedTokens }> {
    const { sharing, alarms, settings } = this.#core;
    const auth = this.#auth;
    const { signal } = call.controller;
    // What a sibling has stored may be about to give way to what was decided here.
    while (this.#publishing) await this.#telling;
    const { generation, tokens } = this.go;
    const { refresh } = auth;
    const ask = (): Promise<RefreshOutcome> =>
      callRefresh({
        refresh: (request) => (refresh as NonNullable<typeof refresh>).call(auth, request),
        tokens,
        reason: call.reason,
        alarms,
        limit: settings.refreshTimeout,
        signal,
        classify: (seen) => this.#core.classify(seen),
      });
    try {
      if (sharing === undefined) return await ask();
      let count = UNCOUNTED;
      const next = (
        outcome: RefreshOutcome,
        before: SharedTokens,
      ): Omit<SharedTokens, 'generation'> | undefined => {
        const brought = storable(outcome);
        if (brought === undefined) return undefined;
        count = this.#count(before);
        return counted(brought, count);
      };
      const came = await sharing.refresh(generation, signal, ask, next, isUsedUp);
      if ('adopted' in came) return came;
      if (came.stored) this.#told(count);
      // A share numbers what it stores.
      if (came.generation !== undefined) this.#next = came.generation;
      if (came.stored && this.#call === call) this.#stored = true;
      return came.own;
    } catch (error) {
      // Nothing above throws but a clock or a classifier's callback of the application, or an abort.
      const message = 'A callback failed while tokens were refreshed.';
      const failure = ownFailure({ kind: 'unknown', message, cause: error });
      return { type: 'failed', failure };
    }
  }

  /** The number that a share has given to what it stored last. */
  #next = 0;

  #landed(call: Call, came: RefreshOutcome | { readonly adopted: SharedTokens }): void {
    const { events, sharing } = this.#core;
    const tries = this.hold.tries + 1;
    if ('adopted' in came) {
      if (isSignedOut(came.adopted)) this.#leave(came.adopted.generation, came.adopted.signOuts);
      else this.#adopt(came.adopted);
      this.#recovered();
    } else if (came.type === 'failed') {
      this.#failed(call, came.failure, tries);
    } else if (came.type === 'nothing' && call.ahead) {
      // The token still serves, and does until it has expired (T9).
      this.#rest(nothingFailure(), grown(COOL_DOWN, this.#failures++, LONGEST_COOL_DOWN));
    } else if (came.type === 'nothing') {
      // A share numbers only what it stores: this must not look newer than a sibling's next tokens.
      const generation = this.generation + (sharing === undefined ? 1 : 0);
      // Without tokens at the start operations go unsigned; those that were rejected have their answer (T11).
      if (call.reason === 'missing' || this.#signedOut) this.#take({ generation }, false, true);
      else this.#leave(generation, undefined, false);
      this.#recovered();
    } else {
      const generation = Math.max(this.generation + 1, this.#next);
      const tokens = came.type === 'tokens' ? { tokens: came.tokens } : { renewed: true as const };
      const other = isOther(this.go.tokens, tokens.tokens);
      const revived = this.#signedOut;
      if (other) this.identity++;
      this.#take({ generation, ...tokens }, true, true);
      if (revived) events.emit('signed_in', { generation });
      events.emit('refresh_succeeded', { generation, tries });
      this.#recovered();
    }
    const own =
      'type' in came && came.type === 'failed' && this.#final ? came.failure : this.failure;
    for (const tell of call.asked) tell(this.#signedOut ? signedOutFailure() : own);
  }

  /** The token endpoint answers again: all who wait go on. */
  #recovered(): void {
    this.failure = undefined;
    this.#final = false;
    this.#until = -Infinity;
    this.#failures = 0;
    this.hold.open();
    this.#changed();
    this.hold.release();
  }

  #failed(call: Call, failure: Failure, tries: number): void {
    const { alarms, events, settings } = this.#core;
    const { patience, policy } = settings;
    const now = alarms.now();
    const hint =
      failure.retryAt === undefined
        ? undefined
        : Math.max(0, failure.retryAt - alarms.clock.wall());
    const final = settings.isFinal(failure);
    // What was asked for by name in a session that has failed, and came to nothing, changes nothing (T7).
    const stays = this.#final && !final;
    const passing = failure.retryable || (failure.status ?? 0) >= 500;
    const own = this.#delay(tries, failure);
    const delay = hint === undefined || hint === 0 ? own : hint + settings.spread(hint);
    if (stays) this.hold.open();
    else if (final) this.#rest(failure, Infinity);
    else if (!passing) this.#rest(failure, grown(COOL_DOWN, this.#failures++, LONGEST_COOL_DOWN));
    else if (patience === undefined || (hint ?? 0) > policy.maxWait) this.#rest(failure, delay);
    else this.#close(call, failure, now + delay, hint);
    const { retryAt } = this.failure ?? failure;
    const { kind, status, code } = failure;
    events.emit('refresh_failed', {
      failure: { kind, status, code },
      tries,
      retryable: !this.#final,
      retryAt,
    });
    this.#changed();
    if (this.hold.reason === undefined) this.hold.release();
  }

  /** The token endpoint is down or limited for a while: whoever needs a token waits (T6). */
  #close(call: Call, failure: Failure, until: number, hint: number | undefined): void {
    const { hold } = this;
    const instant = this.#core.alarms.instant(until);
    this.failure = at(failure, instant);
    this.#until = -Infinity;
    const tries = hold.tries + 1;
    hold.close('refresh', until, this.failure, hint === undefined ? undefined : instant);
    hold.tries = tries;
    this.#changed();
    if (call.ahead) return;
    // Asked for by name while the token serves: nobody has to wait for another one (T9).
    if (this.#serves) return hold.release();
    for (const one of hold.everybody()) {
      if (one.hold === undefined) continue;
      if (one.lastChance) {
        hold.leave(one);
        one.giveUpOutage();
      } else one.endure(hold as unknown as Hold);
    }
  }

  /** Whoever waits fails, and nobody asks for a while, or for good (T6, T7). */
  #rest(failure: Failure, ms: number): void {
    const { alarms } = this.#core;
    this.#final = ms === Infinity;
    this.#until = alarms.now() + ms;
    this.failure = this.#final ? at(failure, undefined) : at(failure, alarms.instant(this.#until));
    this.hold.open();
    this.#changed();
  }

  /** T6: when to ask again where the token endpoint names no instant. */
  #delay(tries: number, { kind }: Failure): number {
    const { settings } = this.#core;
    const { base, factor, cap } = settings.probe;
    const first = FIRST_DELAYS[tries - 1];
    const later = Math.min(cap, base * factor ** Math.max(0, tries - 1 - FIRST_DELAYS.length));
    const delay = jittered(first ?? later, settings.chance());
    return kind === 'rate_limited' ? Math.max(THROTTLED_FLOOR, delay) : delay;
  }

  /** Reads what there is to start with; `true` where that is known at once. */
  #begin(): boolean {
    if (this.#phase === 'reading') return false;
    this.#phase = 'reading';
    this.#core.join();
    const { sharing } = this.#core;
    const epoch = this.#epoch;
    const found = (value: SharedTokens | undefined): void => {
      if (epoch !== this.#epoch || this.#disposed) return;
      this.#phase = 'known';
      if (value !== undefined) this.#adopt(value, true);
      this.#changed();
      this.hold.release();
    };
    if (sharing !== undefined) {
      void this.#shared(sharing).then(found);
      return false;
    }
    const own = this.#own(this.#auth.tokens);
    if (!isPromiseLike(own)) {
      found(own === undefined ? undefined : { generation: 1, tokens: own });
      return true;
    }
    void own.then((tokens) => found(tokens === undefined ? undefined : { generation: 1, tokens }));
    return false;
  }

  /** What siblings have, else what the application gives (T12, X7). */
  async #shared(sharing: Sharing): Promise<SharedTokens | undefined> {
    const stored = await sharing.read();
    if (stored.generation > 0) {
      if (process.env.NODE_ENV !== 'production') warnOfOther(this.go.tokens, stored.tokens);
      return stored;
    }
    const tokens = await this.#own(this.#auth.tokens);
    if (tokens === undefined) return undefined;
    const first = { generation: 1, tokens };
    // Of several siblings that start at once, one stores its tokens; the others take those.
    const won = await sharing.replace(0, first);
    return won === false ? ((await sharing.newerThan(0)) ?? first) : first;
  }

  /** The application's own initial tokens, checked; a reader that is of no use is told of (T12). */
  #own(given: AuthOptions['tokens']): Tokens | undefined | Promise<Tokens | undefined> {
    const { alarms, events, settings } = this.#core;
    const checked = (value: unknown): Tokens | undefined => {
      if (value === undefined) return undefined;
      const copy = copied(value);
      if (typeof copy === 'object') return copy;
      events.emit('tokens_unreadable', { message: copy });
      return undefined;
    };
    const unreadable = (why: string): undefined => {
      events.emit('tokens_unreadable', { message: `the function in auth.tokens ${why}` });
    };
    if (typeof given !== 'function') return checked(given);
    try {
      const answer: unknown = given.call(this.#auth);
      if (!isPromiseLike(answer)) return checked(answer);
      return within(alarms, settings.refreshTimeout, undefined, () => answer).then((settled) => {
        if (settled.type === 'value') return checked(settled.value);
        return unreadable(settled.type === 'error' ? 'failed' : 'did not answer in time');
      });
    } catch {
      // Told as an event: what it threw may hold a secret (T12).
      return unreadable('failed');
    }
  }

  /** Takes up a sibling's tokens. */
  #adopt(value: SharedTokens, atStart = false): void {
    const { signOuts } = value;
    // What siblings have stored follows on what they know; a share that does not keep the number tells of none.
    const missed = !this.#stored || (signOuts !== undefined && signOuts !== this.#signOuts);
    const other = !atStart && (missed || isOther(this.go.tokens, value.tokens));
    this.#signOuts = signOuts ?? this.#signOuts ?? 0;
    this.#untold = 0;
    this.#stored = true;
    if (other) this.identity++;
    this.#take(value, !atStart, !atStart);
  }

  /** The session ends: what has begun under it is not sent any more (T11b). */
  #leave(generation: number, signOuts?: number, hasLeft = true): void {
    if (signOuts !== undefined) this.#signOuts = signOuts;
    this.#untold = 0;
    this.#stored = true;
    this.identity++;
    this.#take({ generation }, false, true, hasLeft);
    this.hold.release();
  }

  /**
   * Takes up tokens, or their absence, from wherever they come.
   *
   * @param issued a refresh brought them, here or at a sibling (T4b).
   * @param fresh they are new, and not what an application has kept (T10).
   * @param hasLeft somebody has signed out (T19).
   */
  #take(value: SharedTokens, issued: boolean, fresh: boolean, hasLeft = false): void {
    const { generation, tokens, renewed = false } = value;
    const { alarms, settings, events } = this.#core;
    const auth = this.#auth;
    const wasSignedOut = this.#signedOut;
    this.#signedOut = tokens === undefined && !renewed;
    this.#renewed = renewed;
    this.#hasLeft = hasLeft;
    if (!this.#signedOut) this.#tokenless = renewed;
    this.#rejected = false;
    this.#accepted = false;
    this.#refused = false;
    this.#issued = issued;
    this.#uncured = undefined;
    if (!issued) this.#refusals = 0;
    this.go = { type: 'go', generation, tokens };
    this.#expiry = NEVER;
    this.#expiresAt = undefined;
    if (tokens !== undefined) this.#remember(tokens);
    if (!this.#signedOut) {
      const wall = alarms.clock.wall();
      const said =
        tokens === undefined ? auth.lifetime : remainingLife(tokens, wall, auth.lifetime);
      // One that says it has expired when it has just been issued speaks of another clock, and is used.
      const life = said !== undefined && said <= 0 && issued ? auth.lifetime : said;
      if (life !== undefined) {
        this.#expiry = expiryOf(
          life,
          fresh ? life : auth.lifetime,
          alarms.now(),
          auth.refreshAhead,
          fresh,
          settings.chance(),
        );
        this.#expiresAt = wall + life;
      }
    }
    if (this.#signedOut && !wasSignedOut) events.emit('signed_out', { generation });
    // Before anybody hears of the state: what was begun under another sign-in goes no further (T11b).
    if (this.#leftAt !== this.identity) {
      this.#leftAt = this.identity;
      this.#core.left();
    }
    this.#changed();
  }

  #remember({ accessToken, refreshToken }: Tokens): void {
    const fresh = refreshToken === undefined ? [accessToken] : [refreshToken, accessToken];
    const known = this.secrets.filter((secret) => !fresh.includes(secret));
    this.secrets = [...known, ...fresh].slice(-SECRETS_KEPT);
  }

  /** Whatever was under way is decided now: by the application, or by a sibling. */
  #supersede(end: Failure | undefined): number {
    const call = this.#call;
    this.#call = undefined;
    this.#phase = 'known';
    this.failure = undefined;
    this.#final = false;
    this.#until = -Infinity;
    this.#failures = 0;
    this.hold.open();
    call?.controller.abort(abortReason('AbortError', 'The session moved on.'));
    for (const tell of call?.asked ?? []) tell(end);
    return ++this.#epoch;
  }

  /** Tells the siblings; a later decision here takes the place of this one. */
  #publish(next: Omit<SharedTokens, 'generation'>, decision: number): void {
    const { sharing } = this.#core;
    // Whoever heard of this one may have decided otherwise by now.
    if (sharing === undefined || decision < this.#decision) return;
    this.#core.join();
    this.#decision = decision;
    this.#publishing = true;
    this.#stored = false;
    this.#telling = this.#tell(sharing, next, decision);
  }

  async #tell(
    sharing: Sharing,
    next: Omit<SharedTokens, 'generation'>,
    decision: number,
  ): Promise<void> {
    const wanted = (): boolean => decision === this.#decision;
    let count = UNCOUNTED;
    const followed = (before: SharedTokens): Omit<SharedTokens, 'generation'> => {
      count = this.#count(before);
      return counted(next, count);
    };
    const { generation, stored } = await sharing.publish(followed, this.generation, wanted);
    if (stored) this.#told(count);
    if (!wanted()) return;
    this.#publishing = false;
    this.#stored = stored;
    // The same tokens under the number that the share has given them.
    if (generation !== undefined) this.go = { ...this.go, generation };
    this.#changed();
    const missed = this.#missed;
    this.#missed = undefined;
    this.heard(missed);
  }

  /** How many sign-outs there have been with what is about to be stored, and how many of them were untold. */
  #count({ signOuts: seen = 0 }: SharedTokens): Count {
    const untold = this.#untold;
    // What is stored over a sign-in that was not heard of takes the place of another user's.
    const unheard = this.#signOuts !== undefined && this.#signOuts !== seen;
    return { untold, signOuts: seen + (untold === 0 && unheard ? 1 : untold) };
  }

  #told({ untold, signOuts }: Count): void {
    this.#untold = Math.max(0, this.#untold - untold);
    this.#signOuts = signOuts;
  }

  #changed(): void {
    this.#state.changed();
  }

  #shown(): SessionState {
    const status = this.#status;
    const until = status === 'unavailable' ? this.failure?.retryAt : undefined;
    return {
      status,
      generation: this.generation,
      ...(this.#expiresAt === undefined ? {} : { expiresAt: this.#expiresAt }),
      ...(until === undefined ? {} : { until }),
      ...(this.failure === undefined ? {} : { failure: this.failure }),
    };
  }

  get #status(): SessionState['status'] {
    if (this.#signedOut) return 'signed-out';
    if (this.#call?.ahead === false) return 'refreshing';
    const has = this.go.tokens !== undefined || this.#renewed;
    if (this.failure !== undefined && !this.#serves) return this.#final ? 'failed' : 'unavailable';
    if (has) return 'active';
    // Without `refresh` there is nothing that could bring a token but a sign-in (T19).
    return this.#phase === 'known' && this.#auth.refresh === undefined ? 'signed-out' : 'unknown';
  }

  /** Whether there is a token, or a session without one, that operations can be sent with. */
  get #serves(): boolean {
    if (this.#rejected || (this.go.tokens === undefined && !this.#renewed)) return false;
    // Who only looks reads no clock where there is nothing to compare it with (P4).
    const { hard } = this.#expiry;
    return hard === Infinity || this.#core.alarms.now() < hard;
  }
}

function grown(base: number, times: number, cap: number): number {
  return Math.min(cap, base * 2 ** times);
}

/** What tells one operation from another; `undefined` where nothing does, so that none is taken for it (F10). */
function told(info: OperationInfo): string | undefined {
  const { kind, name, endpoint = '' } = info;
  try {
    const it = info.identity === undefined ? name : hashed(info.identity());
    return it === undefined ? undefined : `${kind} ${endpoint} ${it}`;
  } catch {
    // Variables that cannot be written down: it is like no other.
    return undefined;
  }
}

/** 64 bits in place of variables, which nobody should find in memory long after (F11). */
function hashed(text: string): string {
  let one = 0x811c9dc5;
  let two = 0x01000193;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    one = Math.imul(one ^ code, 0x01000193);
    two = Math.imul(two + code, 0x85ebca6b) ^ (two >>> 13);
  }
  return `${one} ${two}`;
}

function isSignedOut({ generation, tokens, renewed }: SharedTokens): boolean {
  return generation > 0 && tokens === undefined && renewed !== true;
}

interface Count {
  readonly untold: number;
  readonly signOuts: number;
}

const UNCOUNTED: Count = { untold: 0, signOuts: 0 };

function counted<T extends object>(next: T, { signOuts }: Count): T {
  return signOuts === 0 ? next : { ...next, signOuts };
}

/** What a refresh brought that siblings are to have. */
function storable(outcome: RefreshOutcome): Omit<SharedTokens, 'generation'> | undefined {
  if (outcome.type === 'tokens') return { tokens: outcome.tokens };
  return outcome.type === 'renewed' ? { renewed: true } : undefined;
}

/** The refresh token was used already: a sibling may have been faster (T7). */
function isUsedUp(outcome: RefreshOutcome): boolean {
  return (
    outcome.type === 'failed' &&
    /^(?:invalid_grant|refresh_token_(?:not_found|already_used)|invalid_refresh_token)$/i.test(
      outcome.failure.code ?? '',
    )
  );
}

/** Whether two tokens are known to be of different users (T11b, X7). */
function isOther(one: Tokens | undefined, other: Tokens | undefined): boolean {
  if (one === undefined || other === undefined || one.accessToken === other.accessToken)
    return false;
  const { sub } = claimsOf(one.accessToken);
  const { sub: twin } = claimsOf(other.accessToken);
  return sub !== undefined && twin !== undefined && sub !== twin;
}

function warnOfOther(given: Tokens | undefined, stored: Tokens | undefined): void {
  if (!isOther(given, stored)) return;
  console.warn(
    'Holdfast: auth.tokens are of another user than those that the other tabs share, which win; call session.signIn(tokens) where somebody has just signed in.',
  );
}

/** The failure with the instant at which waiting will do, or with none. */
function at({ retryAt: _named, ...known }: Failure, instant: number | undefined): Failure {
  return instant === undefined ? known : { ...known, retryAt: instant };
}

/** What an operation gets that was never sent because no token was to be had (T8). */
export function sessionFailure(cause: Failure): Failure {
  const { retryAt, advice } = cause;
  return ownFailure({
    kind: 'unauthenticated',
    message: `No token is to be had: ${cause.message}`,
    executed: false,
    retryable: retryAt !== undefined,
    ...(retryAt !== undefined && { retryAt }),
    advice:
      process.env.NODE_ENV === 'production'
        ? advice
        : retryAt === undefined
          ? `Sign in again: the token endpoint refused for good. ${advice}`
          : `The token endpoint is left alone until retryAt. ${advice}`,
    cause,
  });
}

/** What an operation gets whose user has left (T11, T11b). */
export function signedOutFailure(): Failure {
  return ownFailure({
    kind: 'unauthenticated',
    message: 'The session is signed out.',
    executed: false,
    ...(process.env.NODE_ENV !== 'production' && {
      advice: 'Sign in, then start the operation again.',
    }),
  });
}

function noRefreshFailure(): Failure {
  return ownFailure({
    kind: 'unauthenticated',
    message: 'There is no auth.refresh.',
    executed: false,
    ...(process.env.NODE_ENV !== 'production' && {
      advice: 'Give createResilience the option auth.refresh.',
    }),
  });
}

/** Nothing to refresh with, while the tokens still serve (T9). */
function nothingFailure(): Failure {
  return ownFailure({
    kind: 'unauthenticated',
    source: 'token-endpoint',
    message: 'There was nothing to refresh the tokens with.',
    ...(process.env.NODE_ENV !== 'production' && {
      advice: 'Sign in again before the tokens expire.',
    }),
  });
}
