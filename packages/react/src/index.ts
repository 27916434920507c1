'use client';

export { useResilience } from './context.ts';
export { FailureBoundary } from './failure-boundary.tsx';
export type { FailureBoundaryProps, FallbackProps } from './failure-boundary.tsx';
export { FailureMessage } from './failure-message.tsx';
export type { FailureDetail, FailureMessageProps } from './failure-message.tsx';
export type { FailureSituation, FailureText, FailureWords } from './failure-words.ts';
export { useActivity, useLimits, useSession } from './readables.ts';
export { ResilienceProvider } from './resilience-provider.tsx';
export type { ResilienceProviderProps } from './resilience-provider.tsx';
export { ResilienceStatus } from './resilience-status.tsx';
export type { ResilienceStatusProps } from './resilience-status.tsx';
export type { Standing } from './standing.ts';
export type { StatusDetail, StatusWords } from './status-words.ts';
export { useFailure } from './use-failure.ts';
