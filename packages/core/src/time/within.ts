import type { Clock } from '../model/clock.ts';
import { startTimer } from './clock.ts';

/** What became of something that had only so long. */
export type Settled<T> =
  | { readonly type: 'value'; readonly value: T }
  | { readonly type: 'error'; readonly error: unknown }
  | { readonly type: 'late' }
  | { readonly type: 'aborted' };

/**
 * Waits for `work` for `ms` milliseconds at most, and no longer than `signal` allows. Never rejects; what
 * `work` does after its time is nobody's concern, and raises no unhandled rejection.
 */
export function within<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal | undefined,
  work: () => T | PromiseLike<T>,
): Promise<Settled<T>> {
  return new Promise((resolve) => {
    const settle = (outcome: Settled<T>): void => {
      cancel();
      signal?.removeEventListener('abort', aborted);
      resolve(outcome);
    };
    const aborted = (): void => settle({ type: 'aborted' });
    const late = (): void => settle({ type: 'late' });
    const cancel = ms === Infinity ? (): void => {} : startTimer(clock, ms, late);
    signal?.addEventListener('abort', aborted);
    if (signal?.aborted === true) return aborted();
    try {
      Promise.resolve(work()).then(
        (value) => settle({ type: 'value', value }),
        (error: unknown) => settle({ type: 'error', error }),
      );
    } catch (error) {
      settle({ type: 'error', error });
    }
  });
}
