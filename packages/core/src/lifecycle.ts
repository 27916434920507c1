import { onAbort } from './abort-signals.ts';
import type { AttemptInFlight } from './attempt.ts';
import { consult } from './consult.ts';
import type { Core, RunInProgress } from './core.ts';
import { deliver } from './delivery.ts';
import type { Held } from './delivery.ts';
import * as ending from './ending.ts';
import { Ledger } from './ledger.ts';
import { rememberAgain } from './manual-retry.ts';
import type { Cancel } from './model/clock.ts';
import type { WaitReason } from './model/event.ts';
import type { Failure, StopReason } from './model/failure.ts';
import type { Connection, OperationInfo, Receiver } from './model/operation.ts';
import type { Pass, PassOutcome } from './pacing/admission.ts';
import { Patience } from './patience.ts';
import { doubtful } from './reading.ts';
import { Reporter } from './reporter.ts';
import { Subscriber } from './subscriber.ts';

/** How long "offline" is believed where no deadline says it, in milliseconds (W11). */
const LONGEST_OFFLINE = 60_000;

/**
 * What an operation is between its steps: waiting, answered for, over. However it ends, and whoever ends
 * it, it ends here, once, and leaves nothing behind (E1, E4).
 */
export class Lifecycle<R> {
  readonly info: OperationInfo;
  readonly report: Reporter;
  readonly patience: Patience;
  readonly ledger: Ledger = new Ledger();
  attempt: AttemptInFlight<R> | undefined;
  /** The last answer that did not serve, kept until there is something better (F6, T8). */
  held: Held<R> | undefined;
  /** Results have been handed on. */
  delivered = false;
  succeeded = false;
  /** A failure has been handed on, and the stream goes on. */
  failed = false;
  /** "Offline" has been believed for long enough: the next attempt is made in spite of it (W11). */
  disbelieves = false;
  /** The right to send, where a recovering scope has given one. */
  pass: Pass | undefined;
  readonly #core: Core;
  readonly #receiver: Receiver<R>;
  readonly #run: RunInProgress;
  /** Among the operations in progress. */
  place = 0;
  #over = false;
  /** An earlier attempt may have run at the server. */
  #mayHaveRun = false;
  /** Whose it is, in the session's count; `undefined` for what carries no identity (T11b, T13). */
  #identity: number | undefined;
  /** Ends the hearing of the operation's signal, once that is listened to. */
  #deafen: Cancel | undefined;

  /** @param run walks on after a wait. */
  constructor(core: Core, run: RunInProgress, info: OperationInfo, receiver: Receiver<R>) {
    this.info = info;
    this.#core = core;
    this.#receiver = new Subscriber(receiver, core.complain);
    this.#run = run;
    this.report = new Reporter(core.events, info, core.nextOperation++);
    this.patience = new Patience(core, info);
  }

  get over(): boolean {
    return this.#over;
  }

  /** Whoever began it has signed out since, or another user has signed in (T11b). */
  get ownerless(): boolean {
    return this.#identity !== undefined && this.#identity !== this.#core.session?.held.identity;
  }

