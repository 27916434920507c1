import type { Core } from './core.ts';
import type { RetryPolicy } from './decision.ts';
import type { Ledger } from './ledger.ts';
import type { Cancel } from './model/clock.ts';
import type { WaitReason } from './model/event.ts';
import type { OperationInfo } from './model/operation.ts';
import { startTimer } from './time/clock.ts';

/**
 * What a run waits for, and how long it will: one wait at a time, one timer at a time. Whoever shows
 * waiting operations sees it here (W10).
 */
export class Patience {
  /** Monotonic instant at which the operation fails; `Infinity` for never (R2). */
  deadline: number;
  /** The deadline is the operation's own. */
  readonly own: boolean;
  readonly #core: Core;
  readonly #info: OperationInfo;
  #timer: Cancel | undefined;
  #reason: WaitReason | undefined;
  #attempt = 1;
  #attempts: number | undefined;
  #stop: Cancel | undefined;
  #leave: Cancel | undefined;

  constructor(core: Core, info: OperationInfo) {
    this.#core = core;
    this.#info = info;
    const { clock, total } = core.settings;
    const own = info.options?.timeout;
    // What is no duration sets no deadline (W5).
    this.own = typeof own === 'number' && own >= 0;
    // A subscription is wanted for as long as it stands.
    const usual = info.kind === 'subscription' ? Infinity : total;
    this.deadline = clock.monotonic() + (this.own ? Number(own) : usual);
  }

  /** Milliseconds until the deadline. */
  get remaining(): number {
    return this.deadline - this.#core.settings.clock.monotonic();
  }

  get #policy(): RetryPolicy {
    const { connection, policy } = this.#core.settings;
    return this.#info.connection === undefined ? policy : connection;
  }

  get waitsFor(): WaitReason | undefined {
    return this.#reason;
  }

  /**
   * Begins a wait.
   *
   * @param until epoch milliseconds, where it is known.
   * @param stop ends what is waited for; called however the wait ends.
   */
  wait(
    reason: WaitReason,
    { sends, counted }: Ledger,
    until: number | undefined,
    stop: Cancel,
  ): void {
    this.#reason = reason;
    this.#attempt = sends + 1;
    const { attempts } = this.#policy;
    // A retry that is free goes beyond the last that counts (R6).
    const most = Math.max(attempts + sends - counted, this.#attempt);
    this.#attempts = reason === 'backoff' && sends > 0 && most < Infinity ? most : undefined;
    this.#stop = stop;
    this.#show(until);
  }

  /** The wait that goes on has another end, a monotonic instant (W10). */
  move(until: number): void {
    if (this.#reason === undefined) return;
    this.#leave?.();
    this.#show(this.#core.activity.instant(until));
  }

  #show(until: number | undefined): void {
    if (this.#reason === undefined) return;
    const { activity } = this.#core;
    this.#leave = activity.enter(this.#info, this.#reason, this.#attempt, until, this.#attempts);
  }

  /** Ends the wait, and the timer. */
  end(): void {
    this.#timer?.();
    this.#timer = undefined;
    const stop = this.#stop;
    const leave = this.#leave;
    this.#reason = undefined;
    this.#stop = undefined;
    this.#leave = undefined;
    stop?.();
    leave?.();
  }

  /** Sets the one timer. No timer is set for ever. */
  alarm(ms: number, ring: () => void): void {
    this.#timer?.();
    this.#timer = undefined;
    if (ms === Infinity) return;
    this.#timer = startTimer(this.#core.settings.clock, ms, ring);
  }
}
