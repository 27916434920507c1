import type { Events } from '../base/events.ts';
import { summary } from '../base/events.ts';
import {
  abortedFailure,
  noRefreshFailure,
  nothingFailure,
  ownFailure,
  ResilienceError,
  sessionFailure,
  signedOutFailure,
} from '../base/failure.ts';
import type { Failure, FailureKind } from '../base/failure.ts';
import { Hold } from '../base/hold.ts';
import type { OperationInfo, Signal } from '../base/operation.ts';
import { isPromiseLike } from '../base/property.ts';
import { sameRecord, Store, withValues } from '../base/readable.ts';
import type { Readable } from '../base/readable.ts';
import { grown, jittered, within } from '../base/time.ts';
import type { Alarms } from '../base/time.ts';
import { brings, copied } from '../base/tokens.ts';
import type { AuthOptions, Brought, RefreshReason, SharedTokens, Tokens } from '../base/tokens.ts';
import { abortReason } from '../platform.ts';
import { HeldTokens } from './held-tokens.ts';
import type { Go } from './held-tokens.ts';
import { callRefresh } from './refresh.ts';
import type { RefreshOutcome } from './refresh.ts';
import type { Refreshed, Sharing } from './sharing.ts';

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
export type Authorization =
  | Go
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
  identityChanged(): void;
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

const TOKENS: Authorization = { type: 'wait', reason: 'tokens' };
const REFRESH: Authorization = { type: 'wait', reason: 'refresh' };

/**
 * T6: the first calls after one that failed for a while; after them the probes' schedule. Milliseconds. Too short
 * for a spread to keep clients apart: what keeps them apart is when each came to need a token.
 */
const FIRST_DELAYS = [200, 500];
/** A token endpoint that says "slow down" is never asked again at once (R1). */
const THROTTLED_FLOOR = 1_000;
/** T6: how long the token endpoint is left alone, by how often asking was of no use. Milliseconds. */
const COOL_DOWN = 5_000;
const LONGEST_COOL_DOWN = 60_000;

/**
 * The tokens of one user or machine, and the one refresh that serves all operations (T1). An operation
 * asks `authorize`, and where the answer is `wait`, it joins the line.
 */
export class TokenSession implements Session {
  /** The line of those who wait for tokens; closed while the token endpoint is down (T6). */
  readonly hold: Hold;
  readonly held: HeldTokens;
  /** Why the last refresh failed: the `cause` of what fails for want of a token (T8). */
  failure: Failure | undefined;
  readonly #core: SessionCore;
  readonly #auth: AuthOptions;
  readonly #state: Store<SessionState>;
  readonly get: () => SessionState;
  readonly subscribe: (listener: () => void) => () => void;
  #phase: 'unread' | 'reading' | 'known' = 'unread';
  /** The session goes on without a token in the page, or did before it ended (T19). */
  #tokenless = false;
  /** Somebody has signed out, here or at a sibling: nobody but a sign-in ends that (T11). */
  #userLeft = false;
  /** The generation whose end has been told (T7). */
  #spent = 0;
  #call: Call | undefined;
  /**
   * Monotonic instant before which `refresh` is not called after one that failed, and is not held (T6);
   * `Infinity`: only a sign-in helps (T7).
   */
  #until = -Infinity;
  #failures = 0;
  /** The identity whose beginning was told. */
  #toldIdentity = 0;
  /** Counts what application and siblings decide: what was begun before is discarded after (T11). */
  #epoch = 0;
  /** The decision that the siblings are being told, or were told last; what was heard of them meanwhile. */
  #decision = 0;
  #telling: Promise<void> | undefined;
  #missed: SharedTokens | undefined;
  #disposed = false;

