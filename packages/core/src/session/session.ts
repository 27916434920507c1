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
import { guarded, sameRecord, Store, withValues } from '../base/readable.ts';
import type { Readable } from '../base/readable.ts';
import { grown, jittered, within } from '../base/time.ts';
import type { Alarms, Awaitable } from '../base/time.ts';
import { brings, copied } from '../base/tokens.ts';
import type { AuthOptions, Brought, RefreshReason, SharedTokens, Tokens } from '../base/tokens.ts';
import { abortReason } from '../platform.ts';
import { HeldTokens } from './held-tokens.ts';
import type { Go } from './held-tokens.ts';
import { callRefresh } from './refresh.ts';
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
  /** For whoever asked for it by name: why nothing came of it. */
  readonly done: Promise<Failure | undefined>;
  end(failure: Failure | undefined): void;
}

/** Where tokens, or their absence, come from: what is known of them hangs on it (T4b, T10, T19). */
type Origin = 'start' | 'refresh' | 'sign-in' | 'sign-out' | 'end';

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
export class TokenSession extends Store<SessionState> implements Session {
  /** The line of those who wait for tokens; closed while the token endpoint is down (T6). */
  readonly hold: Hold;
  readonly held: HeldTokens;
  /** Why the last refresh failed: the `cause` of what fails for want of a token (T8). */
  failure: Failure | undefined;
  readonly #core: SessionCore;
  readonly #auth: AuthOptions;
  /** The application's own initial tokens, where it has given them themselves (T18). */
  readonly #first: Tokens | undefined;
  #phase: 'unread' | 'reading' | 'known' = 'unread';
  #reading: PromiseLike<void> | undefined;
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
  /** Counts what application and siblings decide: what was begun before is discarded after (T11). */
  #epoch = 0;
  /** The decision that the siblings are being told, or were told last; what was heard of them meanwhile. */
  #decision = 0;
  #telling: Promise<void> | undefined;
  #missed: SharedTokens | undefined;
  #disposed = false;

