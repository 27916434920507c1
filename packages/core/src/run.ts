import { AttemptInFlight } from './attempt.ts';
import type { AttemptOwner } from './attempt.ts';
import { afforded, ConnectionWatch, lossOf, ofConnection } from './connection.ts';
import type { Core } from './core.ts';
import { depart, redirectOf } from './departure.ts';
import type { Traveller } from './departure.ts';
import type { Held } from './delivery.ts';
import * as ending from './ending.ts';
import type { Outcome } from './ending.ts';
import { accepts, factsOf, heed, judge } from './judge.ts';
import type { Judgement } from './judge.ts';
import { Lifecycle } from './lifecycle.ts';
import type { Failure } from './model/failure.ts';
import type { Attempt, OperationInfo, Receiver, Transport } from './model/operation.ts';
import type { Signal } from './model/signal.ts';
import { endpointScope } from './pacing/scope-name.ts';
import { doubtful, leaveAlone, whatBroke, whatHappened } from './reading.ts';
import { SeenErrors } from './seen-errors.ts';

type HeaderFields = Attempt['headers'];
const NO_HEADERS: HeaderFields = {};
/** How long an attempt without a limit keeps its place in a recovering scope, in milliseconds (W7). */
const LONGEST_PASS = 30_000;

/**
 * One run of one operation. It walks the operation through the four questions: when may it be sent, as
 * whom, what happened, what next. What belongs to the run lives here and dies with it (R7).
 */
export class Run<R> implements AttemptOwner<R>, Traveller {
  readonly #core: Core;
  readonly #info: OperationInfo;
  readonly transport: Transport<R>;
  readonly #life: Lifecycle<R>;
  scope = '';
  metLimit = false;
  #key: string | undefined;
  #seen: SeenErrors | undefined;
  #watch: ConnectionWatch<R> | undefined;
  /** Monotonic instants: of the last attempt's start, and of its token's end. */
  #sentAt = 0;
  #tokenEnds = Infinity;
  /** The last attempt may follow redirects. */
  #mayBeLed = false;

  constructor(core: Core, info: OperationInfo, transport: Transport<R>, receiver: Receiver<R>) {
    this.#core = core;
    this.#info = info;
    this.transport = transport;
    this.#life = new Lifecycle(core, this, info, receiver);
  }

