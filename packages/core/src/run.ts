import type { Events, ResilienceEvents, WaitReason } from './base/events.ts';
import { ResilienceError } from './base/failure.ts';
import type { Failure, StopReason } from './base/failure.ts';
import type { Hold } from './base/hold.ts';
import type {
  AttemptReceiver,
  ConnectionLine,
  OperationInfo,
  Receiver,
  Signal,
  Transport,
} from './base/operation.ts';
import type { Readable, Store } from './base/readable.ts';
import type { Alarm, Alarms, Cancel } from './base/time.ts';
import { decide, waitFor } from './decision.ts';
import type { Decision, RetryPolicy, TokenState } from './decision.ts';
import { isHealthy } from './failure/classify.ts';
import { failureOf, registerFailure } from './failure/failure-of.ts';
import type { Settings } from './options.ts';
import * as outcomes from './outcome.ts';
import type { Held, Outcome } from './outcome.ts';
import type { RetryBudget } from './pacing/budget.ts';
import type { Gate } from './pacing/gate.ts';
import type { Scope, Sender } from './pacing/scope.ts';
import { isPromiseLike } from './session/refresh.ts';
import { sessionFailure, signedOutFailure } from './session/session.ts';
import type { Standing, TokenSession, TokenWaiter } from './session/session.ts';

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
  /** Made at the first retry. */
  readonly budget: () => RetryBudget | undefined;
  /** Gives what a success is worth back, where a budget was ever drawn on. */
  readonly refund: (cost: number | undefined) => void;
  /** What happened? `undefined` where nothing went wrong; redacted (X3b). */
  readonly classify: (signal: Signal) => Failure | undefined;
  /** Keeps what signed a request out of messages (X3b). */
  readonly signedWith: (headers: HeaderFields) => void;
  /** Tells of a callback that failed where no operation's error can (R9). */
  readonly complain: (callback: string, error: unknown) => void;
  /** Hears a signal with one listener, however many operations share it (E2b). */
  readonly listen: (signal: AbortSignal, run: Abortable) => Cancel;
  disposed: boolean;
  nextOperation: number;
  nextWait: number;
}

export interface Abortable {
  aborted(): void;
}

type HeaderFields = Readonly<Record<string, string>>;

const NO_HEADERS: HeaderFields = {};
const UNSIGNED: Standing = { type: 'go', generation: 0, tokens: undefined };

/** A place among those in flight that is needed by others is given back after so long, in milliseconds (W7). */
const PLACE_KEPT = 30_000;

/** Later attempts than the first have a receiver of their own: what comes late must not reach the next one. */
class LaterAttempt<R> implements AttemptReceiver<R> {
  readonly #run: Run<R>;
  readonly #number: number;

  constructor(run: Run<R>, number: number) {
    this.#run = run;
    this.#number = number;
  }

  next(result: R): void {
    this.#run.attemptNext(this.#number, result);
  }

  error(error: unknown, seen?: Signal): void {
    this.#run.attemptError(this.#number, error, seen);
  }

  complete(): void {
    this.#run.attemptComplete(this.#number);
  }
}

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
  freshened = false;
  /** What its last retry cost (R4). */
  cost: number | undefined;
  /** It met the limit itself, and so goes first (W7). */
  metLimit = false;
  /** Monotonic instant until when it endures outages; it came late to one; it waits for one more probe (H5, H6). */
  patience = Infinity;
  late = false;
  lastChance = false;
  /** Monotonic instant of the end of a backoff. */
  wakes = Infinity;
  /** The idempotency key (M3). */
  key: string | undefined;
  /** The errors that one stream has shown: urql repeats them on every healthy event that follows (S3). */
  seen: WeakSet<object> | undefined;
  /** Monotonic instants of a subscription's last attempt, and of the end of its token (S2, S4). */
  sentAt = 0;
  expires = Infinity;
  /** What ends with the attempt of a connection, and the alarm of whoever watches over it (S4). */
  follow: Cancel | undefined;
  watch: (() => void) | undefined;
  /** The last attempt whose end was told. */
  toldEnd = 0;
}

/**
 * One run of one operation, which is all that there is of it: it walks through the four questions (when may
 * it be sent, as whom, what happened, what next), it is what waits in a line, it is its own alarm, and it
 * receives its first attempt. What belongs to it lives here and dies with it (R7).
 */
