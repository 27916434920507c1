import { summary } from './base/events.ts';
import type { Events, ResilienceEvents } from './base/events.ts';
import {
  abortedFailure,
  callbackFailure,
  optionsFailure,
  outageFailure,
  refusedFailure,
  ResilienceError,
  sessionFailure,
  signedOutFailure,
  silentFailure,
  timeoutFailure,
  unsentFailure,
} from './base/failure.ts';
import type { Failure, StopReason, WaitReason } from './base/failure.ts';
import type { Hold, Waiting } from './base/hold.ts';
import type {
  AttemptReceiver,
  ConnectionLine,
  ConnectionPolicy,
  OperationInfo,
  RetryPolicy,
  Receiver,
  Signal,
  Transport,
} from './base/operation.ts';
import { headerReader, isPromiseLike } from './base/property.ts';
import { guarded, withValues } from './base/readable.ts';
import type { Readable, Store } from './base/readable.ts';
import type { Alarm, Alarms, Cancel } from './base/time.ts';
import { decide, isDown, waitFor } from './decision.ts';
import type { Again, TokenState } from './decision.ts';
import { isHealthy } from './failure/classify.ts';
import { failureOf, registerFailure } from './failure/failure-of.ts';
import { better, ended, warnOfHiddenHint } from './outcome.ts';
import type { Held } from './outcome.ts';
import type { RetryBudget } from './pacing/budget.ts';
import type { Gate } from './pacing/gate.ts';
import type { Scope, Sender } from './pacing/scope.ts';
import { idempotencyKey } from './platform.ts';
import type { Authorization, TokenSession } from './session/session.ts';
import { drawn } from './settings.ts';
import type { Settings } from './settings.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** What is shown of an operation that waits. `until` is epoch milliseconds. */
interface WaitingOperation {
  readonly kind: OperationInfo['kind'];
  readonly name?: string;
  readonly reason: WaitReason;
  /** The number of the attempt waited for. */
  readonly attempt: number;
  /** In a backoff: how many there will be in all if none succeeds, replays that have been made included. */
  readonly attempts?: number;
  readonly until?: number;
}

/** The operations that wait now, in the order in which they began to. */
export type ActivityState = readonly WaitingOperation[];

/** What all runs of one instance share. */
export interface Core {
  readonly settings: Settings;
  readonly alarms: Alarms;
  readonly events: Events;
  readonly gate: Gate;
  readonly tokens: TokenSession | undefined;
  /** Closed while there is no network (W11). */
  readonly network: Hold;
  readonly online: Readable<boolean>;
  readonly activity: Store<ActivityState>;
  readonly budget: RetryBudget | undefined;
  /** What happened? `undefined` where nothing went wrong; redacted (X3b). */
  classify(signal: Signal): Failure | undefined;
  /** The same without secrets (X3b). */
  clean<T>(told: T): T;
  /** Keeps what signed a request out of messages (X3b). */
  signedWith(headers: HeaderFields): void;
  /** Tells of a callback that failed where no operation's error can (R9). */
  complain(callback: string, error: unknown): void;
  /** Hears a signal with one listener, however many operations share it (E2b). */
  listen(signal: AbortSignal, run: Abortable): Cancel;
  disposed: boolean;
  nextOperation: number;
  nextWait: number;
}

export interface Abortable {
  aborted(): void;
}

type HeaderFields = Readonly<Record<string, string>>;

const NO_HEADERS: HeaderFields = {};
const UNSIGNED: Authorization = { type: 'go', generation: 0, tokens: undefined };

/** A place among those in flight that is needed by others is given back after so long, in milliseconds (W7). */
const PLACE_KEPT = 30_000;

/** On Workers, how often one that waits looks whether it may go, in milliseconds (P3). */
const OWN_TURN = 50;

/** How long "offline" is believed where no deadline says it, in milliseconds (W11). */
const LONGEST_OFFLINE = 60_000;

type Closed = 'outage' | 'rate_limit' | undefined;

/** What only bad weather needs, made when it comes: thousands of operations in fair weather carry none of it. */
class Trouble<R> {
  /** The last answer that did not serve, kept until there is something better (F6, T8). */
  held: Held<R> | undefined;
  /** An earlier attempt may have run at the server (F9). */
  mayHaveRun = false;
  /** A failure was handed on, and the stream goes on. */
  told = false;
  /** How often it was sent again with a newer token, and whether a refresh had brought one (R5, T4). */
  replays = 0;
  refreshed = false;
  /** What its last retry cost (R4). */
  cost: number | undefined;
  /** It met the limit itself, and so goes first (W7). */
  metLimit = false;
  /** Monotonic instant until when it endures outages; it came late to one; it waits for one more probe (H5, H6). */
  patience = Infinity;
  late = false;
  lastChance = false;
  /** That probe was in vain. */
  outwaited = false;
  /** Monotonic instant of the end of a backoff. */
  backoffEnds = Infinity;
  /** The idempotency key (M3). */
  key: string | undefined;
  /** The errors that one stream has shown: urql repeats them on every healthy event that follows (S3). */
  seen: WeakSet<object> | undefined;
  /** Monotonic instant of a subscription's last attempt (S2). */
  sentAt = 0;
  /** The last attempt whose end was told. */
  toldEnd = 0;
  /** Somebody else has let it go: it goes at its own alarm (P3). */
  released = false;
}