  constructor(core: SessionCore, auth: AuthOptions) {
    super(() => this.#shown(), sameRecord, [core, 'session'], { watched: () => core.join() });
    this.#core = core;
    this.#auth = auth;
    this.hold = new Hold(core.alarms, () => this.#ask());
    this.held = new HeldTokens(core, auth);
    const { tokens } = auth;
    if (typeof tokens === 'object') {
      const copy = copied(tokens);
      if (typeof copy === 'string') throw new TypeError(`createResilience: auth.tokens: ${copy}.`);
      this.#first = copy;
      this.held.begin(copy);
    } else if (tokens === undefined && core.sharing === undefined) this.#phase = 'known';
  }

  /** Whether, and with what, an operation may be sent now. Starts what must be started for it. */
  authorize(): Authorization {
    if (this.#phase === 'unread') this.#begin();
    if (this.#phase !== 'known') return TOKENS;
    const { held } = this;
    const { go } = held;
    if (held.isSignedOut) return go;
    const call = this.#call;
    if (call?.ahead === false) return REFRESH;
    const { soft, hard } = held.expiry;
    const serves = !held.isRejected && held.hasSession;
    if (serves && hard === Infinity) return go;
    const now = this.#core.alarms.now();
    if (serves && now < soft) return go;
    // An API key is used as it is; a refused token is tried on, since there is no better one (T19, T4b).
    if (this.#auth.refresh === undefined || held.isRefused(now)) return go;
    const { hold } = this;
    const isAsked = hold.reason === undefined || hold.isDue;
    const rests = this.#isCoolingDown(now);
    if (serves && now < hard) {
      if (call === undefined && !rests && isAsked) this.#start(true);
      return held.go;
    }
    if (call !== undefined) {
      // A refresh ahead of time becomes one that is waited for (T9).
      call.ahead = false;
      this.changed();
    } else if (!rests) {
      const { patience = 0 } = this.#core.settings;
      const isForgotten = hold.waiting === 0 && now - hold.asked > patience;
      if (isForgotten) hold.open();
      if (isAsked || isForgotten) this.#start(false);
    } else if (this.#spent === held.generation) {
      return { type: 'stop', failure: sessionFailure(this.failure as Failure) };
    } else {
      // Who shows the state hears that age alone has ended the token (T7).
      this.#spent = held.generation;
      this.changed();
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
    this.changed();
    if (refreshed) return 'spent';
    return this.#call === undefined && this.#isCoolingDown(now) ? 'failed' : 'renewable';
  }

  /** A call that has had its time and has not settled is another request's, which has ended (P3). */
  overdue(): boolean {
    const { alarms, settings } = this.#core;
    const isLate = alarms.now() - this.hold.asked >= settings.refreshTimeout;
    if (this.#call === undefined || !isLate) return false;
    this.#call = undefined;
    return true;
  }

  signIn(given: Tokens): void {
    const tokens = copied(given);
    if (typeof tokens === 'string') throw new TypeError(`signIn: ${tokens}.`);
    const decision = this.#supersede(undefined);
    const { held } = this;
    const value = { generation: held.generation + 1, tokens };
    this.#setTokens(value, 'sign-in', held.isOther(tokens));
    this.hold.release();
    this.#publish({ tokens }, decision);
  }

  signOut(): void {
    const { sharing } = this.#core;
    const decision = this.#supersede(signedOutFailure());
    if (sharing !== undefined) sharing.untold++;
    this.#leave({ generation: this.held.generation + 1 }, 'sign-out');
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
    this.end();
  }

  /** Takes up what a sibling stored, unless what was decided here is about to take its place. */
  heard(value: SharedTokens | undefined): void {
    if (value === undefined || value.generation <= this.held.generation || this.#disposed) return;
    if (this.#telling !== undefined) return void (this.#missed = value);
    // What a sibling has started with is of unknown age, as one's own is (T10).
    const atStart = value.generation === 1 || this.#phase !== 'known';
    const isEnd = !brings(value);
    this.#supersede(isEnd ? signedOutFailure() : undefined);
    this.#adopt(value, atStart && !isEnd);
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
    if (this.#call === undefined) this.#start(false);
    else this.hold.until = Infinity;
  }

  async #refreshed(): Promise<void> {
    if (this.#auth.refresh === undefined) throw new ResilienceError(noRefreshFailure());
    if (this.#phase === 'unread') this.#begin();
    if (this.#disposed) throw new ResilienceError(abortedFailure(true, undefined, true));
    // Who has left comes back with a sign-in; without a token in the page there is none to hand in (T11, T19).
    if (this.#userLeft && !this.#tokenless) throw new ResilienceError(signedOutFailure());
    const failure = await (this.#call ?? this.#start(false, 'requested')).done;
    if (failure !== undefined) throw new ResilienceError(failure);
  }

  #start(ahead: boolean, reason: RefreshReason = this.#reason): Call {
    const { alarms, events } = this.#core;
    const { hold } = this;
    let end: Call['end'] = () => {};
    const done = new Promise<Failure | undefined>((resolve) => (end = resolve));
    const call: Call = {
      reason,
      ahead,
      controller: new AbortController(),
      done,
      end,
    };
    this.#call = call;
    hold.asked = alarms.now();
    if (hold.reason !== undefined) {
      hold.until = Infinity;
      hold.arm();
    }
    events.emit('refresh_started', { reason, generation: this.held.generation });
    void this.#run(call).then((came) => this.#callEnded(call, came));
    this.changed();
    return call;
  }

  /** Never rejects. */
  async #run({ controller, reason }: Call): Promise<Refreshed> {
    const { sharing } = this.#core;
    const refresh = this.#auth.refresh as NonNullable<AuthOptions['refresh']>;
    if (this.#phase !== 'known') await this.#reading;
    // What a sibling has stored may be about to give way to what was decided here.
    while (this.#telling !== undefined) await this.#telling;
    const { generation, tokens } = this.held.go;
    const ask = (): Promise<Refreshed> =>
      callRefresh(this.#core, refresh, { tokens, reason }, controller);
    try {
      return await (sharing?.refresh(generation, controller.signal, ask) ?? ask());
    } catch (error) {
      // Nothing above throws but a clock or a classifier's callback of the application, or an abort.
      const words = process.env.NODE_ENV !== 'production' && {
        message: 'A callback failed while tokens were refreshed.',
      };
      return { failure: ownFailure({ kind: 'unknown', cause: error }, words) };
    }
  }

  #callEnded(call: Call, came: Refreshed): void {
    if (this.#call !== call) return;
    this.#call = undefined;
    const { adopted, failure, next = {}, generation = 0, stored } = came;
    const { events, sharing } = this.#core;
    const { held } = this;
    const tries = this.hold.tries + 1;
    if (stored === true && sharing !== undefined) sharing.stored = true;
    if (failure !== undefined) this.#failed(call, failure, tries);
    else if (adopted === undefined && !brings(next) && call.ahead) {
      // The token still serves, and does until it has expired (T9).
      this.#leaveAlone(nothingFailure());
    } else {
      if (adopted !== undefined) this.#adopt(adopted);
      else if (brings(next)) {
        const own = { ...next, generation: Math.max(held.generation + 1, generation) };
        this.#setTokens(own, 'refresh', held.isOther(next.tokens));
        events.emit('refresh_succeeded', { generation: own.generation, tries });
      } else {
        // A share numbers only what it stores: this must not look newer than a sibling's next tokens.
        const left = { generation: held.generation + (sharing === undefined ? 1 : 0) };
        // Without tokens at the start operations go unsigned; those that were rejected have their answer (T11).
        if (call.reason === 'missing' || held.isSignedOut) this.#setTokens(left, 'end', false);
        else this.#leave(left, 'end');
      }
      // The token endpoint answers again: all who wait go on.
      this.#clear();
      this.changed();
      this.hold.release();
    }
    const final = this.#until === Infinity ? failure : undefined;
    call.end(held.isSignedOut ? signedOutFailure() : (final ?? this.failure));
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
    else if (!passing) this.#leaveAlone(failure);
    else if (patience === undefined || hint > policy.maxWait) this.#leaveAlone(failure, delay);
    else this.#close(call, failure, alarms.now() + delay);
    events.emit('refresh_failed', {
      failure: summary(failure),
      tries,
      retryable: this.#until < Infinity,
      retryAt: (this.failure ?? failure).retryAt,
    });
    this.changed();
    if (hold.reason === undefined) hold.release();
  }

  /** The token endpoint is down or limited for a while: whoever needs a token waits (T6). */
  #close(call: Call, failure: Failure, until: number): void {
    const { hold } = this;
    this.failure = at(failure, this.#core.alarms.instant(until));
    this.#until = -Infinity;
    hold.close('refresh', until, this.failure);
    hold.tries++;
    this.changed();
    if (call.ahead) return;
    // Asked for by name while the token serves: nobody has to wait for another one (T9).
    if (this.held.serves) hold.release();
    else hold.endLastChances();
  }

  /** Whoever waits fails, and nobody asks for a while, longer each time, or for good (T6, T7). */
  #leaveAlone(
    failure: Failure,
    ms: number = grown(COOL_DOWN, 2, this.#failures++, LONGEST_COOL_DOWN),
  ): void {
    const { alarms } = this.#core;
    this.#until = alarms.now() + ms;
    this.failure = at(failure, ms === Infinity ? undefined : alarms.instant(this.#until));
    this.hold.open();
    this.changed();
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

  /** Reads what there is to start with, which may be known at once. */
  #begin(): void {
    this.#phase = 'reading';
    const { sharing } = this.#core;
    this.#core.join();
    const epoch = this.#epoch;
    const found = (value: SharedTokens | undefined): void => {
      if (epoch !== this.#epoch) return;
      this.#phase = 'known';
      if (value !== undefined) this.#adopt(value, true);
      this.changed();
      this.hold.release();
    };
    const first = sharing === undefined ? this.#own() : this.#shared(sharing);
    if (isPromiseLike(first)) this.#reading = first.then(found);
    else found(first);
  }

  /** What siblings have, else what the application gives (T12, X7). */
  async #shared(sharing: Sharing): Promise<SharedTokens | undefined> {
    const stored = await sharing.newerThan(0);
    if (stored === undefined) {
      const first = await this.#own();
      return first && sharing.begin(first);
    }
    if (process.env.NODE_ENV !== 'production' && this.held.isOther(stored.tokens)) warnOfOther();
    return stored;
  }

  /** The application's own initial tokens, checked; a reader that is of no use is told of (T12). */
  #own(): Awaitable<SharedTokens | undefined> {
    const { alarms, events, settings } = this.#core;
    const { tokens: given } = this.#auth;
    const first = (tokens: Tokens | undefined): SharedTokens | undefined =>
      tokens && { generation: 1, tokens };
    // Told as an event, without what was thrown: that may hold a secret.
    const unreadable = (message: string): undefined => {
      events.emit('tokens_unreadable', { message });
    };
    const checked = (value: unknown): SharedTokens | undefined => {
      const tokens = value === undefined ? undefined : copied(value);
      return typeof tokens === 'string' ? unreadable(tokens) : first(tokens);
    };
    if (typeof given !== 'function') return first(this.#first);
    const answer: unknown = guarded(given, () => unreadable('the function in auth.tokens failed'));
    if (!isPromiseLike(answer)) return checked(answer);
    return within(alarms, settings.refreshTimeout, undefined, () => answer).then((settled) => {
      if (settled.type === 'value') return checked(settled.value);
      if (settled.type === 'late') unreadable('the function in auth.tokens did not answer in time');
      return undefined;
    });
  }

  /** Takes up what a sibling has stored, or what there is to start with. */
  #adopt(value: SharedTokens, atStart = false): void {
    // What siblings have stored follows on what they know.
    const missed = this.#core.sharing?.follows(value) === true;
    if (atStart) return this.#setTokens(value, 'start', false);
    if (!brings(value)) return this.#leave(value, 'sign-out');
    const { held } = this;
    const isOther = missed || held.isOther(value.tokens);
    // What follows on a sign-out, or on somebody else, is a sign-in; a refresh has brought everything else (T4b).
    this.#setTokens(value, isOther || held.isSignedOut ? 'sign-in' : 'refresh', isOther);
  }

  /** The session ends: what has begun under it is not sent any more (T11b). */
  #leave({ generation }: SharedTokens, origin: Origin): void {
    this.#setTokens({ generation }, origin, true);
    this.hold.release();
  }

  /**
   * Takes up tokens, or their absence, from wherever they come.
   *
   * @param isOther another sign-in takes the place of the one of now.
   */
  #setTokens(value: SharedTokens, origin: Origin, isOther: boolean): void {
    const { held } = this;
    const { isSignedOut } = held;
    if (isOther) held.identity++;
    held.set(value, origin === 'refresh', origin !== 'start');
    this.#userLeft = origin === 'sign-out';
    if (!held.isSignedOut) this.#tokenless = held.isRenewed;
    if (origin === 'sign-in' || held.isSignedOut !== isSignedOut) {
      const type = held.isSignedOut ? 'signed_out' : 'signed_in';
      this.#core.events.emit(type, { generation: value.generation });
    }
    // Before anybody hears of the state: what was begun under another sign-in goes no further (T11b).
    if (isOther) this.#core.identityChanged();
    this.changed();
  }

  /** Whatever was under way is decided now: by the application, or by a sibling. */
  #supersede(end: Failure | undefined): number {
    const call = this.#call;
    this.#call = undefined;
    this.#phase = 'known';
    this.#clear();
    call?.controller.abort(abortReason('AbortError'));
    call?.end(end);
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
      this.changed();
      const missed = this.#missed;
      this.#missed = undefined;
      this.heard(missed);
    });
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
function at(failure: Failure, retryAt: number | undefined): Failure {
  return { ...failure, retryAt } as Failure;
}
