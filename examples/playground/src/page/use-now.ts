import { createContext, useContext, useEffect, useState } from 'react';
import type { Context, Provider } from 'react';

/** Milliseconds from picture to picture. */
const PERIOD = 250;

/** The same for who asked for less motion. */
const CALM_PERIOD = 1_000;

/** The instant that the whole page shows, so that all pictures have one time axis. */
const Now: Context<number> = createContext(0);

export const NowProvider: Provider<number> = Now.Provider;

export function useNow(): number {
  return useContext(Now);
}

/** Epoch milliseconds, moving on while the page is looked at. */
export function useTicking(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const timer = setInterval(
      () => {
        if (!document.hidden) setNow(Date.now());
      },
      calm ? CALM_PERIOD : PERIOD,
    );
    return () => clearInterval(timer);
  }, []);
  return now;
}