  /** Begins; `false` where it is over before it could. */
  start(): boolean {
    const { session, inProgress } = this.#core;
    const { options, connection } = this.info;
    // A connection is opened for whoever is signed in; what goes over it is operations of their own.
    const owned = session !== undefined && options?.auth !== false && connection === undefined;
    this.#identity = owned ? session.held.identity : undefined;
    inProgress.add(this);
    this.report.started();
    if (this.#core.disposed) this.dispose();
    else if (this.info.signal?.aborted === true) this.#abort();
    return !this.#over;
  }

  /**
   * Waits, until `resume` or the deadline.
   *
   * @param until monotonic instant, where it is known.
   * @param stop ends what is waited for.
   */
  wait(reason: WaitReason, until: number | undefined, stop: Cancel): void {
    if (this.#over) return stop();
    const attempt = this.ledger.sends + 1;
    const instant = until === undefined ? undefined : this.#core.activity.instant(until);
    // Whoever waits for something else lets others through meanwhile.
    if (reason !== 'rate_limit') this.leave();
    this.patience.wait(reason, this.ledger, instant, stop);
    this.patience.alarm(this.patience.remaining, () => this.#deadlinePassed(reason));
    this.listen();
    this.report.wait(attempt, reason, instant);
    // Whoever hears of the wait may end the operation (E1).
    if (this.#over) this.patience.end();
  }

  resume(): void {
    const { waitsFor, remaining } = this.patience;
    // Let through in the instant of its deadline, it would be sent only to be ended (R2).
    if (waitsFor !== undefined && remaining <= 0) return this.#deadlinePassed(waitsFor);
    this.patience.end();
    this.#run.proceed();
  }

  /**
   * Waits for a network. What no deadline bounds is tried anyway after a while: a browser may be wrong for
   * ever (W11).
   */
  waitForNetwork(stop: Cancel): void {
    this.wait('offline', undefined, stop);
    const { total } = this.#core.settings;
    if (this.#over || this.patience.remaining < Infinity) return;
    this.patience.alarm(total < Infinity ? total : LONGEST_OFFLINE, () => {
      this.disbelieves = true;
      this.resume();
    });
  }

  /** Waits a known time by itself; longer than that it cannot take. */
  sleep(reason: WaitReason, ms: number): void {
    this.wait(reason, this.#core.settings.clock.monotonic() + ms, () => {});
    if (!this.#over) this.patience.alarm(ms, () => this.resume());
  }

  /** Gives the right to send back: after a success, or without one. */
  leave(outcome: PassOutcome = 'other'): void {
    const { pass } = this;
    this.pass = undefined;
    pass?.leave(outcome);
  }

  /** Calls the application; if that fails, so does the operation, with what it has (R9). */
  consult<T>(
    callback: string,
    call: () => T | PromiseLike<T>,
    then: (answer: T) => void,
    held?: Held<R>,
  ): void {
    let later = false;
    const settled = (go: () => void): void => {
      if (this.#over) return;
      if (later) this.patience.end();
      go();
    };
    later = consult(call, {
      answered: (answer) => settled(() => then(answer)),
      failed: (error) => settled(() => this.callbackFailed(callback, error, held)),
    });
    if (!later || this.#over) return;
    // An answer that comes later leaves nothing in flight that could come between.
    if (held === undefined) this.attempt?.end();
    else this.hold(held);
    this.wait('backoff', undefined, () => {});
  }

  callbackFailed(callback: string, thrown: unknown, held: Held<R> | undefined): void {
    const error = this.#core.clean(callback, thrown);
    this.#core.events.emit('callback_failed', { callback, error });
    if (held === undefined)
      this.giveUp(ending.callbackFailure(callback, error), 'callback_failed', error);
    else this.deliver(held, 'callback_failed', error);
  }

  /** Keeps an answer that did not serve, and ends the attempt that brought it. */
  hold(held: Held<R>): void {
    this.attempt?.end();
    this.leave();
    this.held = this.#better(held);
    if (held.failure.executed !== false) this.#mayHaveRun = true;
  }

  /** The operation fails for want of something: with the server's last answer if there was one (T8). */
  giveUp(failure: Failure, stopped: StopReason, cause?: unknown): void {
    const own: Held<R> = { outcome: { type: 'own' }, failure };
    this.deliver(this.held ?? own, stopped, cause);
  }

  deliver(last: Held<R>, stopped: StopReason, cause?: unknown): void {
    if (this.#over) return;
    const best = this.delivered ? last : this.#better(last);
    const { attempt, ledger, info, report } = this;
    // The last attempt may be known not to have run, and one before it not, or the other way round. And what
    // becomes of a connection says nothing of what went over an earlier one (F9).
    const isDoubtful = last.failure.executed !== false || info.connection !== undefined;
    const told = isDoubtful || this.#mayHaveRun ? doubtful(best.failure) : best.failure;
    const failure = ending.ended(told, {
      attempts: ledger.sends,
      stopped,
      cause,
      advice: ending.lookUp(info, told, stopped, this.#core.settings.profile),
    });
    const open = best === last && attempt?.over === false && last.outcome.type === 'result';
    report.gaveUp(ledger.sends, failure, stopped);
    if (this.#over) return;
    this.delivered = true;
    this.failed = true;
    this.leave();
    rememberAgain(info, this.#run.transport, failure);
    deliver(this.#receiver, best.outcome, failure, open, () => this.finish('failure'));
  }

  /** The better of two answers that did not serve: the one held, and the last. */
  #better(last: Held<R>): Held<R> {
    const { held, info } = this;
    if (held === undefined || held.outcome.type === 'own') return last;
    // A part is the best there is, until a whole comes (F6). What a server said is worth more than that it
    // then was silent (R10), unless the silence is what leaves open whether a mutation ran (M1).
    const silent = last.outcome.type === 'own' && info.kind !== 'mutation';
    return held.failure.partial || silent ? held : last;
  }

  /** Hands a good result on. */
  next(result: R): void {
    if (this.#over) return;
    this.delivered = true;
    this.#receiver.next(result);
  }

  /** Hands on what there is nothing to see in. */
  pulse(result: R): void {
    this.#receiver.next(result);
  }

  complete(): void {
    this.finish(this.failed ? 'failure' : 'success');
    this.#receiver.complete();
  }

  /** Somebody has signed out: what waits is never sent; an attempt in flight is left alone (T11b). */
  departed(): void {
    this.tell((connection) => connection.departed?.(ending.departedFailure(undefined, undefined)));
    const flying = this.attempt?.over === false;
    if (!this.#over && this.ownerless && !flying) this.signedOut();
  }

  /** Tells whoever looks after a connection; that must not fail what the core does (R9). */
  tell(what: (connection: Connection) => void): void {
    const { connection } = this.info;
    if (connection === undefined) return;
    try {
      what(connection);
    } catch (error) {
      this.#core.complain('connection', error);
    }
  }

  /** Ends it for want of whoever began it, with its last answer where it had one (T11b). */
  signedOut(last?: Held<R>): void {
    if (this.#over) return;
    if (last !== undefined) this.hold(last);
    const { held, ledger } = this;
    this.held = undefined;
    const known = ledger.sends === 0 ? false : held?.failure.executed;
    const failure = ending.departedFailure(held?.failure, known);
    this.deliver({ outcome: held?.outcome ?? { type: 'own' }, failure }, 'signed_out');
  }

  /** The instance ends (E3). */
  dispose(): void {
    this.end(true, undefined);
  }

  /** Ends it from outside: the signal aborted, or the instance was disposed of (E2, E3). */
  end(disposed: boolean, reason: unknown): void {
    if (this.#over) return;
    const cause = this.#core.clean('signal', reason);
    const failure = ending.abortedFailure(disposed, cause, this.ledger.sends > 0);
    this.attempt?.end();
    this.held = undefined;
    this.giveUp(failure, 'aborted', cause);
  }

  /** Ends it without a word: nobody is there to hear one (E1), or it has been said. */
  finish(outcome: 'success' | 'failure' | 'cancelled'): void {
    if (this.#over) return;
    this.#over = true;
    this.#core.inProgress.delete(this);
    this.patience.end();
    this.#deafen?.();
    this.attempt?.end();
    this.leave();
    this.report.ended(outcome, this.ledger.sends);
  }

  /** Hears the operation's signal from now on. */
  listen(): void {
    const { signal } = this.info;
    if (this.#deafen !== undefined || signal === undefined) return;
    if (signal.aborted) return this.#abort();
    this.#deafen = onAbort(signal, () => this.#abort());
  }

  #abort(): void {
    this.end(false, this.info.signal?.reason);
  }

  #deadlinePassed(reason: WaitReason): void {
    this.patience.end();
    this.giveUp(ending.unsentFailure(reason), 'deadline');
  }
}
