import type { Answer } from './answer.ts';
import type { Seen } from './profile.ts';
import type { Finding } from './verdict.ts';
import { provesNotExecuted } from './kinds.ts';
import { isArray, property } from './property.ts';

/** Whoever answers so has looked at the request's credentials, its rate or its timing, and at nothing else. */
const REFUSALS: ReadonlySet<unknown> = new Set([401, 423, 425, 429]);

/**
 * Whether an answer proves that nothing ran (F9): it was never sent, or it was refused as a whole. What
 * the profile declares to be a proof is one only where the answer has the shape of a refusal, too.
 */
export function provesUnrun({ detail, ground }: Finding, seen: Seen, answer: Answer): boolean {
  if (!isRefusal(answer)) return false;
  if (detail.executed === false) return true;
  switch (ground) {
    case 'status':
    case 'rule':
      return REFUSALS.has(seen.status) || provesNotExecuted(detail.kind);
    case 'code':
      // A body that is no GraphQL answer says nothing of GraphQL: there the status alone counts.
      return answer.errors.length > 0
        ? REFUSALS.has(Number(seen.code)) || provesNotExecuted(detail.kind)
        : REFUSALS.has(seen.status);
    case 'word':
      return REFUSALS.has(seen.status);
    case 'close':
    case 'transport':
    case 'shape':
    case 'none':
      return false;
  }
}

/**
 * The shape of an answer to an operation of which nothing ran: read to its end, without data, and no entry
 * speaks of a field. One that speaks of the only root field there is says that this door stayed shut;
 * anything below it, or beside it, means that something ran (GraphQL 6.4.4: a field far below that may not
 * be null takes all of `data` with it).
 */
function isRefusal({ incomplete, status, data, errors, rootFields }: Answer): boolean {
  // Whoever leads elsewhere may have done what it was asked before (RFC 9110 15.4.4).
  const isRedirect = status !== undefined && status >= 300 && status < 400;
  if (incomplete || isRedirect || (data !== undefined && data !== null)) return false;
  const doors = rootFields === 1 ? 1 : 0;
  return errors.every((entry) => stepsOf(entry) <= doors);
}

/** How far below the root an entry's field lies; a path that is none could lie anywhere. */
function stepsOf(entry: unknown): number {
  const path = property(entry, 'path');
  if (path === undefined) return 0;
  const isOneStep = isArray(path) && property(path, 'length') === 1;
  return isOneStep && typeof property(path, 0) === 'string' ? 1 : Infinity;
}