export class Run<R>
  implements Sender, TokenWaiter, Alarm, Abortable, AttemptReceiver<R>, ConnectionLine
{
  readonly info: OperationInfo;
  hold: Hold | undefined;
  place: number | undefined;
  due: number = Infinity;
  slot: number | undefined;
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
  generation = 0;
  #unlisten: Cancel | undefined;
  #bad: Trouble<R> | undefined;
  readonly #core: Core;
  readonly #transport: Transport<R>;
  readonly #receiver: Receiver<R>;
  readonly #id: number;
  /** The sign-in under which it began (T11b). */
  readonly #identity: number;
  #scope: Scope;

  constructor(core: Core, info: OperationInfo, transport: Transport<R>, receiver: Receiver<R>) {
    this.#core = core;
    this.info = info;
    this.#transport = transport;
    this.#receiver = receiver;
    this.#id = core.nextOperation++;
    this.#identity = core.tokens?.identity ?? 0;
    this.#scope = core.gate.scope(info.options?.scope ?? endpointScope(info.endpoint));
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

  get expires(): number {
    return this.#trouble.expires;
  }

  get deadline(): number {
    if (this.#deadline === 0) {
      const { timeout } = this.info.options ?? {};
      const { total } = this.#core.settings;
      // What is no duration sets no deadline (W5). A subscription is wanted for as long as it is (R2).
      const own = typeof timeout === 'number' && timeout >= 0;
      const usual = this.info.kind === 'subscription' ? Infinity : total;
      this.#deadline = this.#core.alarms.now() + (own ? timeout : usual);
    }
    return this.#deadline;
  }

  get isWaiting(): boolean {
    return this.reason !== undefined;
  }

  /** Another sign-in has taken the place of the one under which it began. */
  get isLeftBehind(): boolean {
    const { tokens: session } = this.#core;
    // A connection is nobody's: it is opened anew for whoever is signed in (S4).
    return this.#isSigned && session?.identity !== this.#identity && !this.info.connection;
  }

  start(): void {
    const { settings, events, disposed } = this.#core;
    const { signal, options } = this.info;
    if (events.active) events.emit('operation_started', this.#operation());
    if (disposed) return this.dispose();
    if (signal?.aborted === true) return this.aborted();
    const fault = settings.optionsFault(options);
    if (fault !== undefined) return this.#giveUp(outcomes.optionsFailure(fault), 'not_retryable');
    const { scope } = settings;
    if (scope === undefined || options?.scope !== undefined) return this.proceed();
    this.#consult<unknown>(
      'rateLimit.scope',
      () => scope(this.info),
      (name) => {
        if (typeof name === 'string') this.#scope = this.#core.gate.scope(name);
        this.proceed();
      },
    );
  }

  /** The subscriber has left (E1). */
  cancel(): void {
    this.#finish('cancelled');
  }

  /** The first two questions: when may it be sent, and as whom? Asked anew after every wait. */
  proceed(): void {
    if (this.#over) return;
    if (this.#core.disposed) return this.dispose();
    const { online, tokens: session, network, alarms } = this.#core;
    const { reason } = this;
    if (reason !== undefined) {
      // Let through in the instant of its deadline, it would be sent only to be ended (R2).
      if (alarms.now() >= this.deadline) return this.#deadlinePassed();
      this.#endWait();
    }
    if (this.isLeftBehind) return this.signedOut();
    if (!online.get() && reason !== 'offline') {
      this.#leave('ended');
      network.join(this, false);
      return this.#wait('offline', network);
    }
    const standing = this.#isSigned && session !== undefined ? session.standing() : UNSIGNED;
    if (standing.type === 'go') return this.#enter(standing);
    this.#leave('ended');
    if (standing.type === 'stop') {
      return this.#giveUp(standing.failure, 'session_failed', session?.failure);
    }
    session?.hold.join(this, false);
    this.#wait(standing.reason, session?.hold as unknown as Hold);
  }

  /** Its alarm. With clocks that stand still beside faked timers, what it was set for has come (P1). */
  ring(): void {
    const { alarms, tokens: session } = this.#core;
    const now = Math.max(alarms.lately, this.due);
    const watch = this.#bad?.watch;
    if (this.reason !== undefined) {
      if (now >= this.deadline) return this.#deadlinePassed();
      if (this.#isHeld && now >= this.#trouble.patience) return this.#impatient();
      if (this.reason === 'refresh' && session?.overdue() !== true) return this.#setAlarm();
      return this.proceed();
    }
    if (watch !== undefined) {
      this.#trouble.watch = undefined;
      return watch();
    }
    if (now >= this.#ends) return this.#timedOut();
    this.#leave(this.info.kind === 'subscription' ? 'answer' : 'ended');
    this.#core.alarms.set(this, this.#ends);
  }

  /** An outage holds it (H5, H6). */
  endure(hold: Hold): void {
    const { patience } = this.#core.settings;
    if (patience === undefined || this.info.connection !== undefined) return;
    if (this.#trouble.patience === Infinity) {
      const now = this.#core.alarms.now();
      this.#trouble.late = now - hold.since > patience;
      this.#trouble.patience = now + (this.#trouble.late ? patience / 2 : patience);
    }
    if (this.reason !== undefined) this.moved();
  }

  /** The line that it waits in has another reason, or moves at another instant (W10). */
  moved(): void {
    const { hold } = this;
    if (this.reason === undefined || hold === undefined) return;
    if (hold === this.#scope.hold) this.reason = hold.reason === 'outage' ? 'outage' : 'rate_limit';
    this.#setAlarm();
    this.#core.activity.changed();
  }

  refuse(reason: 'queue_full' | 'wait_too_long', scope: Scope): void {
    const { hold } = scope;
    const failure = outcomes.refusedFailure(reason, hold.failure?.kind, hold.named ?? hold.instant);
    this.#giveUp(failure, reason);
  }

  giveUpOutage(): void {
    const { tokens: session } = this.#core;
    if (this.reason === 'outage') {
      const { failure } = this.#scope.hold;
      const cause = this.#trouble.held === undefined ? failure : undefined;
      return this.#giveUp(outcomes.outageFailure(failure), 'outage', cause);
    }
    const { failure } = session ?? {};
    const own = failure === undefined ? outcomes.unsentFailure('refresh') : sessionFailure(failure);
    this.#giveUp(own, 'session_failed', failure);
  }

  /** Its user has left: it is never sent again, and nobody else's token is used for it (T11b). */
  signedOut(): void {
    const held = this.#trouble.held;
    const failure = signedOutFailure();
    if (held === undefined) return this.#giveUp(failure, 'signed_out', failure);
    const told = { ...held.failure, kind: 'unauthenticated', retryable: false } as const;
    this.#trouble.held = undefined;
    this.#deliver({ outcome: held.outcome, failure: told }, 'signed_out', failure);
  }

  aborted(): void {
    this.#end(false, this.info.signal?.reason);
  }

  /** The instance ends (E3). */
  dispose(): void {
    this.#end(true, undefined);
  }

  shown(): WaitingOperation {
    const { info, sends, hold } = this;
    const { alarms } = this.#core;
    const reason = this.reason as WaitReason;
    const { attempts } = this.#policy;
    const most = Math.max(attempts + sends - this.#counted, sends + 1);
    const known = hold?.reason !== undefined && hold.instant > 0 && hold.until < Infinity;
    const { wakes = Infinity } = this.#bad ?? {};
    const until = wakes < Infinity ? alarms.instant(wakes) : known ? hold.instant : undefined;
    return {
      kind: info.kind,
      ...(info.name === undefined ? {} : { name: info.name }),
      reason,
      attempt: sends + 1,
      ...(reason === 'backoff' && sends > 0 && most < Infinity ? { attempts: most } : {}),
      ...(until === undefined ? {} : { until }),
    };
  }

  // — the first attempt's receiver —

  next(result: R): void {
    this.attemptNext(1, result);
  }

  error(error: unknown, seen?: Signal): void {
    this.attemptError(1, error, seen);
  }

  complete(): void {
    this.attemptComplete(1);
  }

  attemptNext(number: number, result: R): void {
    if (number !== this.sends || !this.#attempting) return;
    const { info } = this;
    let signal: Signal | undefined;
    try {
      signal = this.#transport.read(result);
    } catch (error) {
      // What cannot be read cannot be trusted: the operation ends with the reader's error (E4).
      this.#endAttempt();
      return this.#failed(this.#classified({ error }), { type: 'error', error });
    }
    info.connection?.traffic();
    if (signal === undefined) return this.#hand(result);
    const streams = info.kind === 'subscription';
    // That a connection is there says nothing yet of what will come over it (T4).
    const isEvent = streams && (info.connection === undefined || this.#answered);
    if (!isHealthy(signal)) {
      const known = this.#allKnown(signal.errors) && (streams || this.#delivered);
      const failure = known ? undefined : this.#core.classify(this.#told(signal));
      if (failure !== undefined) return this.#failed(failure, { type: 'result', result });
    }
    this.#heed(signal);
    if (!this.#answered) this.#succeeded();
    if (isEvent) {
      this.#restart();
      this.#deadline = Infinity;
      if (this.#bad !== undefined) this.#bad.patience = Infinity;
    }
    if (this.#over) return;
    this.#delivered = true;
    this.#hand(result);
  }

  attemptError(number: number, error: unknown, seen?: Signal): void {
    if (number !== this.sends || !this.#attempting) return;
    this.#attempting = false;
    this.#attemptOver();
    this.#failed(this.#classified({ ...seen, error }), { type: 'error', error });
  }

  attemptComplete(number: number): void {
    if (number !== this.sends || !this.#attempting) return;
    this.#attempting = false;
    this.#completed = true;
    this.#finish(this.#bad?.told === true ? 'failure' : 'success');
    this.#complete();
  }

  // — for whoever watches over a connection (S4) —


  get clock(): Alarms['clock'] {
    return this.#core.alarms.clock;
  }

  session(): { readonly generation: number; readonly dead: number } {
    const { tokens } = this.#core;
    return this.#isSigned && tokens !== undefined ? tokens : { generation: this.generation, dead: 0 };
  }

  follow(moved: (signedOut: boolean) => void): void {
    const { tokens: session } = this.#core;
    if (session === undefined || !this.#isSigned) return;
    let { generation } = session;
    this.#trouble.follow = session.subscribe(() => {
      if (session.generation === generation) return;
      generation = session.generation;
      moved(session.get().status === 'signed-out');
    });
  }

  alarm(due: number, ring: () => void): void {
    this.#trouble.watch = ring;
    this.#core.alarms.set(this, due);
  }

  reopen(): boolean {
    const { tokens: session, online } = this.#core;
    const standing = session?.standing();
    if (!this.#attempting || standing?.type !== 'go') return false;
    if (standing.generation === this.generation || !online.get() || !this.#scope.isOpen) return false;
    this.#endAttempt();
    this.proceed();
    return true;
  }

  // — within —

  get #trouble(): Trouble<R> {
    return (this.#bad ??= new Trouble());
  }

  get #isSigned(): boolean {
    return this.#core.tokens !== undefined && this.info.options?.auth !== false;
  }

  get #policy(): RetryPolicy {
    const { policy } = this.#core.settings;
    const { connection } = this.info;
    if (connection === undefined) return policy;
    const backoff = { ...policy.backoff, ...connection.backoff, ...this.#core.settings.backoffGiven };
    return { ...policy, attempts: Infinity, backoff };
  }

  /** It waits for an outage, of the API or of the token endpoint. */
  get #isHeld(): boolean {
    return this.reason === 'outage' || (this.reason === 'refresh' && this.hold?.reason !== undefined);
  }

  #enter(go: Extract<Standing, { type: 'go' }>): void {
    if (this.place === undefined && !this.#scope.enter(this)) {
      // It waits, or was refused.
      if (this.#over) return;
      const { hold } = this.#scope;
      return this.#wait(hold.reason === 'outage' ? 'outage' : 'rate_limit', hold as unknown as Hold);
    }
    const { tokens, generation } = go;
    if (tokens === undefined) return this.#send(generation, NO_HEADERS);
    const { headers } = this.#core.settings;
    let signed: ReturnType<typeof headers>;
    try {
      signed = headers(tokens);
    } catch (error) {
      return this.#callbackFailed('auth.headers', error, this.#bad?.held);
    }
    if (!isPromiseLike(signed)) return this.#send(generation, signed);
    const coming = signed;
    const send = (fields: HeaderFields): void => this.#send(generation, fields);
    this.#consult('auth.headers', () => coming, send, this.#bad?.held);
  }

  #send(generation: number, signed: HeaderFields): void {
    const { settings, events, alarms, signedWith } = this.#core;
    const { info } = this;
    const { kind, signal, connection } = info;
    const number = ++this.sends;
    const bad = this.#bad;
    if (bad !== undefined) {
      bad.metLimit = false;
      bad.seen = undefined;
    }
    this.#counted++;
    this.generation = generation;
    this.#attempting = true;
    this.#answered = false;
    if (signed !== NO_HEADERS) signedWith(signed);
    if (events.active) {
      events.emit('attempt_started', { ...this.#operation(), attempt: number, generation });
      // Whoever hears of it may end it, or abort its signal (E1, E2).
      if (signal?.aborted === true) this.aborted();
      if (this.#core.disposed) this.dispose();
      if (this.#over) return;
    }
    if (kind === 'subscription') {
      this.#trouble.sentAt = alarms.now();
      this.#trouble.expires = this.#core.tokens?.expires ?? Infinity;
    }
    let cancel: Cancel;
    try {
      const redirect = settings.redirect(kind, signed);
      const receiver = number === 1 ? this : new LaterAttempt(this, number);
      const headers = this.#headers(signed);
      cancel = this.#transport.send({ number, headers, redirect }, receiver);
    } catch (error) {
      return this.attemptError(number, error);
    }
    if (number !== this.sends || !this.#attempting) {
      // It was over before `send` returned: what did not complete by itself has still to be ended.
      if (!this.#completed) this.#guarded('transport', cancel);
      return;
    }
    this.#cancel = cancel;
    this.#listen();
    if (this.#over) return;
    if (this.#core.disposed) return this.dispose();
    if (connection !== undefined && this.#answered) return;
    this.#setEnds();
  }

  /** Until when the attempt may take (R2). */
  #setEnds(): void {
    const { settings, alarms } = this.#core;
    const { info } = this;
    const own = typeof info.options?.timeout === 'number';
    const limit =
      info.kind === 'query' || info.connection !== undefined
        ? settings.attempt
        : info.kind === 'mutation'
          ? settings.mutationAttempt
          : Infinity;
    const now = alarms.now();
    const isQuiet = info.kind === 'subscription' && info.connection === undefined;
    if (own) this.#ends = isQuiet && this.#delivered ? Infinity : this.deadline;
    else if (info.kind === 'mutation') this.#ends = now + limit;
    else this.#ends = Math.min(now + limit, this.deadline);
    const place = this.place !== undefined && (this.#scope.isBounded || isQuiet);
    alarms.set(this, place ? Math.min(this.#ends, now + PLACE_KEPT) : this.#ends);
  }

  #headers(signed: HeaderFields): HeaderFields {
    const { idempotencyKey, newKey } = this.#core.settings;
    if (idempotencyKey === undefined || this.info.kind !== 'mutation') return signed;
    this.#trouble.key ??= newKey();
    return { ...signed, [idempotencyKey]: this.#trouble.key };
  }

  #succeeded(): void {
    const { tokens: session, refund } = this.#core;
    this.#answered = true;
    this.#tellAttemptEnded('success');
    refund(this.#bad?.cost);
    this.#scope.answer(this);
    session?.accept(this.generation);
    this.#leave('answer');
    const { connection } = this.info;
    if (connection === undefined) return;
    if (this.#bad !== undefined) this.#bad.held = undefined;
    this.#core.alarms.set(this, Infinity);
    connection.established(this);
  }

  /** W8: an answer may say that nothing is left, although it served. */
  #heed(signal: Signal): void {
    const { settings } = this.#core;
    const hint = settings.quota(signal);
    if (hint === undefined) return;
    this.#scope.limit(this, undefined, hint, hint + settings.spread(hint));
  }

  #classified(signal: Signal): Failure {
    // A connection's end, which an instance has judged already: what goes over it has no second say (S4).
    const judged = failureOf(signal.error);
    if (judged?.source === 'socket' && judged.stopped !== undefined) {
      return { ...judged, retryable: false, freshToken: false };
    }
    return this.#core.classify(this.#told(signal)) ?? outcomes.silentFailure();
  }

  /** F9: what a proof of a mutation's not having run needs to know. */
  #told(signal: Signal): Signal {
    const { kind, rootFields } = this.info;
    return kind === 'mutation' && rootFields !== undefined
      ? { ...signal, rootFields: rootFields() }
      : signal;
  }

  #timedOut(): void {
    const { alarms } = this.#core;
    const { info } = this;
    const now = Math.max(alarms.lately, this.due);
    if (this.#answered && info.kind === 'subscription') return;
    // An answer that has begun to come may take until the deadline.
    if (this.#answered && now < this.deadline) {
      this.#ends = this.deadline;
      return alarms.set(this, this.#ends);
    }
    this.#endAttempt();
    const own = typeof info.options?.timeout === 'number';
    const failure = outcomes.timeoutFailure(own ? info.options.timeout : this.#core.settings.attempt);
    if (now < this.deadline && !own) return this.#failed(failure, { type: 'own' });
    // The operation's own time is over: nothing is left to decide.
    this.#tellAttemptEnded('failure', failure);
    this.#leave('ended');
    this.#deliver({ outcome: { type: 'own' }, failure }, 'deadline');
  }

  // — what next? —

  #failed(failure: Failure, outcome: Outcome<R>): void {
    const { when, random } = this.#core.settings;
    const held = { outcome, failure };
    this.#tellAttemptEnded('failure', failure);
    if (this.info.kind === 'subscription') this.#stood();
    const judge = (chance: number): void => {
      const closed = this.#note(failure, chance);
      const next = (answer: unknown): void => {
        const wanted = typeof answer === 'boolean' ? answer : undefined;
        this.#perform(this.#decided(failure, closed, wanted, chance), held, closed);
      };
      if (when === undefined || failure.kind === 'aborted') return next(undefined);
      this.#consult<unknown>('retry.when', () => when(failure, this.info), next, held);
    };
    // What is not tried again needs no chance, and no callback of it can fail (R9).
    const final = !failure.retryable && (when === undefined || failure.kind === 'aborted');
    if (final) judge(0);
    else this.#consult('random', random, judge, held);
  }

  /** Tells scope and session what the failure means for others; answers why the scope is closed for it. */
  #note(failure: Failure, chance: number): 'outage' | 'rate_limit' | undefined {
    const { settings, tokens: session } = this.#core;
    const policy = this.#policy;
    const hint = this.#hint(failure);
    const { kind, source } = failure;
    if (kind === 'aborted' || (kind === 'unknown' && source === 'client')) {
      this.#leave('ended');
      return undefined;
    }
    let closed: 'outage' | 'rate_limit' | undefined;
    const limited = kind === 'rate_limited' || (kind === 'unavailable' && hint !== undefined);
    const retries = this.info.options?.retry ?? policy.enabled;
    const down = isDown(failure);
    if (limited && settings.limits && (hint !== undefined || retries)) {
      const facts = { failure, hint, attempts: this.#counted, chance, policy };
      this.#scope.limit(this, failure, hint, waitFor(facts));
      closed = 'rate_limit';
    } else if (!down) this.#scope.answer(this);
    else if (this.info.connection === undefined && this.#scope.fail(this, failure)) closed = 'outage';
    if (!down && failure.freshToken !== true) session?.accept(this.generation);
    this.#leave(down ? 'failed' : 'answer');
    return closed;
  }

  #decided(
    failure: Failure,
    closed: 'outage' | 'rate_limit' | undefined,
    wanted: boolean | undefined,
    chance: number,
  ): { readonly decision: Decision; readonly cause: Failure | undefined } {
    const { alarms, tokens: session } = this.#core;
    const now = alarms.now();
    const decision = decide({
      kind: this.info.kind,
      options: this.info.options,
      policy: this.#policy,
      failure,
      attempts: this.#counted,
      delivered: this.#delivered,
      token: this.#tokenState(failure),
      wanted,
      hint: this.#hint(failure),
      closed,
      impatient: now >= (this.#bad?.patience ?? Infinity),
      remaining: this.deadline - now,
      chance,
    });
    const failed = decision.type === 'deliver' && decision.stopped === 'session_failed';
    return { decision, cause: failed ? session?.failure : undefined };
  }

  /** Milliseconds that the server wants to be left alone. */
  #hint({ retryAt }: Failure): number | undefined {
    return retryAt === undefined
      ? undefined
      : Math.max(0, retryAt - this.#core.alarms.clock.wall());
  }

  #tokenState({ freshToken, kind }: Failure): TokenState {
    const { tokens: session } = this.#core;
    if (freshToken !== true || session === undefined || !this.#isSigned) return 'none';
    const { info, generation } = this;
    const current = generation === session.generation;
    const operation = (): string =>
      `${this.key} ${info.endpoint ?? ''} ${info.identity?.() ?? ''}`;
    if (current && session.isUncured(operation())) return 'spent';
    if (current && this.#trouble.freshened && (kind !== 'unauthenticated' || session.accepted)) {
      session.uncured(operation());
      return 'spent';
    }
    const state = session.reject(generation, kind);
    // A rejection of an older token costs no refresh, so it is no second one either (T2, T4).
    return current && this.#trouble.freshened ? 'spent' : state;
  }

  #perform(
    { decision, cause }: { readonly decision: Decision; readonly cause: Failure | undefined },
    held: Held<R>,
    closed: 'outage' | 'rate_limit' | undefined,
  ): void {
    if (this.#over) return;
    const { failure } = held;
    if (this.isLeftBehind && (decision.type !== 'deliver' || failure.freshToken === true)) {
      this.#keep(held);
      return this.signedOut();
    }
    if (decision.type === 'deliver') return this.#deliver(held, decision.stopped, cause);
    // One event of a subscription that reports an error is an event: the stream goes on.
    // An answer with an error status is none: there is no stream behind it.
    const refused = (failure.status ?? 200) >= 400;
    const isEvent = this.info.kind === 'subscription' && this.#attempting && !refused;
    if (isEvent && decision.type !== 'replay') return this.#deliver(held, 'not_retryable');
    let wait = decision.type === 'retry' ? decision.wait : 0;
    if (!this.#pay(decision)) {
      if (this.info.connection === undefined || decision.type !== 'retry') {
        return this.#deliver(held, 'budget');
      }
      // Whoever subscribed still wants the connection: it comes back, but late (S4).
      const { cap } = this.#policy.backoff;
      wait = Math.max(wait, cap * (1 + this.#core.settings.chance() / 2));
    }
    this.#keep(held);
    // A stream that has failed by itself is closed all the same, before there is another (S2).
    const cancel = this.#cancel;
    this.#cancel = undefined;
    if (this.info.connection === undefined && cancel !== undefined) this.#guarded('transport', cancel);
    if (decision.type !== 'hold' || closed === 'rate_limit') {
      const told = closed === 'rate_limit' ? this.#scope.left : wait;
      this.#tellRetry(failure, told, decision.type === 'replay');
      if (this.#over) return;
    }
    // A wait that the server named, and a probe, are no attempts (R4).
    if (decision.type === 'hold' || (decision.type === 'retry' && decision.cost === 'free')) {
      this.#counted--;
    }
    if (decision.type === 'replay') this.#counted--;
    this.#trouble.metLimit = closed === 'rate_limit';
    if (decision.type === 'retry' && closed !== 'rate_limit') {
      return this.#sleep(failure.kind === 'rate_limited' ? 'rate_limit' : 'backoff', wait);
    }
    this.proceed();
  }

  /** Whether it can be paid for, and was (R4, R5). */
  #pay(decision: Exclude<Decision, { type: 'deliver' }>): boolean {
    const { settings, budget, events } = this.#core;
    if (decision.type === 'hold') return true;
    const replay = decision.type === 'replay';
    const free = replay ? this.#trouble.replays === 0 : decision.cost === 'free';
    const cost = free ? 0 : replay ? settings.costs.transient : settings.costs[decision.cost];
    const bucket = cost === 0 ? undefined : budget();
    if (bucket?.spend(cost) === false) {
      events.emit('budget_empty', { tokens: bucket.tokens, cost });
      return false;
    }
    if (replay) {
      this.#trouble.replays++;
      this.#trouble.freshened ||= decision.refresh;
    }
    if (cost > 0) this.#trouble.cost = cost;
    return true;
  }

  /** Keeps an answer that did not serve, and ends the attempt that brought it. */
  #keep(held: Held<R>): void {
    this.#endAttempt();
    this.#leave('ended');
    this.#trouble.held = outcomes.better(this.#trouble.held, held, this.info);
    if (held.failure.executed !== false) this.#trouble.mayHaveRun = true;
  }

  /** A subscription that stood for longer than an attempt may take had been established (S2). */
  #stood(): void {
    const { settings, alarms } = this.#core;
    if (alarms.now() - this.#trouble.sentAt <= settings.attempt) return;
    if (this.info.connection === undefined || this.#answered) this.#restart();
  }

  /** A stream that has served begins anew with all its attempts and replays (S2, S3). */
  #restart(): void {
    this.#counted = 0;
    this.#trouble.replays = 0;
    this.#trouble.freshened = false;
  }

  /** The operation fails for want of something: with the server's last answer if there was one (T8). */
  #giveUp(failure: Failure, stopped: StopReason, cause?: unknown): void {
    const own: Held<R> = { outcome: { type: 'own' }, failure };
    const held = this.#trouble.held;
    const { retryAt } = failure;
    const last =
      held === undefined || stopped === 'aborted' || retryAt === undefined
        ? (stopped === 'aborted' ? own : (held ?? own))
        : { ...held, failure: { retryAt, ...held.failure } };
    this.#deliver(last, stopped, cause);
  }

  #deliver(last: Held<R>, stopped: StopReason, cause?: unknown): void {
    if (this.#over) return;
    const { settings, tokens: session } = this.#core;
    const best = this.#delivered ? last : outcomes.better(this.#bad?.held, last, this.info);
    // The last attempt may be known not to have run, and one before it not (F9).
    const doubtful = this.#trouble.mayHaveRun ? { ...best.failure, executed: undefined } : best.failure;
    const failure = outcomes.ended(this.info, doubtful, {
      attempts: this.sends,
      stopped,
      cause,
      refused: doubtful.freshToken === true && session?.refused === true,
      outcomeUnknown: settings.outcomeUnknown,
    });
    const open = best === last && this.#attempting && last.outcome.type === 'result';
    this.#tellGaveUp(failure, stopped);
    if (this.#over) return;
    this.#delivered = true;
    this.#trouble.told = true;
    this.#leave('answer');
    this.#settle(best.outcome, failure, open);
  }

  /**
   * Hands a failure to the subscriber: the server's or transport's own object, by which `failureOf` finds
   * the failure; an error of ours only where there is none (R10).
   */
  #settle(outcome: Outcome<R>, failure: Failure, open: boolean): void {
    const { kind } = this.info;
    const transport = this.#transport;
    const again =
      kind === 'query' && transport.again !== undefined
        ? () => transport.again?.(failure)
        : undefined;
    if (outcome.type === 'result') {
      registerFailure(outcome.result, failure, again);
      if (open) return this.#hand(outcome.result);
      this.#finish('failure');
      this.#hand(outcome.result);
      return this.#complete();
    }
    const error = outcome.type === 'own' ? new ResilienceError(failure) : outcome.error;
    registerFailure(error, failure, again);
    this.#finish('failure');
    this.#guarded('subscriber', () => this.#receiver.error(error));
  }

  /** Ends it from outside: the signal aborted, or the instance was disposed of (E2, E3). */
  #end(disposed: boolean, cause: unknown): void {
    if (this.#over) return;
    const sent = this.#attempting || this.#bad?.mayHaveRun === true;
    const failure = outcomes.abortedFailure(disposed, cause, sent);
    this.#endAttempt();
    this.#trouble.held = undefined;
    this.#giveUp(failure, 'aborted', cause);
  }

  /** Ends it without a word: nobody is there to hear one (E1), or it has been said. */
  #finish(outcome: 'success' | 'failure' | 'cancelled'): void {
    if (this.#over) return;
    this.#over = true;
    this.#endWait();
    this.#core.alarms.clear(this);
    this.#unlisten?.();
    this.#endAttempt();
    this.#leave('ended');
    // The one under way, if there is one, came to nothing.
    if (this.sends > 0) this.#tellAttemptEnded(outcome === 'success' ? 'success' : 'cancelled');
    const { events } = this.#core;
    if (!events.active) return;
    events.emit('operation_ended', { ...this.#operation(), outcome, attempts: this.sends });
  }

  #endAttempt(): void {
    if (!this.#attempting) return;
    this.#attempting = false;
    const cancel = this.#cancel;
    this.#cancel = undefined;
    this.#attemptOver();
    if (cancel !== undefined) this.#guarded('transport', cancel);
  }

  #attemptOver(): void {
    this.#ends = Infinity;
    const bad = this.#bad;
    if (bad !== undefined) {
      bad.watch = undefined;
      bad.follow?.();
      bad.follow = undefined;
    }
    this.info.connection?.ended();
    this.#core.alarms.clear(this);
  }

  #leave(outcome: 'answer' | 'failed' | 'ended'): void {
    if (this.place !== undefined) this.#scope.leave(this, outcome);
  }

  // — waiting —

  /** Waits until it is told to proceed, or its alarm rings. */
  #wait(reason: WaitReason, hold?: Hold): void {
    if (this.#over) return;
    if (this.#core.disposed) return this.dispose();
    this.reason = reason;
    this.waitOrder = this.#core.nextWait++;
    if (hold?.reason === 'refresh') this.endure(hold);
    this.#setAlarm();
    this.#core.activity.changed();
    this.#listen();
    if (this.#over) return;
    this.#tellWait(reason);
  }

  /** Waits a known time by itself. */
  #sleep(reason: WaitReason, ms: number): void {
    this.#trouble.wakes = this.#core.alarms.now() + ms;
    this.#wait(reason);
  }

  #setAlarm(): void {
    const { alarms, settings } = this.#core;
    const { wakes = Infinity, patience = Infinity } = this.#bad ?? {};
    let due = Math.min(this.deadline, wakes);
    if (this.#isHeld && !this.lastChance) due = Math.min(due, patience);
    if (this.reason === 'offline' && due === Infinity) due = alarms.now() + settings.total;
    // Whoever asks on behalf of all may be another request, which has ended (P3).
    if (this.reason === 'refresh' && settings.isolated) {
      due = Math.min(due, alarms.now() + settings.refreshTimeout + 1_000);
    }
    alarms.set(this, due);
  }

  #endWait(): void {
    if (this.reason === undefined) return;
    this.reason = undefined;
    if (this.#bad !== undefined) this.#bad.wakes = Infinity;
    this.#core.alarms.clear(this);
    this.hold?.leave(this);
    this.#core.activity.changed();
  }

  #impatient(): void {
    if (!this.#trouble.late || this.lastChance) return this.giveUpOutage();
    this.#trouble.lastChance = true;
    this.#setAlarm();
  }

  #deadlinePassed(): void {
    const reason = this.reason as WaitReason;
    this.#endWait();
    this.#giveUp(outcomes.unsentFailure(reason), 'deadline');
  }

  /** Hears the operation's signal from now on. */
  #listen(): void {
    const { signal } = this.info;
    if (signal === undefined || this.#unlisten !== undefined) return;
    if (signal.aborted) return this.aborted();
    this.#unlisten = this.#core.listen(signal, this);
  }

  /** Calls the application; if that fails, so does the operation, with what it has (R9). */
  #consult<T>(
    callback: string,
    call: () => T | PromiseLike<T>,
    then: (answer: T) => void,
    held?: Held<R>,
  ): void {
    let answer: T | PromiseLike<T>;
    try {
      answer = call();
    } catch (error) {
      return this.#callbackFailed(callback, error, held);
    }
    if (!isPromiseLike(answer)) return then(answer);
    // An answer that comes later leaves nothing in flight that could come between.
    if (held === undefined) this.#endAttempt();
    else this.#keep(held);
    const settled = (go: () => void): void => {
      if (this.#over) return;
      this.#endWait();
      go();
    };
    answer.then(
      (value) => settled(() => then(value)),
      (error: unknown) => settled(() => this.#callbackFailed(callback, error, held)),
    );
    this.#wait('backoff');
  }

  #callbackFailed(callback: string, error: unknown, held: Held<R> | undefined): void {
    this.#core.events.emit('callback_failed', { callback, error });
    if (held !== undefined) return this.#deliver(held, 'callback_failed', error);
    this.#giveUp(outcomes.callbackFailure(callback, error), 'callback_failed', error);
  }

  // — telling —

  #hand(result: R): void {
    try {
      this.#receiver.next(result);
    } catch (error) {
      this.#core.complain('subscriber', error);
    }
  }

  #complete(): void {
    try {
      this.#receiver.complete();
    } catch (error) {
      this.#core.complain('subscriber', error);
    }
  }

  /** What others do in their callbacks concerns neither the transport nor other operations (E1b, E4). */
  #guarded(callback: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#core.complain(callback, error);
    }
  }

  #allKnown(errors: unknown): boolean {
    if (!Array.isArray(errors) || errors.length === 0) return false;
    this.#trouble.seen ??= new WeakSet();
    let known = true;
    for (const error of errors as unknown[]) {
      if (typeof error !== 'object' || error === null) known = false;
      else if (!this.#trouble.seen.has(error)) {
        this.#trouble.seen.add(error);
        known = false;
      }
    }
    return known;
  }

  #operation(): ResilienceEvents['operation_started'] {
    const { kind, name } = this.info;
    return { operation: this.#id, kind, ...(name === undefined ? {} : { name }) };
  }

  /** Told once for each attempt: of what comes after its first result, the end of the operation tells. */
  #tellAttemptEnded(outcome: 'success' | 'failure' | 'cancelled', failure?: Failure): void {
    const attempt = this.sends;
    const { events } = this.#core;
    if (!events.active || attempt <= this.#trouble.toldEnd) return;
    this.#trouble.toldEnd = attempt;
    events.emit('attempt_ended', {
      ...this.#operation(),
      attempt,
      outcome,
      ...(failure === undefined ? {} : { failure: outcomes.summary(failure) }),
    });
  }

  #tellRetry(failure: Failure, wait: number, fresh: boolean): void {
    const told = { attempt: this.sends, failure: outcomes.summary(failure), wait, fresh };
    this.#tell('retry', told);
  }

  #tellWait(reason: WaitReason): void {
    if (!this.#isHeard) return;
    const { until } = this.shown();
    this.#tell('wait', {
      attempt: this.sends + 1,
      reason,
      ...(until === undefined ? {} : { until }),
    });
  }

  #tellGaveUp(failure: Failure, stopped: StopReason): void {
    const { advice } = failure;
    const told = { attempt: this.sends, failure: outcomes.summary(failure), advice, stopped };
    this.#tell('gave_up', told);
  }

  get #isHeard(): boolean {
    return this.#core.events.active || this.info.observe !== undefined;
  }

  /** What goes to the operation's own observer too. */
  #tell<T extends 'retry' | 'wait' | 'gave_up'>(
    type: T,
    fields: Omit<ResilienceEvents[T], 'operation' | 'kind' | 'name'>,
  ): void {
    if (!this.#isHeard) return;
    const told = { ...this.#operation(), ...fields } as unknown as ResilienceEvents[T];
    this.#core.events.emit(type, told, this.info.observe);
  }
}

/** The statuses by which a server, or what stands before it, says that it is down (H1). */
const DOWN = new Set([500, 502, 503, 504, 520, 521, 522, 523, 524]);

/**
 * Whether a failure is a sign of an outage (H1): nothing came, or what came says that nobody is there to
 * answer. An entry with a path says that the server has executed; a hint, that it is there to name one.
 */
function isDown({ kind, status, retryAt, path, all }: Failure): boolean {
  if (kind === 'network') return true;
  if (kind === 'timeout') return status === undefined;
  if (kind !== 'server_error' && kind !== 'unavailable') return false;
  if (status === undefined || !DOWN.has(status) || retryAt !== undefined) return false;
  return path === undefined && all.every((entry) => entry.path === undefined);
}

/**
 * The scope of an endpoint: its address without query, fragment and credentials, which may be secret and
 * belong in no event.
 */
function endpointScope(endpoint: string | undefined): string {
  if (endpoint === undefined || endpoint === '') return 'default';
  // What almost every address is, and asked for with each operation.
  if (!/[?#@]/.test(endpoint)) return endpoint;
  const [address = ''] = endpoint.split(/[?#]/, 1);
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
}
