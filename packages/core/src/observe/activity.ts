import type { Cancel, Clock } from '../model/clock.ts';
import type { WaitReason } from '../model/event.ts';
import type { OperationInfo } from '../model/operation.ts';
import type { ActivityState } from '../model/state.ts';
import { Board } from './board.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Who waits now, and for what (W10). */
export class Activity {
  readonly board: Board<ActivityState>;
  readonly #waiting = new Set<ActivityState[number]>();
  readonly #clock: Clock;

  constructor(clock: Clock, report: (error: unknown) => void) {
    this.#clock = clock;
    this.board = new Board<ActivityState>(() => [...this.#waiting], report);
  }

  /**
   * @param until epoch milliseconds.
   * @param attempts how many there are to be at most, where that is known.
   * @returns what takes the entry away again.
   */
  enter(
    info: OperationInfo,
    reason: WaitReason,
    attempt: number,
    until: number | undefined,
    attempts?: number,
  ): Cancel {
    const { kind, name } = info;
    const entry: Mutable<ActivityState[number]> = { kind, reason, attempt };
    if (name !== undefined) entry.name = name;
    if (attempts !== undefined) entry.attempts = attempts;
    if (until !== undefined) entry.until = until;
    this.#waiting.add(entry);
    this.board.changed();
    return () => {
      if (this.#waiting.delete(entry)) this.board.changed();
    };
  }

  /** A monotonic instant as epoch milliseconds. */
  instant(monotonic: number): number {
    return Math.min(this.#clock.wall() + monotonic - this.#clock.monotonic(), 8.64e15);
  }
}