  constructor(core: SessionCore, auth: AuthOptions) {
    this.#core = core;
    this.#auth = auth;
    this.hold = new Hold(core.alarms, () => this.#ask());
    this.#state = new Store<SessionState>(() => this.#shown(), sameRecord, [core, 'session'], {
      watched: () => core.join(),
    });
    this.get = this.#state.get;
    this.subscribe = this.#state.subscribe;
    const { tokens } = auth;
    const copy = typeof tokens === 'object' ? copied(tokens) : undefined;
    if (typeof copy === 'string') throw new TypeError(`createResilience: auth.tokens: ${copy}.`);
    if (copy !== undefined) this.#auth = { ...auth, tokens: copy };
    this.held = new HeldTokens(core, this.#auth);
    if (copy !== undefined) this.held.begin(copy);
    else if (tokens === undefined && core.sharing === undefined) this.#phase = 'known';
  }

  /** Whether, and with what, an operation may be sent now. Starts what must be started for it. */
  authorize(): Authorization {
    if (this.#phase !== 'known' && !this.#begin()) return TOKENS;
    const { held } = this;
    const { go } = held;
    if (held.isSignedOut) return go;
    const call = this.#call;
    if (call?.ahead === false) return REFRESH;
    const { soft, hard } = held.expiry;
    const serves = !held.isRejected && held.hasSession;
    if (serves && hard === Infinity) return go;
    const now = this.#core.alarms.now();
    if (serves && now < soft && now < hard) return go;
    // An API key is used as it is; a refused token is tried on, since there is no better one (T19, T4b).
    if (this.#auth.refresh === undefined || held.isRefused(now)) return go;
    const { hold } = this;
    const isAsked = hold.reason === undefined || hold.isDue;
    const rests = this.#isCoolingDown(now);
    if (serves && now < hard) {
      if (call === undefined && !rests && isAsked) this.#start('expiring', true);
      return held.go;
    }
    if (call !== undefined) {
      // A refresh ahead of time becomes one that is waited for (T9).
      call.ahead = false;
      this.#changed();
    } else if (!rests) {
      const { patience = 0 } = this.#core.settings;
      const isForgotten = hold.waiting === 0 && now - hold.asked > patience;
      if (isForgotten) hold.open();
      if (isAsked || isForgotten) this.#start(this.#reason, false);
    } else if (this.#spent === held.generation) {
      return { type: 'stop', failure: sessionFailure(this.failure as Failure) };
    } else {
      // Who shows the state hears that age alone has ended the token (T7).
      this.#spent = held.generation;
      this.#changed();
    }
    // Whoever heard of it may have signed in or out: then nobody would end this wait (T11).
    return this.#call || hold.reason || this.#disposed ? REFRESH : this.authorize();
  }

  /**
   * Takes note that the server rejected a token, and says what that means for who sent it (T2).
   *
   * @param refreshed a refresh has been made for this operation (T4).
   */
  reject(
    info: OperationInfo,
    generation: number,
    kind: FailureKind,
    refreshed: boolean,
  ): 'replaced' | 'renewable' | 'spent' | 'failed' {
    const { held } = this;
    if (held.isSignedOut) return 'spent';
    // A rejection of an older token costs no refresh, so it is no second one either (T2, T4).
    if (generation !== held.generation) return 'replaced';
    // Until the API has taken it for something, a token may be refused for all (T4b).
    const isTaken = kind !== 'unauthenticated' || held.accepted;
    if (this.#auth.refresh === undefined || (isTaken && held.isInVain(info))) return 'spent';
    if (refreshed) held.rememberInVain(info, isTaken);
    if (refreshed && isTaken) return 'spent';
    const now = this.#core.alarms.now();
    if (held.reject(now, kind)) return 'spent';
    this.#changed();
    if (refreshed) return 'spent';
    return this.#call === undefined && this.#isCoolingDown(now) ? 'failed' : 'renewable';
  }

  /** A call that has had its time and has not settled is another request's, which has ended (P3). */
  overdue(): boolean {
    const { alarms, settings } = this.#core;
    const isLate = alarms.now() - (this.#call?.begun ?? Infinity) >= settings.refreshTimeout;
    if (isLate) this.#call = undefined;
    return isLate;
  }

  signIn(given: Tokens): void {
    const tokens = copied(given);
    if (typeof tokens === 'string') throw new TypeError(`signIn: ${tokens}.`);
    const decision = this.#supersede(undefined);
    const { held } = this;
    if (held.isOther(tokens)) held.identity++;
    this.#setTokens({ generation: held.generation + 1, tokens }, false, true);
    this.#core.events.emit('signed_in', { generation: held.generation });
    this.hold.release();
    this.#publish({ tokens }, decision);
  }

  signOut(): void {
    const { sharing } = this.#core;
    const decision = this.#supersede(signedOutFailure());
    if (sharing !== undefined) sharing.untold++;
    this.#leave({ generation: this.held.generation + 1 });
    this.#publish({}, decision);
  }

  refresh(): Promise<void> {
    const promise = this.#refreshed();
    // Who does not look at the promise learns it from the state and the events (E4).
    promise.catch(() => undefined);
    return promise;
  }

  /** What the siblings are being told they still are: a sign-out counts, whatever follows it. */
  dispose(): void {
    this.#disposed = true;
    this.#supersede(abortedFailure(true, undefined, true));
    this.#state.end();
  }

  /** Takes up what a sibling stored, unless what was decided here is about to take its place. */
  heard(value: SharedTokens | undefined): void {
    if (value === undefined || value.generation <= this.held.generation || this.#disposed) return;
    if (this.#telling !== undefined) return void (this.#missed = value);
    const wasSignedOut = this.held.isSignedOut;
    // What a sibling has started with is of unknown age, as one's own is (T10).
    const atStart = value.generation === 1 || this.#phase !== 'known';
    const isEnd = !brings(value);
    this.#supersede(isEnd ? signedOutFailure() : undefined);
    if (isEnd) return this.#signedOutAfar(value);
    this.#adopt(value, atStart);
    if (wasSignedOut) this.#core.events.emit('signed_in', { generation: value.generation });
    this.hold.release();
  }

  get #reason(): RefreshReason {
    const { hasSession, isRejected } = this.held;
    return hasSession ? (isRejected ? 'rejected' : 'expiring') : 'missing';
  }

  /**
   * Whether the token endpoint is left alone, for good or until an instant by whichever clock (W9b): then
   * whoever needs a token fails at once (T8).
   */
  #isCoolingDown(now: number): boolean {
    return now < this.#until && this.#core.alarms.left(this.failure?.retryAt) !== 0;
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
        const nothing = (): void => {};
        this.hold.join(
          {
            hold: undefined,
            lastChance: false,
            moved: nothing,
            giveUpOutage: resolve,
            proceed: resolve,
          },
          false,
        );
      });
    }
    if (this.#disposed) throw new ResilienceError(abortedFailure(true, undefined, true));
    // Who has left comes back with a sign-in; without a token in the page there is none to hand in (T11, T19).
    if (this.#userLeft && !this.#tokenless) throw new ResilienceError(signedOutFailure());
    const call = this.#call ?? this.#start('requested', false);
    const failure = await new Promise<Failure | undefined>((resolve) => call.asked.push(resolve));
    if (failure !== undefined) throw new ResilienceError(failure);
  }

  #start(reason: RefreshReason, ahead: boolean): Call {
    const { alarms, events } = this.#core;
    const { hold } = this;
    const now = alarms.now();
    const call: Call = { reason, ahead, controller: new AbortController(), begun: now, asked: [] };
    this.#call = call;
    hold.asked = now;
    if (hold.reason !== undefined) {
      hold.until = Infinity;
      hold.arm();
    }
    events.emit('refresh_started', { reason, generation: this.held.generation });
    void this.#run(call).then((came) => {
      if (this.#call !== call) return;
      this.#call = undefined;
      this.#callEnded(call, came);
    });
    this.#changed();
    return call;
  }

  /** Never rejects. */
  async #run({ controller, reason }: Call): Promise<Refreshed> {
    const { sharing, alarms, settings } = this.#core;
    const { refresh } = this.#auth;
    // What a sibling has stored may be about to give way to what was decided here.
    while (this.#telling !== undefined) await this.#telling;
    const { generation, tokens } = this.held.go;
    const ask = (): Promise<RefreshOutcome> =>
      callRefresh({
        refresh: refresh as NonNullable<typeof refresh>,
        tokens,
        reason,
        alarms,
        limit: settings.refreshTimeout,
        controller,
        classify: (seen) => this.#core.classify(seen),
      });
    try {
      if (sharing === undefined) return { outcome: await ask() };
      return await sharing.refresh(generation, controller.signal, ask);
    } catch (error) {
      // Nothing above throws but a clock or a classifier's callback of the application, or an abort.
      const words = process.env.NODE_ENV !== 'production' && {
        message: 'A callback failed while tokens were refreshed.',
      };
      return { outcome: { failure: ownFailure({ kind: 'unknown', cause: error }, words) } };
    }
  }

  #callEnded(call: Call, { adopted, outcome, generation = 0, stored }: Refreshed): void {
    const { events, sharing } = this.#core;
    const { held } = this;
    const tries = this.hold.tries + 1;
    const { failure, next = {} } = outcome ?? {};
    if (stored === true && sharing !== undefined) sharing.stored = true;
    if (failure !== undefined) this.#failed(call, failure, tries);
    else if (adopted === undefined && !brings(next) && call.ahead) {
      // The token still serves, and does until it has expired (T9).
      this.#leaveAlone(nothingFailure(), this.#coolDown());
    } else {
      if (adopted !== undefined) {
        if (brings(adopted)) this.#adopt(adopted);
        else this.#signedOutAfar(adopted);
      } else if (brings(next)) {
        const own = { ...next, generation: Math.max(held.generation + 1, generation) };
        const revived = held.isSignedOut;
        if (held.isOther(next.tokens)) held.identity++;
        this.#setTokens(own, true, true);
        if (revived) events.emit('signed_in', { generation: own.generation });
        events.emit('refresh_succeeded', { generation: own.generation, tries });
      } else {
        // A share numbers only what it stores: this must not look newer than a sibling's next tokens.
        const left = { generation: held.generation + (sharing === undefined ? 1 : 0) };
        // Without tokens at the start operations go unsigned; those that were rejected have their answer (T11).
        if (call.reason === 'missing' || held.isSignedOut) this.#setTokens(left, false, true);
        else this.#signedOutAfar(left, false);
      }
      // The token endpoint answers again: all who wait go on.
      this.#clear();
      this.#changed();
      this.hold.release();
    }
    const final = this.#until === Infinity ? failure : undefined;
    for (const tell of call.asked) {
      tell(held.isSignedOut ? signedOutFailure() : (final ?? this.failure));
    }
  }

