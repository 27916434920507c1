import type { Resilience } from '@holdfast/core';
import { createContext, useContext } from 'react';
import type { Context } from 'react';

/** `undefined` outside of every provider. */
export const ResilienceContext: Context<Resilience | undefined> = createContext<
  Resilience | undefined
>(undefined);
ResilienceContext.displayName = 'ResilienceContext';

/**
 * The instance of the nearest `ResilienceProvider`.
 *
 * @throws Error where there is no provider above.
 *
 * @example
 * const { session } = useResilience();
 * return <button onClick={() => session.signOut()}>Sign out</button>;
 */
export function useResilience(): Resilience {
  const resilience = useContext(ResilienceContext);
  if (resilience !== undefined) return resilience;
  throw new Error(
    'There is no ResilienceProvider above this component; wrap the application in <ResilienceProvider resilience={createResilience()}>.',
  );
}
