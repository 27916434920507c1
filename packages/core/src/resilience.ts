import { Events } from './base/events.ts';
import type { ResilienceEvent } from './base/events.ts';
import { ownFailure, ResilienceError } from './base/failure.ts';
import type { Failure } from './base/failure.ts';
import { Hold } from './base/hold.ts';
import type { OperationInfo, Receiver, Signal, Transport } from './base/operation.ts';
import { sameRecords, Store } from './base/readable.ts';
import type { Readable } from './base/readable.ts';
import { Alarms } from './base/time.ts';
import type { Cancel, Clock, Unsubscribe } from './base/time.ts';
import type { ClosedReason, SharedTokens } from './base/tokens.ts';
import { classify } from './failure/classify.ts';
import type { Profile } from './failure/profile.ts';
import { redacted } from './failure/redact.ts';
import type { ResilienceOptions } from './options.ts';
import { RetryBudget } from './pacing/budget.ts';
import { Gate } from './pacing/gate.ts';
import type { LimitState } from './pacing/gate.ts';
import { browserOnline, tabStorage } from './platform.ts';
import { Run } from './run.ts';
import type { Abortable, ActivityState, Core } from './run.ts';
import { TokenSession } from './session/session.ts';
import type { Session, SessionState } from './session/session.ts';
import { Sharing } from './session/sharing.ts';
import { settingsOf } from './settings.ts';
import type { Settings } from './settings.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** One instance: one session, one retry budget, one gate, for as many clients as share them. */
export interface Resilience {
  /** How this instance's API signals failures: for `classify`, where there is no failure to be found. */
  readonly profile: Profile;
  /** The time it goes by: what is shown of its waits counts down on it. */
  readonly clock: Clock;
  /** Whether there is a network, as far as is known. */
  readonly online: Readable<boolean>;
  readonly session: Session;
  /** Which scopes are closed by a limit or an outage, until when, and how many operations wait. */
  readonly limits: Readable<LimitState>;
  /** Which operations wait now: why, for which attempt, until when. */
  readonly activity: Readable<ActivityState>;
  /**
   * Sends an operation, as often as it takes. What adapters call.
   *
   * @returns what ends it at once; nothing is sent or delivered afterwards.
   */
  execute<R>(operation: OperationInfo, transport: Transport<R>, receiver: Receiver<R>): Cancel;
  /** Hears every event of the instance. One that throws harms nobody. */
  subscribe(listener: (event: ResilienceEvent) => void): Unsubscribe;
  /** Ends everything with `aborted`; no timer, listener or channel stays. */
  dispose(): void;
}

/**
 * Creates an instance. Nothing happens yet: no timer, no request, no storage is read.
 *
 * @throws TypeError where an option is none or has a value that is not allowed, in one sentence; in
 *   development builds, but for tokens that a header cannot hold, which are refused in any.
 *
 * @example
 * const resilience = createResilience({
 *   auth: { refresh: refreshToken({ url: 'https://login.example.com/token', clientId: 'app' }) },
 * });
 */
export function createResilience(options: ResilienceOptions = {}): Resilience {
  const instance = new Instance(options);
  const { profile, clock, online, session, limits, activity } = instance;
  // Methods that may be handed on by themselves, as components do, and nothing of what is inside: whoever
  // prints an instance prints no token.
  return {
    profile,
    clock,
    online,
    session,
    limits,
    activity,
    execute: (operation, transport, receiver) => instance.execute(operation, transport, receiver),
    subscribe: (listener) => instance.subscribe(listener),
    dispose: () => instance.dispose(),
  };
}

/** Waits for the network with one listener, for as long as anybody waits (W11). */
class Network extends Hold {
  readonly #online: Readable<boolean>;
  #stop: Unsubscribe | undefined;

  constructor(alarms: Alarms, online: Readable<boolean>) {
    super(alarms, () => {});
    this.#online = online;
  }

  override arm(): void {
    if (this.waiting === 0) {
      this.#stop?.();
      this.#stop = undefined;
      return;
    }
    this.#stop ??= this.#online.subscribe(() => {
      if (this.#online.get()) this.release();
    });
  }
}

class Instance implements Core {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly online: Readable<boolean>;
  readonly session: Session;
  readonly limits: Readable<LimitState>;
  readonly activity: Store<ActivityState>;
  readonly settings: Settings;
  readonly alarms: Alarms;
  readonly events: Events;
  readonly gate: Gate;
  readonly network: Hold;
  readonly sharing: Sharing | undefined;
  readonly tokens: TokenSession | undefined;
  readonly budget: RetryBudget | undefined;
  disposed = false;
  nextOperation = 1;
  nextWait = 0;
  /** The values of the header fields that signed requests of late, and the fields of the last one (X3b). */
  #signed: readonly string[] = [];
  #signedLast: unknown;