  #failed(call: Call, failure: Failure, tries: number): void {
    const { alarms, events, settings } = this.#core;
    const { patience, policy } = settings;
    const { hold } = this;
    const hint = alarms.left(failure.retryAt) ?? 0;
    const final = settings.isFinal(failure);
    const passing = failure.retryable || (failure.status ?? 0) >= 500;
    const delay = hint === 0 ? this.#delay(tries, failure) : hint + settings.spread(hint);
    // What was asked for by name in a session that has failed, and came to nothing, changes nothing (T7).
    if (this.#until === Infinity && !final) hold.open();
    else if (final) this.#leaveAlone(failure, Infinity);
    else if (!passing) this.#leaveAlone(failure, this.#coolDown());
    else if (patience === undefined || hint > policy.maxWait) this.#leaveAlone(failure, delay);
    else this.#close(call, failure, alarms.now() + delay);
    events.emit('refresh_failed', {
      failure: summary(failure),
      tries,
      retryable: this.#until < Infinity,
      retryAt: (this.failure ?? failure).retryAt,
    });
    this.#changed();
    if (hold.reason === undefined) hold.release();
  }

  /** The token endpoint is down or limited for a while: whoever needs a token waits (T6). */
  #close(call: Call, failure: Failure, until: number): void {
    const { hold } = this;
    this.failure = at(failure, this.#core.alarms.instant(until));
    this.#until = -Infinity;
    hold.close('refresh', until, this.failure);
    hold.tries++;
    this.#changed();
    if (call.ahead) return;
    // Asked for by name while the token serves: nobody has to wait for another one (T9).
    if (this.held.serves) hold.release();
    else hold.endLastChances();
  }

