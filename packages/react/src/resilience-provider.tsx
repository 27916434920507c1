import type { Resilience } from '@holdfast/core';
import type { ReactElement, ReactNode } from 'react';
import { ResilienceContext } from './context.ts';

/** What {@link ResilienceProvider} takes. */
export interface ResilienceProviderProps {
  /** What `createResilience` made: the same that the link or exchange has. Another one may follow. */
  readonly resilience: Resilience;
  readonly children?: ReactNode;
}

/**
 * Gives an instance to the hooks and components below. Providers may be nested: the nearest counts.
 *
 * It disposes of nothing: whoever creates an instance ends it.
 *
 * @throws TypeError where `resilience` is no instance, in one sentence (X5).
 *
 * @example
 * <ResilienceProvider resilience={resilience}>
 *   <ApolloProvider client={client}><App /></ApolloProvider>
 * </ResilienceProvider>
 */
export function ResilienceProvider({
  resilience,
  children,
}: ResilienceProviderProps): ReactElement {
  checkInstance(resilience);
  return <ResilienceContext.Provider value={resilience}>{children}</ResilienceContext.Provider>;
}

function checkInstance(given: unknown): void {
  const instance = given as Partial<Resilience> | null | undefined;
  const readables = [instance?.session, instance?.limits, instance?.activity];
  if (readables.every((readable) => typeof readable?.subscribe === 'function')) return;
  throw new TypeError(
    `ResilienceProvider: resilience was given ${described(given)}; what createResilience() answers is allowed.`,
  );
}

function described(given: unknown): string {
  if (typeof given === 'function') return 'a function';
  return typeof given === 'object' && given !== null ? 'another object' : String(given);
}
