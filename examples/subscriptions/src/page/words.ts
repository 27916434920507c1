import type { ActivityState, LimitState, SessionState } from '@holdfast/core';

/** What a person is told of the session. */
export function sessionInWords({ status, failure }: SessionState): string {
  if (status === 'active') return 'Signed in.';
  if (status === 'refreshing') return 'Getting a new token …';
  if (status === 'failed' || status === 'unavailable') {
    return `Cannot get a token. ${failure?.advice ?? ''}`;
  }
  return 'Signed out.';
}

const REASONS: Readonly<Record<ActivityState[number]['reason'], string>> = {
  tokens: 'until it is known who you are',
  refresh: 'for a new token',
  backoff: 'before it tries again',
  rate_limit: 'for the server to take more',
  offline: 'for the network',
};

/** What a person is told of all that waits. */
export function activityInWords(activity: ActivityState): string {
  if (activity.length === 0) return 'Nothing.';
  return activity
    .map(({ kind, name, reason }) => `The ${name ?? kind} waits ${REASONS[reason]}.`)
    .join(' ');
}

/** What a person is told of the server's limits. */
export function limitsInWords(limits: LimitState): string {
  if (limits.length === 0) return 'None.';
  return limits
    .map(({ until }) => `Nothing is sent before ${new Date(until).toLocaleTimeString()}.`)
    .join(' ');
}