  /** Whoever waits fails, and nobody asks for a while, or for good (T6, T7). */
  #leaveAlone(failure: Failure, ms: number): void {
    const { alarms } = this.#core;
    this.#until = alarms.now() + ms;
    this.failure = at(failure, ms === Infinity ? undefined : alarms.instant(this.#until));
    this.hold.open();
    this.#changed();
  }

  #coolDown(): number {
    return grown(COOL_DOWN, 2, this.#failures++, LONGEST_COOL_DOWN);
  }

  /** T6: when to ask again where the token endpoint names no instant. */
  #delay(tries: number, { kind }: Failure): number {
    const { probe, chance } = this.#core.settings;
    const later = tries - 1 - FIRST_DELAYS.length;
    const delay =
      FIRST_DELAYS[tries - 1] ??
      jittered(grown(probe.base, probe.factor, later, probe.cap), chance());
    return kind === 'rate_limited' ? Math.max(THROTTLED_FLOOR, delay) : delay;
  }

  /** Reads what there is to start with; `true` where that is known at once. */
  #begin(): boolean {
    if (this.#phase === 'reading') return false;
    this.#phase = 'reading';
    const { sharing } = this.#core;
    this.#core.join();
    const epoch = this.#epoch;
    const found = (value: SharedTokens | undefined): void => {
      if (epoch !== this.#epoch) return;
      this.#phase = 'known';
      if (value !== undefined) this.#adopt(value, true);
      this.#changed();
      this.hold.release();
    };
    const first = (tokens: Tokens | undefined): SharedTokens | undefined =>
      tokens && { generation: 1, tokens };
    const own = (): Tokens | undefined | Promise<Tokens | undefined> => this.#own();
    if (sharing === undefined) {
      const tokens = own();
      if (!isPromiseLike(tokens)) {
        found(first(tokens));
        return true;
      }
      void tokens.then((value) => found(first(value)));
      return false;
    }
    // What siblings have, else what the application gives (T12, X7).
    const shared = async (): Promise<SharedTokens | undefined> => {
      const stored = await sharing.newerThan(0);
      if (stored === undefined) {
        const tokens = first(await own());
        return tokens && sharing.begin(tokens);
      }
      if (process.env.NODE_ENV !== 'production' && this.held.isOther(stored.tokens)) warnOfOther();
      return stored;
    };
    void shared().then(found);
    return false;
  }

  /** The application's own initial tokens, checked; a reader that is of no use is told of (T12). */
  #own(): Tokens | undefined | Promise<Tokens | undefined> {
    const { alarms, events, settings } = this.#core;
    const { tokens: given } = this.#auth;
    const unreadable = (message: string): undefined => {
      events.emit('tokens_unreadable', { message });
    };
    const checked = (value: unknown): Tokens | undefined => {
      const copy = value === undefined ? undefined : copied(value);
      return typeof copy === 'string' ? unreadable(copy) : copy;
    };
    if (typeof given !== 'function') return checked(given);
    const failed = 'the function in auth.tokens failed';
    try {
      const answer: unknown = given.call(this.#auth);
      if (!isPromiseLike(answer)) return checked(answer);
      return within(alarms, settings.refreshTimeout, undefined, () => answer).then((settled) => {
        if (settled.type === 'value') return checked(settled.value);
        const late = 'the function in auth.tokens did not answer in time';
        return unreadable(settled.type === 'error' ? failed : late);
      });
    } catch {
      // Told as an event: what it threw may hold a secret (T12).
      return unreadable(failed);
    }
  }

  /** Takes up a sibling's tokens. */
  #adopt(value: SharedTokens, atStart = false): void {
    // What siblings have stored follows on what they know.
    const missed = this.#core.sharing?.follows(value) === true;
    const { held } = this;
    const other = !atStart && (missed || held.isOther(value.tokens));
    if (other) held.identity++;
    // What follows on a sign-out, or on somebody else, is a sign-in; a refresh has brought everything else (T4b).
    this.#setTokens(value, !atStart && !other && !held.isSignedOut, !atStart);
  }

