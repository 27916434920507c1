import type { Failure, OperationInfo, Profile } from '@holdfast/core';
import type { Recording } from './answer.ts';
import type { Rehearsal } from './rehearsal.ts';
import { read } from './grounds.ts';
import { rehearse, rehearseRefresh } from './rehearsal.ts';

/** What is printed of one answer: a title, and lines of a label and a text. */
export interface Report {
  readonly title: string;
  readonly kind: string;
  readonly lines: readonly (readonly [label: string, text: string])[];
}

/** What Holdfast would do with an answer, and why. */
export async function reportOn(recording: Recording, profile: Profile): Promise<Report> {
  const { signal, kind } = recording;
  const { failure, why, waitFrom } = read(signal, profile);
  const title = titleOf(recording);
  const does = await consequences(recording, profile, failure);
  if (failure === undefined) {
    return { title, kind: 'ok', lines: [['does', `delivered${does === '' ? '' : `; ${does}`}`]] };
  }
  const wait = failure.retryAt === undefined ? undefined : failure.retryAt - signal.now;
  const ran =
    kind === 'token' ? [] : [['executed', failure.executed === false ? 'no' : 'unknown'] as const];
  const others = failure.all.length > 1 ? ` (the gravest of ${failure.all.length} errors)` : '';
  return {
    title,
    kind: failure.kind,
    lines: [
      ['says', failure.message],
      ['why', `${why}${others}`],
      ...(wait === undefined ? [] : [['wait', `${spoken(wait)}, named by ${waitFrom}`] as const]),
      ['does', does],
      ...ran,
      ...(failure.advice === '' ? [] : [['advice', failure.advice] as const]),
    ],
  };
}

function titleOf({ request, kind, name, signal }: Recording): string {
  const operation = kind === 'token' ? 'token request' : [kind, name].filter(Boolean).join(' ');
  const parts = [request, operation, signal.status === undefined ? '' : `HTTP ${signal.status}`];
  return parts.filter(Boolean).join('  ') || 'answer';
}

async function consequences(
  recording: Recording,
  profile: Profile,
  failure: Failure | undefined,
): Promise<string> {
  const { signal, kind } = recording;
  if (kind === 'token') return failure === undefined ? '' : ofRefresh(recording, profile);
  if (kind !== undefined) return ofOperation(signal, kind, profile, failure);
  const [query, mutation] = await Promise.all([
    ofOperation(signal, 'query', profile, failure),
    ofOperation(signal, 'mutation', profile, failure),
  ]);
  return query === mutation ? query : `query: ${query}; mutation: ${mutation}`;
}

async function ofRefresh({ signal }: Recording, profile: Profile): Promise<string> {
  const { status, wait } = await rehearseRefresh(signal, profile);
  if (status === 'failed') return 'the session is lost: only a sign-in helps';
  return wait === undefined
    ? `the session is ${status}`
    : `asked again after ${spoken(wait)} at the earliest`;
}

async function ofOperation(
  signal: Recording['signal'],
  kind: OperationInfo['kind'],
  profile: Profile,
  failure: Failure | undefined,
): Promise<string> {
  const [soonest, latest] = await Promise.all([
    rehearse(signal, kind, profile, 0),
    rehearse(signal, kind, profile, 0.999_999),
  ]);
  const closed =
    soonest.closedFor === undefined || soonest.closedFor <= 0
      ? ''
      : `nothing else is sent there for ${spoken(soonest.closedFor)}`;
  if (failure === undefined) return closed;
  return [sentAgain(soonest, latest, failure), closed].filter(Boolean).join('; ');
}

function sentAgain(soonest: Rehearsal, latest: Rehearsal, failure: Failure): string {
  const { again, refreshed, stopped } = soonest;
  if (again === undefined)
    return `delivered, not sent again: ${REASONS[stopped ?? ''] ?? stopped ?? 'nothing else to do'}`;
  if (refreshed) return 'a fresh token is asked for, and it is sent again with that, once';
  if (failure.retryAt !== undefined)
    return `sent again after ${spoken(again)}, and up to ${spoken((latest.again ?? again) - again)} more at random`;
  return again < 10
    ? `sent again at a random moment within ${spoken(latest.again ?? again)}`
    : `sent again after ${spoken(again)} to ${spoken(latest.again ?? again)}`;
}

/** Why something is not sent again, for people. */
const REASONS: Readonly<Record<string, string>> = {
  not_retryable: 'the next try would end in the same way',
  unsafe_mutation: 'the mutation may have run',
  delivered_data: 'part of the data is there already',
  wait_too_long: 'the wait is longer than rateLimit.maxWait (30 s)',
  deadline: 'the wait is longer than timeout.total (60 s)',
  aborted: 'whoever started it ended it',
  session_failed: 'no fresh token is to be had',
};

/** Milliseconds, for people. */
function spoken(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Number((ms / 1_000).toFixed(2))} s`;
  return ms < 7_200_000
    ? `${Number((ms / 60_000).toFixed(1))} min`
    : `${Number((ms / 3_600_000).toFixed(1))} h`;
}
