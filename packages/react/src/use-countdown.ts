import { useCallback, useSyncExternalStore } from 'react';
import type { Unsubscribe } from '@holdfast/core';
import { useResilience } from './context.ts';
import { tickerOf } from './ticker.ts';

/** Beyond this, whole minutes are shown: nobody counts 900 seconds down. */
const SECONDS_SHOWN = 120;

/**
 * Seconds until an instant on the instance's clock: in whole minutes while there are more than two, then in
 * whole seconds. Renders again when that number changes.
 *
 * @param until epoch milliseconds; without it, nothing ticks.
 * @returns `undefined` where there is no instant, or it has passed.
 */
export function useCountdown(until: number | undefined): number | undefined {
  const { clock } = useResilience();
  const ticker = tickerOf(clock);
  const subscribe = useCallback(
    (tick: () => void): Unsubscribe => (until === undefined ? none : ticker.watch(until, tick)),
    [ticker, until],
  );
  const get = (): number | undefined => {
    const seconds = until === undefined ? 0 : ticker.secondsUntil(until);
    return seconds === 0 ? undefined : wholeMinutes(seconds);
  };
  return useSyncExternalStore(subscribe, get, unknown);
}

/** Beyond two minutes, the next whole one. */
export function wholeMinutes(seconds: number): number {
  return seconds > SECONDS_SHOWN ? Math.ceil(seconds / 60) * 60 : seconds;
}

const none = (): void => {};
const unknown = (): undefined => undefined;