  start(): void {
    const { scope } = this.#core.settings;
    const { options, endpoint } = this.#info;
    if (!this.#life.start()) return;
    this.scope = options?.scope ?? endpointScope(endpoint);
    if (scope === undefined || options?.scope !== undefined) return this.proceed();
    const named = (name: unknown): void => {
      if (typeof name === 'string') this.scope = name;
      this.proceed();
    };
    this.#life.consult<unknown>('rateLimit.scope', () => scope(this.#info), named);
  }

  /** The subscriber has left (E1). */
  cancel(): void {
    this.#life.finish('cancelled');
  }

  /** Walks on: asks again when, and as whom. */
  proceed(): void {
    if (!this.#life.over) depart(this.#core, this.#life, this);
  }

  send(generation: number, signed: HeaderFields | undefined): void {
    const life = this.#life;
    const { settings, session } = this.#core;
    const { clock } = settings;
    const { kind, connection } = this.#info;
    // Whatever signed it may have signed its user out.
    if (life.ownerless) return life.signedOut();
    const number = life.ledger.send();
    const attempt = new AttemptInFlight<R>(this, number, generation, signed);
    this.#core.signatures.begin(generation, signed);
    life.attempt = attempt;
    life.disbelieves = false;
    life.report.attemptStarted(number, generation);
    // Whoever hears of it may end it, or abort its signal (E1, E2).
    if (this.#info.signal?.aborted === true) life.listen();
    if (life.ownerless) life.signedOut();
    if (attempt.over) return;
    if (kind === 'subscription') this.#sentAt = clock.monotonic();
    this.#watch = undefined;
    this.#seen = undefined;
    this.#tokenEnds = session?.held.expires ?? Infinity;
    try {
      const redirect = redirectOf(this.#core, this.#info, signed);
      this.#mayBeLed = redirect === 'follow';
      const headers = this.#headers(signed);
      attempt.started(this.transport.send({ number, headers, redirect }, attempt));
    } catch (error) {
      attempt.error(error);
    }
    if (attempt.over) return;
    life.listen();
    if (life.over || (connection !== undefined && attempt.answered)) return;
    this.#limit(attempt);
  }

  /** Bounds an attempt in time, where anything does (R2). */
  #limit(attempt: AttemptInFlight<R>): void {
    const life = this.#life;
    const { patience } = life;
    const { attempt: usual, mutationAttempt } = this.#core.settings;
    const { kind, connection } = this.#info;
    // One of the operation's own bounds the whole, and an attempt too, until a subscription has had an event.
    const whole = patience.own ? patience.remaining : Infinity;
    const limits = {
      query: patience.own ? whole : Math.min(usual, patience.remaining),
      // Cut, it would turn an answer into a doubt.
      mutation: patience.own ? whole : mutationAttempt,
      // Quiet for as long as nothing happens; a connection is to be there in time.
      subscription: connection === undefined ? whole : Math.min(usual, whole),
    };
    const left = limits[kind];
    if (left < Infinity) {
      const over = left >= patience.remaining;
      return patience.alarm(left, () => this.#timedOut(attempt, left, over));
    }
    if (life.pass === undefined) return;
    // A stream that stands so long has been let in, and a mutation that hangs is not to hold up others (W7).
    const outcome = kind === 'subscription' ? 'success' : 'other';
    patience.alarm(LONGEST_PASS, () => life.leave(outcome));
  }

  #headers(signed: HeaderFields | undefined): HeaderFields {
    const { idempotencyKey, newKey } = this.#core.settings;
    if (idempotencyKey === undefined || this.#info.kind !== 'mutation') return signed ?? NO_HEADERS;
    this.#key ??= newKey();
    return { ...signed, [idempotencyKey]: this.#key };
  }

  attemptNext(attempt: AttemptInFlight<R>, result: R): void {
    const life = this.#life;
    let signal: Signal | undefined;
    try {
      signal = this.transport.read(result);
    } catch (error) {
      // What cannot be read cannot be trusted: the operation ends with the reader's error (E4).
      attempt.end();
      return this.attemptError(attempt, error);
    }
    this.#watch?.traffic();
    if (signal === undefined) return life.pulse(result);
    const streams = this.#info.kind === 'subscription';
    // That a connection is there says nothing yet of what will come over it (T4).
    const event = streams && (this.#info.connection === undefined || attempt.answered);
    if (streams || signal.errors !== undefined) this.#seen ??= new SeenErrors();
    const known = this.#seen?.allKnown(signal.errors) === true && (streams || life.delivered);
    const failure = known ? undefined : whatHappened(this.#core, signal, this.#info);
    leaveAlone(this.#core, signal, failure, this.scope);
    if (failure !== undefined) return this.#failed(attempt, failure, { type: 'result', result });
    if (!attempt.answered && (streams || !known)) this.#success(attempt);
    if (event) {
      life.ledger.restart();
      life.patience.deadline = Infinity;
    }
    life.next(result);
  }

  attemptError(attempt: AttemptInFlight<R>, error: unknown, seen?: Signal): void {
    const { kind, connection } = this.#info;
    const failure = whatBroke(this.#core, error, this.#info, seen);
    const isLed = kind === 'mutation' && this.#mayBeLed && failure.kind === 'network';
    const known = isLed ? doubtful(failure) : failure;
    this.#failed(attempt, connection === undefined ? known : ofConnection(known), {
      type: 'error',
      error,
    });
  }

  attemptComplete(): void {
    this.#life.complete();
  }

  attemptNotEnded(error: unknown): void {
    this.#core.complain('transport', error);
  }

  attemptOver({ generation, signed }: AttemptInFlight<R>): void {
    this.#core.signatures.end(generation, signed);
  }

  #success(attempt: AttemptInFlight<R>): void {
    const life = this.#life;
    attempt.answered = true;
    life.succeeded = true;
    life.report.attemptEnded(attempt.number, 'success');
    this.#core.session?.accept(attempt.generation);
    this.#core.budget?.succeed(life.ledger.cost);
    life.leave('success');
    if (this.#info.connection === undefined) return;
    life.patience.end();
    life.held = undefined;
    this.#watch = new ConnectionWatch(this.#core, life, this, attempt, this.#tokenEnds);
  }

  /** @param over so is the operation's own time, whatever a clock that stands still says of it (P1). */
  #timedOut(attempt: AttemptInFlight<R>, ms: number, over: boolean): void {
    const { patience } = this.#life;
    const { answered } = attempt;
    const left = patience.remaining;
    if (answered && this.#info.kind === 'subscription') return;
    // An answer that has begun to come may take until the deadline.
    if (answered && !over && left > 0) {
      return patience.alarm(left, () => this.#timedOut(attempt, ms + left, true));
    }
    attempt.end();
    const failure = ending.timeoutFailure(ms);
    if (answered || (left > 0 && !over)) return this.#failed(attempt, failure, { type: 'own' });
    // The operation's own time is over: nothing is left to decide.
    this.#life.report.attemptEnded(attempt.number, 'failure', failure);
    this.#life.deliver({ outcome: { type: 'own' }, failure }, 'deadline');
  }

  /** What next? The gate hears of it at once; then the application is asked. */
  #failed(attempt: AttemptInFlight<R>, failure: Failure, outcome: Outcome<R>): void {
    const life = this.#life;
    const core = this.#core;
    const { when, random } = core.settings;
    const held = { outcome, failure };
    life.report.attemptEnded(attempt.number, 'failure', failure);
    if (this.#info.kind === 'subscription') this.#stood(attempt);
    if (this.#info.connection?.lost !== undefined)
      life.tell((it) => it.lost?.(lossOf(core, failure)));
    const drawn = (chance: number): void => {
      const facts = factsOf(life, this.scope, attempt.generation, failure, chance);
      const gated = heed(core, facts);
      if (accepts(failure)) core.session?.accept(attempt.generation);
      if (life.ownerless) return this.#departed(attempt, held);
      const next = (wanted: unknown): void => {
        const opinion = typeof wanted === 'boolean' ? wanted : undefined;
        this.#perform(
          judge(core, { ...facts, wanted: opinion, remaining: life.patience.remaining }),
          attempt,
          held,
          gated,
        );
      };
      if (when === undefined || failure.kind === 'aborted') return next(undefined);
      life.consult<unknown>('retry.when', () => when(failure, this.#info), next, held);
    };
    // What is not tried again needs no chance, and no callback of it can fail (R9).
    const final = !failure.retryable && (when === undefined || failure.kind === 'aborted');
    if (final) drawn(0);
    else life.consult('random', random, drawn, held);
  }

  /** A subscription that stood for longer than an attempt may take had been established (S2). */
  #stood({ answered, generation }: AttemptInFlight<R>): void {
    const { clock, attempt: limit } = this.#core.settings;
    if (clock.monotonic() - this.#sentAt <= limit) return;
    this.#core.session?.accept(generation);
    if (this.#info.connection === undefined || answered) this.#life.ledger.restart();
  }

  #perform(
    { decision, cause, advice }: Judgement,
    attempt: AttemptInFlight<R>,
    held: Held<R>,
    gated: boolean,
  ): void {
    const life = this.#life;
    if (life.over) return;
    if (life.ownerless) return this.#departed(attempt, held);
    if (decision.type === 'deliver') {
      const failure = advice === undefined ? held.failure : { ...held.failure, advice };
      return life.deliver({ ...held, failure }, decision.stopped, cause);
    }
    if (decision.type === 'retry' && this.#isEvent(attempt, held.failure)) {
      return life.deliver(held, 'not_retryable');
    }
    const wait = afforded(this.#core, life, decision);
    if (wait === undefined) return life.deliver(held, 'budget');
    life.hold(held);
    // A stream that has failed by itself is closed all the same, before there is another (S2).
    if (this.#info.connection === undefined) attempt.close();
    life.report.retry(attempt.number, held.failure, wait, decision.type === 'replay');
    if (decision.type === 'retry' && gated) this.metLimit = true;
    else if (decision.type === 'retry') {
      return life.sleep(held.failure.kind === 'rate_limited' ? 'rate_limit' : 'backoff', wait);
    }
    this.proceed();
  }

  /**
   * One event of a subscription that reports an error is an event: the stream goes on. An answer with an
   * error status is none: there is no stream behind it.
   */
  #isEvent(attempt: AttemptInFlight<R>, { status = 200 }: Failure): boolean {
    return this.#info.kind === 'subscription' && !attempt.over && status < 400;
  }

  /** It failed after whoever began it had signed out: nothing is sent again (T11b). */
  #departed(attempt: AttemptInFlight<R>, held: Held<R>): void {
    const { failure } = held;
    if (failure.kind === 'aborted') return this.#life.deliver(held, 'aborted');
    const rejected = failure.freshToken === true;
    if (!rejected && this.#isEvent(attempt, failure)) {
      return this.#life.deliver(held, 'not_retryable');
    }
    this.#life.signedOut(held);
  }
}