/**
 * One run of one operation, which is all that there is of it: it walks through the four questions (when may
 * it be sent, as whom, what happened, what next), it is what waits in a line, it is its own alarm, and it
 * receives its first attempt. What belongs to it lives here and dies with it (R7).
 */
export class Run<R>
  implements Sender, Waiting, Alarm, Abortable, AttemptReceiver<R>, ConnectionLine
{
  readonly info: OperationInfo;
  readonly core: Core;
  hold: Hold | undefined;
  place: number | undefined;
  due: number = Infinity;
  slot: Alarm['slot'];
  before: Alarm | undefined;
  after: Alarm | undefined;
  /** How often it was sent, and how many of that count as attempts (R4, R5). */
  sends = 0;
  #counted = 0;
  /** Monotonic instants: when it fails (R2; 0: not known yet), and when the attempt is cut. */
  #deadline = 0;
  #ends = Infinity;
  /** Why it waits; `undefined`: it does not. */
  reason: WaitReason | undefined;
  /** The order among those that wait. */
  waitOrder = 0;
  #over = false;
  /** The attempt in flight, whose number is `sends`; it completed by itself; a good result has come of it. */
  #attempting = false;
  #completed = false;
  #answered = false;
  /** Results were handed on. */
  #delivered = false;
  #cancel: Cancel | undefined;
  /** Of the token that the attempt was sent with. */
  generation = 0;
  #unlisten: Cancel | undefined;
  #bad: Trouble<R> | undefined;
  readonly #transport: Transport<R>;
  readonly #receiver: Receiver<R>;
  readonly #id: number;
  /** The sign-in under which it began (T11b). */
  readonly #identity: number | undefined;
  /** It follows redirects, so that nobody knows who failed (F9a). */
  #followsRedirects = false;
  #scope: Scope;

  constructor(core: Core, info: OperationInfo, transport: Transport<R>, receiver: Receiver<R>) {
    this.core = core;
    this.info = info;
    this.#transport = transport;
    this.#receiver = receiver;
    this.#id = core.nextOperation++;
    this.#identity = core.tokens?.held.identity;
    this.#scope = core.gate.scopeOf(info);
  }

  /** What "the same operation" means (H1). */
  get key(): string {
    return `${this.info.kind} ${this.info.name ?? ''}`;
  }

  get metLimit(): boolean {
    return this.#bad?.metLimit === true;
  }

  get lastChance(): boolean {
    return this.#bad?.lastChance === true;
  }

  get deadline(): number {
    return this.#deadline === 0 ? this.#deadlineFrom(this.core.alarms.now()) : this.#deadline;
  }

  #deadlineFrom(now: number): number {
    const { core, info } = this;
    // A subscription is wanted for as long as it is (R2).
    const usual = info.kind === 'subscription' ? Infinity : core.settings.total;
    return (this.#deadline = now + (this.#timeout ?? usual));
  }

  get isWaiting(): boolean {
    return this.reason !== undefined;
  }

  /** The session that signs it, if any does (T13). */
  get session(): TokenSession | undefined {
    return this.info.options?.auth === false ? undefined : this.core.tokens;
  }

  /** Another sign-in has taken the place of the one under which it began (T11b). */
  get isLeftBehind(): boolean {
    const { session, info } = this;
    // A connection is nobody's: it is opened anew for whoever is signed in (S4).
    return session !== undefined && session.held.identity !== this.#identity && !info.connection;
  }

  /** Whether what an attempt says is still of interest. */
  #isLive(attempt: number): boolean {
    return this.#attempting && attempt === this.sends;
  }

  start(): void {
    const { settings, events } = this.core;
    const { signal, options } = this.info;
    if (events.active) this.#tell('operation_started', {});
    if (signal?.aborted === true) return this.aborted();
    const fault = settings.optionsFault?.(this.info);
    if (fault !== undefined) return this.#giveUp(optionsFailure(fault), 'not_retryable');
    const { scope } = settings;
    if (scope === undefined || options?.scope !== undefined) return this.proceed();
    const named = (name: unknown): void => {
      if (typeof name === 'string') this.#scope = this.core.gate.scope(name);
      this.proceed();
    };
    this.#callBack<unknown>('rateLimit.scope', () => scope(this.info), named);
  }

  /** The subscriber has left (E1). */
  cancel(): void {
    this.#finish('cancelled');
  }

  /** It may go, as somebody says, who may belong to another request (P3). */
  proceed(): void {
    if (this.reason !== undefined && this.core.settings.isolated) this.#trouble.released = true;
    else this.#go();
  }

  /** The first two questions: when may it be sent, and as whom? Asked anew after every wait. */
  #go(): void {
    if (this.#over) return;
    const { session, reason } = this;
    const { online, network, alarms, disposed } = this.core;
    if (disposed) return this.dispose();
    if (reason !== undefined) {
      // Let through in the instant of its deadline, it would be sent only to be ended (R2).
      if (alarms.now() >= this.deadline) return this.#deadlinePassed();
      this.#endWait();
    }
    if (this.isLeftBehind) return this.signedOut();
    if (reason !== 'offline' && !online.get()) return this.#wait('offline', network);
    const authorization = session === undefined ? UNSIGNED : session.authorize();
    if (authorization.type === 'wait') return this.#wait(authorization.reason, session?.hold);
    if (authorization.type === 'stop') {
      return this.#giveUp(authorization.failure, 'session_failed', session?.failure);
    }
    if (this.place !== undefined || this.#scope.enter(this)) return this.#sign(authorization);
    // It waits in the line of its scope, or was refused.
    const { hold } = this.#scope;
    this.#wait(hold.reason === 'outage' ? 'outage' : 'rate_limit', undefined);
  }

  /** Its alarm. With clocks that stand still beside faked timers, what it was set for has come (P1). */
  ring(): void {
    const { alarms } = this.core;
    const now = Math.max(alarms.lastNow, this.due);
    const bad = this.#bad;
    if (this.reason === undefined) {
      if (now >= this.#ends) return this.#timedOut(now);
      this.#leave(this.info.kind === 'subscription' ? 'answer' : 'ended');
      return alarms.set(this, this.#ends);
    }
    if (now >= this.deadline) return this.#deadlinePassed();
    if (bad !== undefined && this.#isHeld && now >= bad.patience && !bad.lastChance) {
      if (!bad.late) return this.#outwaited();
      bad.lastChance = true;
      return this.#setAlarm();
    }
    const isDue = this.#isDue(now);
    if (bad?.outwaited === true) return this.#outwaited();
    if (!isDue) return this.#setAlarm();
    if (bad !== undefined) bad.released = false;
    this.#go();
  }

  /** Whether it was its own instant that came, and not only its turn to look. */
  #isDue(now: number): boolean {
    const { hold, reason } = this;
    if (this.core.settings.isolated) {
      // Whoever set the alarm of what it waits for may be gone.
      if (hold?.reason !== undefined && now > hold.until + OWN_TURN) hold.ring();
      // It may have been told in vain, and ended by that.
      if (this.#over) return true;
      const { released = false, backoffEnds = Infinity } = this.#bad ?? {};
      if (!released && now < backoffEnds)
        return reason === 'refresh' && this.session?.overdue() === true;
    }
    return reason !== 'refresh' || this.#bad?.released === true || this.session?.overdue() === true;
  }

  /** The line that it waits in has another reason, or moves at another instant (W10). */
  moved(): void {
    const { hold, core } = this;
    if (this.reason === undefined || hold === undefined) return;
    if (hold === this.#scope.hold) this.reason = hold.reason === 'outage' ? 'outage' : 'rate_limit';
    if (!core.settings.isolated) this.#setAlarm();
    core.activity.changed();
  }

  /** An outage holds it: its patience begins, if it has not begun (H5, H6). */
  #startPatience(hold: Hold): void {
    const { patience } = this.core.settings;
    if (patience === undefined || this.info.connection !== undefined) return;
    const bad = this.#trouble;
    if (bad.patience < Infinity) return;
    const now = this.core.alarms.now();
    bad.late = now - hold.since > patience;
    bad.patience = now + (bad.late ? patience / 2 : patience);
  }

  refuse(reason: 'queue_full' | 'wait_too_long', { hold }: Scope): void {
    this.#giveUp(refusedFailure(reason, hold.failure?.kind, hold.named ?? hold.instant), reason);
  }

  giveUpOutage(): void {
    // The try that was in vain may have been another request's: it ends at its own turn (P3).
    if (this.core.settings.isolated) this.#trouble.outwaited = true;
    else this.#outwaited();
  }

  #outwaited(): void {
    const { hold } = this.#scope;
    const cause = this.reason === 'outage' ? hold.failure : this.core.tokens?.failure;
    if (this.reason !== 'outage') {
      const own = cause === undefined ? unsentFailure('refresh') : sessionFailure(cause);
      return this.#giveUp(own, 'session_failed', cause);
    }
    this.#giveUp(outageFailure(cause), 'outage', this.#bad?.held === undefined ? cause : undefined);
  }

  /** Its user has left: it is never sent again, and nobody else's token is used for it (T11b). */
  signedOut(): void {
    const { held } = this.#trouble;
    const own = signedOutFailure();
    this.#trouble.held = undefined;
    if (held === undefined) return this.#giveUp(own, 'signed_out', own);
    const failure = { ...held.failure, kind: 'unauthenticated', retryable: false } as const;
    this.#deliver({ ...held, failure }, 'signed_out', held.failure);
  }

  aborted(): void {
    this.#end(false, this.info.signal?.reason);
  }

  /** The instance ends (E3). */
  dispose(): void {
    this.#end(true, undefined);
  }

  /** What is shown of it while it waits (W10). */
  shown(): WaitingOperation {
    const { info, sends, hold } = this;
    const reason = this.reason as WaitReason;
    const { backoffEnds = Infinity } = this.#bad ?? {};
    const most = Math.max(this.#policy.attempts + sends - this.#counted, sends + 1);
    const isCounted = reason === 'backoff' && sends > 0 && most < Infinity;
    const isKnown = hold?.reason !== undefined && hold.until < Infinity;
    return withValues({
      kind: info.kind,
      name: info.name,
      reason,
      attempt: sends + 1,
      attempts: isCounted ? most : undefined,
      until:
        backoffEnds < Infinity
          ? this.core.alarms.instant(backoffEnds)
          : isKnown
            ? hold.instant
            : undefined,
    });
  }

  // What an attempt says; by itself it receives the first one.

  next(result: R, attempt = 1): void {
    if (!this.#isLive(attempt)) return;
    const { info } = this;
    let signal: Signal | undefined;
    try {
      signal = this.#transport.read(result);
    } catch (error) {
      // What cannot be read cannot be trusted: the operation ends with the reader's error (E4).
      this.#endAttempt();
      return this.#failed({ type: 'error', value: error, failure: this.#classified({ error }) });
    }
    info.connection?.traffic();
    if (signal === undefined) return this.#emit('next', result);
    const streams = info.kind === 'subscription';
    // That a connection is there says nothing yet of what will come over it (T4).
    const isEvent = streams && (info.connection === undefined || this.#answered);
    if (!isHealthy(signal)) {
      const known = this.#allSeen(signal.errors) && (streams || this.#delivered);
      const failure = known ? undefined : this.#read(signal);
      if (failure !== undefined) {
        if (failure.kind !== 'rate_limited') this.#readQuota(signal);
        return this.#failed({ type: 'result', value: result, failure });
      }
    }
    if (!this.#answered) this.#succeeded();
    this.#readQuota(signal);
    if (isEvent) {
      this.#restart();
      this.#deadline = Infinity;
      if (this.#bad !== undefined) this.#bad.patience = Infinity;
    }
    if (this.#over) return;
    this.#delivered = true;
    this.#emit('next', result);
  }

  error(error: unknown, seen?: Signal, attempt = 1): void {
    if (!this.#isLive(attempt)) return;
    this.#attempting = false;
    this.#attemptOver();
    this.#failed({ type: 'error', value: error, failure: this.#classified({ ...seen, error }) });
  }

  complete(attempt = 1): void {
    if (!this.#isLive(attempt)) return;
    this.#attempting = false;
    this.#completed = true;
    this.#finish(this.#bad?.told === true ? 'failure' : 'success');
    this.#emit('complete');
  }

  /** Opens a connection anew, if it may be opened now (S4). */
  reopen(): boolean {
    if (!this.#attempting || !this.#scope.isOpen) return false;
    this.#endAttempt();
    this.proceed();
    return true;
  }

  get #trouble(): Trouble<R> {
    return (this.#bad ??= new Trouble());
  }

  /** Its own time, where it has one; what is no duration sets none (W5). */
  get #timeout(): number | undefined {
    const { timeout } = this.info.options ?? {};
    return typeof timeout === 'number' && timeout >= 0 ? timeout : undefined;
  }

  get #policy(): RetryPolicy {
    const { policy } = this.core.settings;
    return this.info.connection?.policy(policy) ?? policy;
  }

  /** It waits for an outage, of the API or of the token endpoint. */
  get #isHeld(): boolean {
    return (
      this.reason === 'outage' || (this.reason === 'refresh' && this.hold?.reason !== undefined)
    );
  }

  #sign({ tokens, generation }: Extract<Authorization, { type: 'go' }>): void {
    if (tokens === undefined) return this.#send(generation, NO_HEADERS);
    const { headers, bearer } = this.core.settings;
    // Nothing of the application's has a say in it.
    if (headers === undefined) return this.#send(generation, bearer(tokens));
    const send = (fields: HeaderFields): void => this.#send(generation, fields);
    this.#callBack('auth.headers', () => headers(tokens), send, this.#bad?.held);
  }

  #send(generation: number, signed: HeaderFields): void {
    // Whatever signed it, or heard that it is signed, may have signed its user out (T11b).
    if (this.isLeftBehind) return this.signedOut();
    const { info, core } = this;
    const { settings, events, alarms } = core;
    const { kind, signal } = info;
    const bad = this.#bad;
    const number = ++this.sends;
    this.#counted++;
    this.generation = generation;
    this.#attempting = true;
    this.#answered = false;
    if (bad !== undefined) {
      bad.metLimit = false;
      bad.seen = undefined;
    }
    if (signed !== NO_HEADERS) core.signedWith(signed);
    if (events.active) {
      this.#tell('attempt_started', { attempt: number, generation });
      // Whoever hears of it may end it, or abort its signal (E1, E2).
      if (signal?.aborted === true) this.aborted();
      if (core.disposed) this.dispose();
      if (this.isLeftBehind) this.signedOut();
      if (this.#over) return;
    }
    if (kind === 'subscription') this.#trouble.sentAt = alarms.now();
    let headers = signed;
    let cancel: Cancel;
    try {
      const { idempotencyKey: name } = settings;
      // A key of the application's own may outlive this run: the server knows the order by it (M3).
      if (name !== undefined && kind === 'mutation' && !headerReader(info.headers?.())(name)) {
        headers = { ...signed, [name]: (this.#trouble.key ??= idempotencyKey()) };
      }
      const redirect = settings.redirect(kind, signed);
      this.#followsRedirects = kind === 'mutation' && redirect === 'follow';
      // What comes late of one attempt must not reach the next one.
      const receiver: AttemptReceiver<R> =
        number === 1
          ? this
          : {
              next: (result) => this.next(result, number),
              error: (error, seen) => this.error(error, seen, number),
              complete: () => this.complete(number),
            };
      cancel = this.#transport.send({ number, headers, redirect }, receiver);
    } catch (error) {
      return this.error(error, undefined, number);
    }
    // It was over before `send` returned: what did not complete by itself has still to be ended.
    if (!this.#isLive(number)) return this.#completed ? undefined : this.#guarded(cancel);
    this.#cancel = cancel;
    this.#listen();
    if (core.disposed) this.dispose();
    if (this.#over || (info.connection !== undefined && this.#answered)) return;
    const now = alarms.now();
    const own = this.#timeout !== undefined;
    // A mutation that is cut leaves open whether it ran: nothing but its own time cuts it (R2).
    const deadline = this.#deadline === 0 ? this.#deadlineFrom(now) : this.#deadline;
    this.#ends = own || kind !== 'mutation' ? deadline : Infinity;
    if (kind === 'subscription' && this.#delivered && info.connection === undefined) {
      this.#ends = Infinity;
    }
    if (!own) this.#ends = Math.min(this.#ends, now + settings.limitOf(info));
    const isNeeded = this.place !== undefined && (kind === 'subscription' || this.#scope.isBounded);
    alarms.set(this, isNeeded ? Math.min(this.#ends, now + PLACE_KEPT) : this.#ends);
  }

  #succeeded(): void {
    const { core, info } = this;
    this.#answered = true;
    if (core.events.active) this.#tellAttemptEnded('success');
    core.budget?.succeed(this.#bad?.cost);
    this.#scope.answer(this);
    core.tokens?.held.accept(this.generation, this.info);
    this.#leave('answer');
    if (info.connection === undefined) return;
    this.#trouble.held = undefined;
    core.alarms.set(this, Infinity);
    info.connection.established(this);
  }

  /** W8: an answer may say that nothing is left, although it is no limit. */
  #readQuota(signal: Signal): void {
    const { quota, spread } = this.core.settings;
    const hint = (signal.headers ?? signal.extensions) ? quota?.(signal) : undefined;
    if (hint !== undefined) this.#scope.limit(this, undefined, hint, hint + spread(hint));
  }

  #classified(signal: Signal): Failure {
    // A connection's end, which an instance has judged already: what goes over it has no second say (S4, T11b).
    const judged = failureOf(signal.error);
    const { source, stopped } = judged ?? {};
    if (judged && (stopped === 'signed_out' || (source === 'socket' && stopped !== undefined))) {
      return { ...judged, retryable: false, freshToken: false };
    }
    return this.#read(signal) ?? silentFailure();
  }

  #read(signal: Signal): Failure | undefined {
    const seen = this.#withRootFields(signal);
    let failure = this.core.classify(seen);
    // So Firefox tells of a connection that is lost inside an answer: nobody has aborted (F8, E2).
    const isAbort = failure?.kind === 'aborted' && failure.source === 'client';
    const hasBegun = this.#answered || Boolean(signal.status);
    if (isAbort && hasBegun && !this.info.signal?.aborted && !failureOf(signal.error)) {
      failure = this.core.classify({ ...seen, error: new TypeError('Network connection lost.') });
    }
    if (!this.#followsRedirects || failure?.source !== 'network') return failure;
    // It may have been led elsewhere, and failed there (F9a).
    const all = failure.all.map((each) => ({ ...each, executed: undefined }));
    return { ...failure, executed: undefined, all };
  }

  /** F9: what a proof of a mutation's not having run needs to know. */
  #withRootFields(signal: Signal): Signal {
    const { info } = this;
    if (info.kind !== 'mutation' || info.rootFields === undefined) return signal;
    return { ...signal, rootFields: this.#guarded(() => info.rootFields?.(), 'rootFields') };
  }

  #timedOut(now: number): void {
    const { info, core } = this;
    // It stands; only what has an alarm is found when the instance ends (E3).
    if (this.#answered && info.kind === 'subscription') {
      return core.alarms.set(this, (this.#ends = Infinity));
    }
    // An answer that has begun to come may take until the deadline.
    if (this.#answered && now < this.deadline) {
      return core.alarms.set(this, (this.#ends = this.deadline));
    }
    const own = this.#timeout;
    const failure = timeoutFailure(own ?? core.settings.limitOf(info));
    this.#endAttempt();
    if (now < this.deadline && own === undefined) return this.#failed({ type: 'own', failure });
    // The operation's own time is over: nothing is left to decide.
    this.#tellAttemptEnded('failure', failure);
    this.#leave('ended');
    const stopped = this.#answered ? 'delivered_data' : 'deadline';
    this.#deliver({ type: 'own', failure }, stopped);
  }

  // What next?

  #failed(came: Held<R>): void {
    const { when, random } = this.core.settings;
    const { connection } = this.info;
    const failure = connection === undefined ? came.failure : this.#lost(connection, came.failure);
    const held = { ...came, failure };
    this.#tellAttemptEnded('failure', failure);
    if (this.info.kind === 'subscription') this.#resetIfEstablished();
    const asked = failure.kind === 'aborted' ? undefined : when;
    const judge = (value: unknown): void => {
      const chance = drawn(value);
      const closed = this.#recordFailure(failure, chance);
      const next = (answer: unknown): void => this.#perform(held, closed, answer, chance);
      if (asked === undefined) next(undefined);
      else this.#callBack<unknown>('retry.when', () => asked(failure, this.info), next, held);
    };
    // What is not tried again needs no chance, and no callback of it can fail (R9).
    if (!failure.retryable && asked === undefined) judge(0);
    else this.#callBack('random', random, judge, held);
  }

  /** A socket has had its say, and that is judged once; whoever went over it hears what it means (S4). */
  #lost(connection: ConnectionPolicy, said: Failure): Failure {
    const loss = connection.lossOf(said, this.core.settings);
    this.#guarded(() => connection.lost(loss), 'connection');
    return loss.failure;
  }

  /** Whose token it carries has left: what goes over a connection hears of it (T11b). */
  tellConnection(): void {
    const { connection } = this.info;
    if (connection === undefined || this.session === undefined) return;
    this.#guarded(() => connection.signedOut(signedOutFailure()), 'connection');
  }

  /** Tells scope and session what the failure means for others; answers why the scope is closed for it. */
  #recordFailure(failure: Failure, chance: number): Closed {
    const { settings, tokens } = this.core;
    const { info } = this;
    const scope = this.#scope;
    const policy = this.#policy;
    const hint = this.core.alarms.left(failure.retryAt);
    const { kind, source } = failure;
    let closed: Closed;
    if (kind === 'aborted' || (kind === 'unknown' && source === 'client')) {
      this.#leave('ended');
      return closed;
    }
    const limited = kind === 'rate_limited' || (kind === 'unavailable' && hint !== undefined);
    const retries = info.options?.retry ?? policy.enabled;
    const down = isDown(failure);
    if (process.env.NODE_ENV !== 'production') warnOfHiddenHint(this.core, info, failure);
    if (limited && settings.quota !== undefined && (hint !== undefined || retries)) {
      const facts = { failure, hint, attempts: this.#counted, chance, policy };
      scope.limit(this, failure, hint, waitFor(facts));
      closed = 'rate_limit';
    } else if (!down) scope.answer(this);
    else if (info.connection === undefined && scope.fail(this, failure)) closed = 'outage';
    if (!down && failure.freshToken !== true) tokens?.held.accept(this.generation, this.info);
    this.#leave(down ? 'failed' : 'answer');
    return closed;
  }

  #perform(held: Held<R>, closed: Closed, answer: unknown, chance: number): void {
    if (this.#over) return;
    const { core, info } = this;
    const { failure } = held;
    // With no patience there is nothing to wait for (H5).
    if (closed === 'outage') this.#startPatience(this.#scope.hold);
    const now = core.alarms.now();
    const policy = this.#policy;
    const decision = decide({
      kind: info.kind,
      options: info.options,
      policy,
      failure,
      attempts: this.#counted,
      delivered: this.#delivered,
      token: this.#tokenState(failure),
      wanted: typeof answer === 'boolean' ? answer : undefined,
      hint: core.alarms.left(failure.retryAt),
      closed,
      impatient: now >= (this.#bad?.patience ?? Infinity),
      remaining: this.deadline - now,
      chance,
    });
    const isOver = typeof decision === 'string';
    if (this.isLeftBehind && (!isOver || failure.freshToken === true)) {
      this.#keep(held);
      return this.signedOut();
    }
    if (isOver) {
      const cause = decision === 'session_failed' ? core.tokens?.failure : undefined;
      return this.#deliver(held, failure.stopped ?? decision, cause);
    }
    const { type, cost } = decision;
    let { wait = 0 } = decision;
    // One event of a subscription that reports an error is an event: the stream goes on.
    // An answer with an error status is none: there is no stream behind it.
    const refused = (failure.status ?? 200) >= 400;
    if (info.kind === 'subscription' && this.#attempting && !refused && type !== 'replay') {
      return this.#deliver(held, 'not_retryable');
    }
    if (!this.#spendBudget(decision)) {
      if (info.connection === undefined || type !== 'retry') return this.#deliver(held, 'budget');
      // Whoever subscribed still wants the connection: it comes back, but late (S4).
      wait = Math.max(wait, policy.backoff.cap * (1 + core.settings.chance() / 2));
    }
    this.#keep(held);
    // A stream that has failed by itself is closed all the same, before there is another (S2).
    const cancel = this.#cancel;
    this.#cancel = undefined;
    if (info.connection === undefined && cancel !== undefined) this.#guarded(cancel);
    const gated = closed === 'rate_limit';
    if (type !== 'hold' || gated) {
      const told = gated ? this.#scope.left : wait;
      this.#tellTrouble('retry', {
        attempt: this.sends,
        failure: summary(failure),
        wait: told,
        fresh: type === 'replay',
      });
    }
    // Replays, waits that the server named, and probes are no attempts (R4, R5).
    if (type !== 'retry' || cost === 'free') this.#counted--;
    this.#trouble.metLimit = gated;
    if (type !== 'retry' || gated) return this.proceed();
    this.#trouble.backoffEnds = core.alarms.now() + wait;
    this.#wait(failure.kind === 'rate_limited' ? 'rate_limit' : 'backoff', undefined);
  }

  #tokenState({ freshToken, kind }: Failure): TokenState {
    const { session, info, generation } = this;
    if (freshToken !== true || session === undefined) return 'none';
    return session.reject(info, generation, kind, this.#bad?.refreshed === true);
  }

  /** Whether it can be paid for, and was (R4, R5). */
  #spendBudget(decision: Again): boolean {
    if (decision.type === 'hold') return true;
    const { core } = this;
    const { settings, events } = core;
    const bad = this.#trouble;
    const replay = decision.type === 'replay';
    const sort = replay && bad.replays > 0 ? 'transient' : (decision.cost ?? 'free');
    const cost = settings.costs[sort];
    const bucket = cost === 0 ? undefined : core.budget;
    if (bucket?.spend(cost) === false) {
      events.emit('budget_empty', { tokens: bucket.tokens, cost });
      return false;
    }
    if (replay) {
      bad.replays++;
      bad.refreshed ||= decision.refresh === true;
    }
    if (cost > 0) bad.cost = cost;
    return true;
  }

  /** Keeps an answer that did not serve, and ends the attempt that brought it. */
  #keep(held: Held<R>): void {
    const bad = this.#trouble;
    this.#endAttempt();
    this.#leave('ended');
    bad.held = better(bad.held, held, this.info);
    if (held.failure.executed !== false) bad.mayHaveRun = true;
  }

  /** A subscription that stood for longer than an attempt may take had been established (S2). */
  #resetIfEstablished(): void {
    const { settings, alarms } = this.core;
    if (alarms.now() - this.#trouble.sentAt <= settings.attempt) return;
    if (this.info.connection !== undefined && !this.#answered) return;
    // So had the token that it was opened with (T4b).
    this.core.tokens?.held.accept(this.generation, this.info);
    this.#restart();
  }

  /** A stream that has served begins anew with all its attempts and replays (S2, S3). */
  #restart(): void {
    this.#counted = 0;
    if (this.#bad === undefined) return;
    this.#bad.replays = 0;
    this.#bad.refreshed = false;
  }

  /** The operation fails for want of something: with the server's last answer if there was one (T8). */
  #giveUp(failure: Failure, stopped: StopReason, cause?: unknown): void {
    const held = stopped === 'aborted' ? undefined : this.#bad?.held;
    const { retryAt } = failure;
    if (held === undefined) return this.#deliver({ type: 'own', failure }, stopped, cause);
    // What it was told itself may be shorter than what stands in its way now (W4).
    const latest = Math.max(retryAt ?? 0, held.failure.retryAt ?? 0);
    const named = retryAt === undefined ? held.failure : { ...held.failure, retryAt: latest };
    this.#deliver({ ...held, failure: named }, stopped, cause);
  }

  #deliver(last: Held<R>, stopped: StopReason, cause?: unknown): void {
    if (this.#over) return;
    const { core, info } = this;
    const bad = this.#trouble;
    const best = this.#delivered ? last : better(bad.held, last, info);
    // The last attempt may be known not to have run, and one before it not (F9).
    // And what becomes of a connection says nothing of what went over an earlier one.
    const isDoubtful = bad.mayHaveRun || info.connection !== undefined;
    const doubtful = isDoubtful ? { ...best.failure, executed: undefined } : best.failure;
    const failure = ended(info, doubtful, {
      attempts: this.sends,
      stopped,
      cause,
      mayHaveRun: bad.mayHaveRun,
      refused: doubtful.freshToken === true && core.tokens?.held.refused === true,
      outcomeUnknown: core.settings.outcomeUnknown,
    });
    const open = best === last && this.#attempting && last.type === 'result';
    const { advice } = failure;
    this.#tellTrouble('gave_up', {
      attempt: this.sends,
      failure: summary(failure),
      advice,
      stopped,
    });
    if (this.#over) return;
    this.#delivered = true;
    bad.told = true;
    this.#leave('answer');
    this.#settle(best, failure, open);
  }

  /**
   * Hands a failure to the subscriber: the server's or transport's own object, by which `failureOf` finds
   * the failure; an error of ours only where there is none (R10).
   */
  #settle(last: Held<R>, failure: Failure, open: boolean): void {
    const transport = this.#transport;
    const again =
      this.info.kind === 'query' && transport.again !== undefined
        ? () => transport.again?.(failure)
        : undefined;
    const value = last.type === 'own' ? new ResilienceError(failure) : last.value;
    const isResult = last.type === 'result';
    registerFailure(value, failure, again);
    if (!open) this.#finish('failure');
    this.#emit(isResult ? 'next' : 'error', value);
    if (isResult && !open) this.#emit('complete');
  }

  /** Ends it from outside: the signal aborted, or the instance was disposed of (E2, E3). */
  #end(disposed: boolean, reason: unknown): void {
    if (this.#over) return;
    const cause = this.core.clean(reason);
    const sent = this.#attempting || this.#bad?.mayHaveRun === true;
    this.#endAttempt();
    if (this.#bad !== undefined) this.#bad.held = undefined;
    this.#giveUp(abortedFailure(disposed, cause, sent), 'aborted', cause);
  }

  /** Ends it without a word: nobody is there to hear one (E1), or it has been said. */
  #finish(outcome: 'success' | 'failure' | 'cancelled'): void {
    if (this.#over) return;
    this.#over = true;
    this.#endWait();
    this.core.alarms.clear(this);
    this.#unlisten?.();
    this.#endAttempt();
    this.#leave('ended');
    if (!this.core.events.active) return;
    // The one under way, if there is one, came to nothing.
    if (this.sends > 0) this.#tellAttemptEnded(outcome === 'success' ? outcome : 'cancelled');
    this.#tell('operation_ended', { outcome, attempts: this.sends });
  }

  #endAttempt(): void {
    if (!this.#attempting) return;
    this.#attempting = false;
    const cancel = this.#cancel;
    this.#cancel = undefined;
    this.#attemptOver();
    if (cancel !== undefined) this.#guarded(cancel);
  }

  #attemptOver(): void {
    this.#ends = Infinity;
    this.info.connection?.ended();
    this.core.alarms.clear(this);
  }

  #leave(outcome: 'answer' | 'failed' | 'ended'): void {
    if (this.place !== undefined) this.#scope.leave(this, outcome);
  }

  // Waiting.

  /** Waits until it is told to proceed, or its alarm rings. */
  #wait(reason: WaitReason, line: Hold | undefined): void {
    if (this.#over) return;
    const { core } = this;
    if (core.disposed) return this.dispose();
    this.#leave('ended');
    line?.join(this, false);
    this.reason = reason;
    this.waitOrder = core.nextWait++;
    this.#setAlarm();
    core.activity.changed();
    this.#listen();
    if (this.#over || !this.#isHeard) return;
    const { until } = this.shown();
    this.#tellTrouble('wait', { attempt: this.sends + 1, reason, until });
  }

  #setAlarm(): void {
    const { alarms, settings } = this.core;
    const isHeld = this.#isHeld;
    if (isHeld && this.hold !== undefined) this.#startPatience(this.hold);
    const { backoffEnds = Infinity, patience = Infinity, lastChance = false } = this.#bad ?? {};
    let due = Math.min(this.deadline, backoffEnds);
    if (!lastChance && isHeld) due = Math.min(due, patience);
    // A browser may be wrong for ever (W11).
    if (this.reason === 'offline' && due === Infinity) {
      due = alarms.now() + (settings.total < Infinity ? settings.total : LONGEST_OFFLINE);
    }
    // Nobody of another request may let it go, and whoever asks on behalf of all may have ended (P3).
    if (settings.isolated) due = Math.min(due, alarms.now() + OWN_TURN);
    alarms.set(this, due);
  }

  #endWait(): void {
    if (this.reason === undefined) return;
    this.reason = undefined;
    if (this.#bad !== undefined) this.#bad.backoffEnds = Infinity;
    this.core.alarms.clear(this);
    this.hold?.leave(this);
    this.core.activity.changed();
  }

  #deadlinePassed(): void {
    const reason = this.reason as WaitReason;
    this.#endWait();
    this.#giveUp(unsentFailure(reason), 'deadline');
  }

  /** Hears the operation's signal from now on. */
  #listen(): void {
    const { signal } = this.info;
    if (signal === undefined || this.#over || this.#unlisten !== undefined) return;
    if (signal.aborted) return this.aborted();
    this.#unlisten = this.core.listen(signal, this);
  }

  /** Calls the application; if that fails, so does the operation, with what it has (R9). */
  #callBack<T>(
    callback: string,
    call: () => T | PromiseLike<T>,
    then: (answer: T) => void,
    held?: Held<R>,
  ): void {
    const failed = (thrown: unknown): void => {
      const error = this.core.clean(thrown);
      this.core.events.emit('callback_failed', { callback, error });
      if (held !== undefined) return this.#deliver(held, 'callback_failed', error);
      this.#giveUp(callbackFailure(callback, error), 'callback_failed', error);
    };
    let answer: T | PromiseLike<T>;
    try {
      answer = call();
    } catch (error) {
      return failed(error);
    }
    if (!isPromiseLike(answer)) return then(answer);
    // An answer that comes later leaves nothing in flight that could come between.
    if (held === undefined) this.#endAttempt();
    else this.#keep(held);
    const settled =
      <A>(go: (value: A) => void) =>
      (value: A): void => {
        if (this.#over) return;
        this.#endWait();
        go(value);
      };
    answer.then(settled(then), settled(failed));
    this.#wait('backoff', undefined);
  }

  // Telling. What others do in their callbacks concerns neither the transport nor other operations (E1b, E4).

  #emit(way: 'next' | 'error' | 'complete', value?: unknown): void {
    // Without a function for each call, of which there are two for nearly every operation.
    try {
      const answer = (this.#receiver[way] as (value: unknown) => unknown)(value);
      if (isPromiseLike(answer)) this.#guarded(() => answer, 'subscriber');
    } catch (error) {
      this.core.complain('subscriber', error);
    }
  }

  #guarded<T>(call: () => T, callback = 'transport'): T | undefined {
    return guarded(call, (error) => this.core.complain(callback, error));
  }

  /** Whether a stream has shown all of these errors before; it has from now on (S3). */
  #allSeen(errors: unknown): boolean {
    if (!Array.isArray(errors) || errors.length === 0) return false;
    const seen = (this.#trouble.seen ??= new WeakSet());
    let known = true;
    for (const error of errors as unknown[]) {
      if (typeof error !== 'object' || error === null) known = false;
      else if (!seen.has(error)) {
        seen.add(error);
        known = false;
      }
    }
    return known;
  }

  get #isHeard(): boolean {
    return this.core.events.active || this.info.observe !== undefined;
  }

  /** Told once for each attempt: of what comes after its first result, the end of the operation tells. */
  #tellAttemptEnded(outcome: 'success' | 'failure' | 'cancelled', failure?: Failure): void {
    const attempt = this.sends;
    if (!this.core.events.active || attempt <= this.#trouble.toldEnd) return;
    this.#trouble.toldEnd = attempt;
    const known = failure === undefined ? {} : { failure: summary(failure) };
    this.#tell('attempt_ended', { attempt, outcome, ...known });
  }

  #tell<T extends keyof ResilienceEvents>(
    type: T,
    fields: object,
    observe?: OperationInfo['observe'],
  ): void {
    const { kind, name } = this.info;
    const named = name === undefined ? {} : { name };
    const told = { operation: this.#id, kind, ...named, ...fields };
    this.core.events.emit(type, told as unknown as ResilienceEvents[T], observe);
  }

  /** What goes to the operation's own observer too. */
  #tellTrouble<T extends 'retry' | 'wait' | 'gave_up'>(
    type: T,
    fields: Omit<ResilienceEvents[T], 'operation' | 'kind' | 'name'>,
  ): void {
    if (this.#isHeard) this.#tell(type, fields, this.info.observe);
  }
}
