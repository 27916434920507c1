import type { Resilience } from '@holdfast/core';

/** What an instance waits for, in the one form that a status shows. Instants are epoch milliseconds. */
export interface Standing {
  /**
   * - `idle`: nothing is waited for.
   * - `offline`: there is no network.
   * - `sign-in`: no token is to be had before somebody signs in.
   * - `sign-in-delayed`: the token endpoint is down or limited; it is asked again at `until`, or just now.
   * - `signing-in`, `signing-in-again`: operations wait for the first tokens, or for new ones.
   * - `down`: the API does not answer; what waits is sent as soon as it does. It is asked next at `until`.
   * - `limited`: a rate limit is waited for, `until` at the latest.
   * - `retrying`: an operation is sent again at `until`, as number `attempt` of `attempts`.
   * - `signed-out`: nobody is signed in, and nothing is waited for.
   */
  readonly kind:
    | 'idle'
    | 'offline'
    | 'sign-in'
    | 'sign-in-delayed'
    | 'signing-in'
    | 'signing-in-again'
    | 'down'
    | 'limited'
    | 'retrying'
    | 'signed-out';
  /** When it began to be shown, or its numbers last changed. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly attempt?: number | undefined;
  readonly attempts?: number | undefined;
}

/** What a server shows, and a page until it has been taken over. */
export const IDLE: Standing = { kind: 'idle' };

/**
 * What an instance waits for now. Where several things hold, the one that must be over first: without a
 * network nothing goes, without a token nothing but sign-ins, and a closed scope holds back what is to be
 * retried, too.
 */
export function standingOf({ online, session, limits, activity }: Resilience): Standing {
  const waiting = activity.get();
  const waits = (reason: (typeof waiting)[number]['reason']): boolean =>
    waiting.some((each) => each.reason === reason);
  if (!online.get() || waits('offline')) return { kind: 'offline' };

  const { status, generation, until: asked, failure } = session.get();
  if (status === 'failed') return { kind: 'sign-in' };
  // The call that asks again is no news: whoever listens would hear of each one.
  const isAsked = status === 'refreshing' && failure?.retryAt !== undefined;
  if (status === 'unavailable' || isAsked) return { kind: 'sign-in-delayed', until: asked };
  if (status === 'refreshing' || waits('refresh') || waits('tokens')) {
    return { kind: generation === 0 ? 'signing-in' : 'signing-in-again' };
  }

  const closed = limits.get();
  const [down] = closed.filter(({ reason }) => reason === 'outage');
  if (down !== undefined) return { kind: 'down', until: down.until };
  if (closed.length > 0) {
    return { kind: 'limited', until: Math.max(...closed.map(({ until }) => until)) };
  }

  // The one that has been tried most often: the others are not further than that.
  const [furthest] = waiting
    .filter((each) => each.reason === 'backoff' && each.attempt > 1)
    .sort((one, other) => other.attempt - one.attempt);
  if (furthest !== undefined) {
    const { attempt, attempts, until } = furthest;
    return { kind: 'retrying', attempt, attempts, until };
  }
  // Generation 0 is that of an instance without `auth`: there nobody can sign in.
  return status === 'signed-out' && generation > 0 ? { kind: 'signed-out' } : IDLE;
}

/** Whether two standings say the same, whenever they began. */
export function isSame(one: Standing, other: Standing): boolean {
  return (
    one.kind === other.kind &&
    one.until === other.until &&
    one.attempt === other.attempt &&
    one.attempts === other.attempts
  );
}
