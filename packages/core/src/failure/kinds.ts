import type { FailureKind } from '../model/failure.ts';

/**
 * Every kind, most decisive first. F3 fixes the order of those that `errors[]` can hold; the transport's
 * own stand where the same remedy stands: waiting before giving up, giving up before not knowing.
 */
export const kinds: readonly FailureKind[] = [
  'unauthenticated',
  'rate_limited',
  'locked',
  'unavailable',
  'network',
  'timeout',
  'conflict',
  'server_error',
  'bad_response',
  'forbidden',
  'bad_input',
  'not_found',
  'aborted',
  'unknown',
];

const retryable: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'rate_limited',
  'locked',
  'unavailable',
  'server_error',
  'network',
  'timeout',
]);

/** F9: whoever answers so has looked at the request's credentials or rate, and at nothing else. */
const refusedUnread: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'unauthenticated',
  'rate_limited',
]);

/** Smaller is more decisive (F3). */
export function rank(kind: FailureKind): number {
  return kinds.indexOf(kind);
}

/** Whether the same request may succeed later, where no verdict says otherwise. */
export function isRetryable(kind: FailureKind): boolean {
  return retryable.has(kind);
}

/** Whether a failure of this kind proves that nothing ran, where the answer has the shape of a refusal (F9). */
export function provesNotExecuted(kind: FailureKind): boolean {
  return refusedUnread.has(kind);
}

/** The kinds whose wait is the server's to say: every hint of W1 counts. */
export function isThrottling(kind: FailureKind): boolean {
  return kind === 'rate_limited' || kind === 'locked';
}
