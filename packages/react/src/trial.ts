import { manualRetry } from '@holdfast/core';
import type { Failure, ManualRetry, Profile } from '@holdfast/core';
import { failureThrown } from './failure-behind.ts';

/**
 * One click on "try again", and the errors that come up for it. A boundary hears of one error at a time, so
 * others that had failed come up only when the children are shown again. And a client may answer once more
 * with what it has kept of a failure: then nothing was sent, and the failure is the very same object.
 */
export class Trial {
  readonly #retry: ManualRetry = manualRetry();
  readonly #old = new Set<Failure>();
  readonly #shownTwice = new Set<Failure>();

  /**
   * Sees to an error, and has the children shown again.
   *
   * @returns `false` where the error is the outcome of the trial.
   */
  take(error: unknown, profile: Profile, show: () => void): boolean {
    const isFirst = this.#old.size === 0;
    const sent = this.#retry.send(error);
    const failure = failureThrown(error, profile);
    if (failure === undefined) return false;
    if (sent !== undefined || isFirst) {
      this.#old.add(failure);
      if (sent === undefined) show();
      else void sent.then(show);
      return true;
    }
    if (!this.#old.has(failure) || this.#shownTwice.has(failure)) return false;
    this.#shownTwice.add(failure);
    // It has let go of that by now, or does when it is told once more: in a later job.
    void (manualRetry().send(error) ?? Promise.resolve()).then(show);
    return true;
  }
}
