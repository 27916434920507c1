import type { ActivityState, LimitState, Readable, SessionState } from '@holdfast/core';
import { useSyncExternalStore } from 'react';
import { useResilience } from './context.ts';

/**
 * What a server's page shows, and the browser's until it has taken the page over. It is the same for every
 * instance: parts of a page are rendered, and taken over, at different times, and a session may have moved
 * on meanwhile on either side (V1).
 */
const SERVER_SESSION: SessionState = { status: 'unknown', generation: 0 };
const SERVER_LIST: readonly never[] = [];
const serverSession = (): SessionState => SERVER_SESSION;
const serverList = (): readonly never[] => SERVER_LIST;

/**
 * The session as it is now; renders again when it changes.
 *
 * On a server, and while the page is taken over, it is `{ status: 'unknown', generation: 0 }`.
 *
 * @throws Error where there is no `ResilienceProvider` above.
 *
 * @example
 * const { status } = useSession();
 * return status === 'signed-out' ? <SignIn /> : <Account />;
 */
export function useSession(): SessionState {
  return useReadable(useResilience().session, serverSession);
}

/**
 * The scopes that a rate limit or an outage has closed, until when, and how many operations wait for each;
 * renders again when that changes. On a server, and while the page is taken over, it is empty.
 *
 * @throws Error where there is no `ResilienceProvider` above.
 *
 * @example
 * const limits = useLimits();
 * return <button disabled={limits.length > 0}>Reload</button>;
 */
export function useLimits(): LimitState {
  return useReadable(useResilience().limits, serverList);
}

/**
 * The operations that wait now: why, for which attempt, until when; renders again when that changes. On a
 * server, and while the page is taken over, it is empty.
 *
 * @throws Error where there is no `ResilienceProvider` above.
 *
 * @example
 * const waiting = useActivity().filter(({ reason }) => reason === 'backoff');
 */
export function useActivity(): ActivityState {
  return useReadable(useResilience().activity, serverList);
}

function useReadable<T>({ subscribe, get }: Readable<T>, onServer: () => T): T {
  return useSyncExternalStore(subscribe, get, onServer);
}
