import type { ActivityState, LimitState, SessionState } from '@holdfast/core';
import type { GivenUp, History, Lane } from './history.ts';

/** What is known at one moment, in the form in which it is shown. */
export interface Known {
  readonly at: number;
  readonly session: SessionState;
  readonly limits: LimitState;
  readonly activity: ActivityState;
  readonly history: History;
}

/**
 * All of it as JSON, for an issue or a colleague: instants as ISO 8601. It holds what the panel shows, and so no
 * token, header, variable or word of a server; of an address that names a scope, neither its query nor who
 * signs in with it (F11).
 */
export function snapshotOf({ at, session, limits, activity, history }: Known): string {
  const { status, generation, expiresAt, until, failure } = session;
  const why = failure && { ...summaryOf(failure), advice: failure.advice };
  return json({
    at,
    session: { status, generation, expiresAt, until, failure: why },
    limits: limits.map(({ scope, reason, until: end, waiting }) => ({
      scope: addressOf(scope),
      reason,
      until: end,
      waiting,
    })),
    waiting: activity,
    operations: history.lanes,
    failures: history.failures,
    refreshes: history.refreshes,
    closures: history.closures.map((closure) => ({ ...closure, scope: addressOf(closure.scope) })),
    generations: history.generations,
  });
}

/** One failure with the operation that it ended, as JSON. */
export function failureSnapshotOf(failure: GivenUp, lane: Lane | undefined): string {
  return json({ ...failure, spans: lane?.spans });
}

function summaryOf({ kind, status, code }: GivenUp['failure']): GivenUp['failure'] {
  return { kind, status, code };
}

const INSTANTS: ReadonlySet<string> = new Set(['at', 'from', 'to', 'until', 'expiresAt']);

function json(value: object): string {
  const readable = (key: string, part: unknown): unknown =>
    INSTANTS.has(key) && typeof part === 'number' && Math.abs(part) <= 8.64e15
      ? new Date(part).toISOString()
      : part;
  return JSON.stringify(value, readable, 2);
}

function addressOf(scope: string): string {
  if (!URL.canParse(scope)) return scope;
  const { origin, pathname } = new URL(scope);
  // One that has no host, such as `orders:read`, is a name and no address.
  return origin === 'null' ? scope : origin + pathname;
}