  /** A sibling has signed out, or the token endpoint has nothing more. */
  #signedOutAfar(value: SharedTokens, hasLeft = true): void {
    this.#core.sharing?.follows(value);
    this.#leave(value, hasLeft);
  }

  /** The session ends: what has begun under it is not sent any more (T11b). */
  #leave(value: SharedTokens, hasLeft = true): void {
    this.held.identity++;
    this.#setTokens({ generation: value.generation }, false, true, hasLeft);
    this.hold.release();
  }

  /**
   * Takes up tokens, or their absence, from wherever they come.
   *
   * @param issued a refresh brought them, here or at a sibling (T4b).
   * @param fresh they are new, and not what an application has kept (T10).
   * @param hasLeft somebody has signed out (T19).
   */
  #setTokens(value: SharedTokens, issued: boolean, fresh: boolean, hasLeft = false): void {
    const { held } = this;
    const wasSignedOut = held.isSignedOut;
    held.set(value, issued, fresh);
    this.#userLeft = hasLeft;
    if (!held.isSignedOut) this.#tokenless = held.isRenewed;
    else if (!wasSignedOut) {
      this.#core.events.emit('signed_out', { generation: value.generation });
    }
    // Before anybody hears of the state: what was begun under another sign-in goes no further (T11b).
    if (this.#toldIdentity !== held.identity) {
      this.#toldIdentity = held.identity;
      this.#core.identityChanged();
    }
    this.#changed();
  }

  /** Whatever was under way is decided now: by the application, or by a sibling. */
  #supersede(end: Failure | undefined): number {
    const call = this.#call;
    this.#call = undefined;
    this.#phase = 'known';
    this.#clear();
    call?.controller.abort(abortReason('AbortError', 'The session moved on.'));
    for (const tell of call?.asked ?? []) tell(end);
    return ++this.#epoch;
  }

  /** Nothing that went wrong before counts any more. */
  #clear(): void {
    this.failure = undefined;
    this.#until = -Infinity;
    this.#failures = 0;
    this.hold.open();
  }

  /** Tells the siblings; a later decision here takes the place of this one. */
  #publish(next: Brought, decision: number): void {
    const { sharing } = this.#core;
    // Whoever heard of this one may have decided otherwise by now.
    if (sharing === undefined || decision < this.#decision) return;
    this.#core.join();
    this.#decision = decision;
    const wanted = (): boolean => decision === this.#decision;
    this.#telling = sharing.publish(next, this.held.generation, wanted).then((generation) => {
      if (!wanted()) return;
      this.#telling = undefined;
      // The same tokens under the number that the share has given them.
      if (generation !== undefined) this.held.go = { ...this.held.go, generation };
      this.#changed();
      const missed = this.#missed;
      this.#missed = undefined;
      this.heard(missed);
    });
  }

  #changed(): void {
    this.#state.changed();
  }

  #shown(): SessionState {
    const status = this.#status;
    const { failure } = this;
    const { generation, expiresAt } = this.held;
    const until = status === 'unavailable' ? failure?.retryAt : undefined;
    return withValues({ status, generation, expiresAt, until, failure });
  }

  get #status(): SessionState['status'] {
    const { held } = this;
    if (held.isSignedOut) return 'signed-out';
    if (this.#call?.ahead === false) return 'refreshing';
    if (this.failure !== undefined && !held.serves) {
      return this.#until === Infinity ? 'failed' : 'unavailable';
    }
    if (held.hasSession) return 'active';
    // Without `refresh` there is nothing that could bring a token but a sign-in (T19).
    return this.#phase === 'known' && this.#auth.refresh === undefined ? 'signed-out' : 'unknown';
  }
}

function warnOfOther(): void {
  console.warn(
    'Holdfast: auth.tokens are of another user than those that the other tabs share, which win; call session.signIn(tokens) where somebody has just signed in.',
  );
}

/** The failure with the instant at which waiting will do, or with none. */
function at({ retryAt: _named, ...known }: Failure, instant: number | undefined): Failure {
  return instant === undefined ? known : { ...known, retryAt: instant };
}