  constructor(options: ResilienceOptions) {
    const settings = settingsOf(options, (callback, error) => this.complain(callback, error));
    const { clock, profile, auth, isolated, capacity } = settings;
    const { online = browserOnline, onEvent, share } = options;
    this.settings = settings;
    this.profile = profile;
    this.clock = clock;
    this.online = online;
    this.events = new Events(clock, (error) => this.clean(error));
    if (onEvent !== undefined) this.events.subscribe(onEvent);
    this.alarms = new Alarms(clock, isolated);
    this.network = new Network(this.alarms, online);
    this.sharing = share === undefined ? undefined : new Sharing(share, this);
    this.budget =
      capacity === undefined ? undefined : new RetryBudget(capacity, tabStorage(profile.name));
    this.gate = new Gate(this);
    this.limits = this.gate.limits;
    this.activity = new Store<ActivityState>(() => this.#shown(), sameRecords, [this, 'activity']);
    this.tokens = auth === undefined ? undefined : new TokenSession(this, auth);
    this.session = this.tokens === undefined ? NO_SESSION : shown(this.tokens);
  }

  execute<R>(operation: OperationInfo, transport: Transport<R>, receiver: Receiver<R>): Cancel {
    if (this.sharing !== undefined) this.join();
    const run = new Run(this, operation, transport, receiver);
    run.start();
    return () => run.cancel();
  }

  subscribe(listener: (event: ResilienceEvent) => void): Unsubscribe {
    return this.events.subscribe(listener);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    for (const alarm of this.alarms.all()) if (alarm instanceof Run) alarm.dispose();
    this.sharing?.leave();
    this.tokens?.dispose();
    this.gate.end();
    this.activity.end();
    this.alarms.end();
    this.events.clear();
  }

  classify(signal: Signal): Failure | undefined {
    return this.clean(classify({ now: this.clock.wall(), ...signal }, this.profile));
  }

  clean<T>(told: T): T {
    return told === undefined ? told : redacted(told, this.#secrets);
  }

  signedWith(headers: Readonly<Record<string, string>>): void {
    if (headers === this.#signedLast) return;
    this.#signedLast = headers;
    const values = Object.values(headers).filter((value) => !this.#signed.includes(value));
    if (values.length > 0) this.#signed = [...this.#signed, ...values].slice(-SIGNED_KEPT);
  }

  complain(callback: string, error: unknown): void {
    // A share's error may hold what was stored: its message alone is told (X3b).
    const alone = (): Error => new Error(error instanceof Error ? error.message : String(error));
    this.events.complain(callback, callback.startsWith('share.') ? alone() : error);
  }

  listen(signal: AbortSignal, run: Abortable): Cancel {
    let hears = HEARING.get(signal);
    if (hears === undefined) HEARING.set(signal, (hears = new Hearing(signal)));
    return hears.add(run);
  }

  join(): void {
    if (!this.disposed) this.sharing?.join();
  }

  heard(value: SharedTokens | undefined): void {
    this.tokens?.heard(value);
  }

  closedAfar(scope: string, until: number, reason: ClosedReason): void {
    this.gate.scope(scope).closeFromAfar(until, reason);
  }

  tellClosed(scope: string, instant: number, reason: ClosedReason): void {
    this.sharing?.tellClosed(scope, instant, reason);
  }

  identityChanged(): void {
    for (const alarm of this.alarms.all()) {
      if (!(alarm instanceof Run)) continue;
      alarm.tellConnection();
      if (alarm.isWaiting && alarm.isLeftBehind) alarm.signedOut();
    }
  }

  #shown(): ActivityState {
    const waiting = this.#waiting().sort((one, other) => one.waitOrder - other.waitOrder);
    return waiting.map((run) => run.shown());
  }

  #waiting(): Run<unknown>[] {
    const waiting: Run<unknown>[] = [];
    for (const alarm of this.alarms.all()) {
      if (alarm instanceof Run && alarm.isWaiting) waiting.push(alarm as Run<unknown>);
    }
    return waiting;
  }

  get #secrets(): readonly string[] {
    return [...(this.tokens?.held.secrets ?? []), ...this.#signed];
  }
}

/** Who hears of a signal's abort, the operations of all instances together (E2b). */
const HEARING = new WeakMap<AbortSignal, Hearing>();

/** One listener, for as long as anybody is to be told. */
class Hearing {
  readonly #signal: AbortSignal;
  readonly #runs = new Set<Abortable>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(run: Abortable): Cancel {
    if (this.#runs.size === 0) this.#signal.addEventListener('abort', this.#tell);
    this.#runs.add(run);
    return () => {
      if (!this.#runs.delete(run) || this.#runs.size > 0) return;
      this.#signal.removeEventListener('abort', this.#tell);
    };
  }

  readonly #tell = (): void => {
    for (const run of Array.from(this.#runs)) if (this.#runs.has(run)) run.aborted();
  };
}

/** How many signed header values are remembered (X3b). */
const SIGNED_KEPT = 16;

/** A session as an application sees it. */
function shown(session: TokenSession): Session {
  return {
    get: session.get,
    subscribe: session.subscribe,
    signIn: (tokens) => session.signIn(tokens),
    signOut: () => session.signOut(),
    refresh: () => session.refresh(),
  };
}

/** Where there is no `auth` nobody is signed in, and nobody can be. */
const NO_SESSION: Session = {
  get: () => NOBODY,
  subscribe: () => () => {},
  signIn: () => {
    throw new TypeError('signIn: there is no session without the option auth.');
  },
  signOut: () => {},
  refresh: () => {
    const words = process.env.NODE_ENV !== 'production' && {
      message: 'There is no session without the option auth.',
    };
    const failure = ownFailure({ kind: 'unauthenticated', executed: false }, words);
    const promise = Promise.reject(new ResilienceError(failure));
    // Who does not look at the promise has nothing to miss (E4).
    promise.catch(() => undefined);
    return promise;
  },
};

const NOBODY: SessionState = { status: 'signed-out', generation: 0 };
