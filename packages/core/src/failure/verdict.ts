import type { HeaderReader } from './headers.ts';
import type { Match, Seen, Verdict, VerdictDetail } from './profile.ts';
import type { ResolvedProfile } from './resolve-profile.ts';
import { challengeError } from './challenge.ts';
import { provesNotExecuted } from './kinds.ts';

/** What led to a verdict. */
export type Ground = 'rule' | 'code' | 'word' | 'status' | 'close' | 'transport' | 'shape' | 'none';

/** A kind, what is special about it, and what led there. */
export interface Finding {
  readonly detail: VerdictDetail;
  readonly ground: Ground;
}

/** `null`: known to be no failure; `undefined`: nothing is known. */
export type Found = Finding | null | undefined;

/** Is told of what a callback in a rule threw (R9). */
export type Report = (error: unknown) => void;

/** A verdict in full. */
export function finding(verdict: Verdict | undefined, ground: Ground): Found {
  if (verdict === undefined || verdict === null) return verdict;
  return { detail: typeof verdict === 'string' ? { kind: verdict } : verdict, ground };
}

/** The first rule that matches (`rules`). */
export function byRule(seen: Seen, profile: ResolvedProfile, report: Report): Found {
  const rule = profile.rules.find(({ when }) => {
    try {
      return matches(when, seen);
    } catch (error) {
      report(error);
      return false;
    }
  });
  return finding(rule?.then, 'rule');
}

/**
 * What an entry of `errors[]` says by itself: rules, `type` before `code`, then a code that is a status
 * (F2).
 */
export function byEntry(seen: Seen, profile: ResolvedProfile, report: Report): Found {
  return firstOf([
    () => byRule(seen, profile, report),
    () => byCode(seen, profile),
    () => byNumericCode(seen, profile, report),
  ]);
}

/** By the tables: `type` before `code`. */
export function byCode({ type, code }: Seen, profile: ResolvedProfile): Found {
  return firstOf([
    () => finding(profile.types.get(type?.toUpperCase() ?? ''), 'code'),
    () => finding(profile.codes.get(code?.toUpperCase() ?? ''), 'code'),
  ]);
}

function byNumericCode(seen: Seen, profile: ResolvedProfile, report: Report): Found {
  if (!profile.numericCodes || !/^[45]\d\d$/.test(seen.code ?? '')) return undefined;
  const status = Number(seen.code);
  return firstOf([
    () => byRule({ ...seen, status }, profile, report),
    () => finding(listedStatus(status, profile), 'code'),
  ]);
}

/** The first that knows something, be it that there is no failure. */
export function firstOf(questions: readonly (() => Found)[]): Found {
  for (const ask of questions) {
    const found = ask();
    if (found !== undefined) return found;
  }
  return undefined;
}

/** By the `error` word of OAuth's error form (F4b). */
export function byWord(word: string, profile: ResolvedProfile): Found {
  const found = finding(profile.words.get(word.toUpperCase()), 'word');
  if (!found) return found;
  // The words come from a token endpoint: what it refuses is not cured by asking it again.
  return { ...found, detail: { freshToken: false, ...found.detail } };
}

/** By HTTP status; a class such as `5xx` where the status itself is not listed (F5). */
export function byStatus(status: number, profile: ResolvedProfile): Found {
  return finding(listedStatus(status, profile), 'status');
}

function listedStatus(status: number, profile: ResolvedProfile): Verdict | undefined {
  const single = profile.statuses.get(String(status));
  return single === undefined ? profile.statuses.get(`${Math.floor(status / 100)}XX`) : single;
}

const MORE_SCOPE =
  'Ask for a token with the scope that this operation needs; refreshing the present one does not add it.';
const STEP_UP =
  'Send the user through sign-in again: the API asks for a stronger or more recent authentication.';

/**
 * T17: a Bearer challenge tells a token that is dead from one that is not enough. A rule of the profile
 * knows better; a known code does where the challenge says `invalid_token`.
 */
export function challenged(
  found: Finding,
  status: number | undefined,
  header: HeaderReader,
): Finding {
  const { detail, ground } = found;
  const isRefusal = detail.kind === 'unauthenticated' || detail.kind === 'forbidden';
  const mayBeToken = ground === 'status' && (isRefusal || status === 400);
  if (ground === 'rule' || (!isRefusal && !mayBeToken)) return found;
  const error = challengeError(header('www-authenticate'));
  const advice =
    error === 'insufficient_scope'
      ? MORE_SCOPE
      : error === 'insufficient_user_authentication'
        ? STEP_UP
        : undefined;
  if (isRefusal && advice !== undefined) {
    const unrun = detail.executed === false || provesNotExecuted(detail.kind);
    const forbidden: VerdictDetail = { kind: 'forbidden', freshToken: false, advice };
    return { ground, detail: unrun ? { ...forbidden, executed: false } : forbidden };
  }
  return mayBeToken && error === 'invalid_token'
    ? { ground, detail: { kind: 'unauthenticated' } }
    : found;
}

/** Whether everything that a rule names holds. */
function matches(when: Match, seen: Seen): boolean {
  return (
    isOneOf(when.status, seen.status, (status) => status) &&
    isOneOf(when.code, seen.code, upper) &&
    isOneOf(when.type, seen.type, upper) &&
    (when.message === undefined || isMatch(when.message, seen.message)) &&
    Object.entries(when.header ?? {}).every(([name, wanted]) => hasField(seen, name, wanted)) &&
    (when.test === undefined || when.test(seen) === true)
  );
}

function isOneOf<T extends string | number>(
  wanted: T | readonly T[] | undefined,
  value: T | undefined,
  normal: (value: T) => T,
): boolean {
  if (wanted === undefined) return true;
  if (value === undefined) return false;
  const list: readonly T[] = typeof wanted === 'object' ? wanted : [wanted];
  return list.some((item) => normal(item) === normal(value));
}

function upper(value: string): string {
  return value.toUpperCase();
}

function hasField(seen: Seen, name: string, wanted: string | RegExp | true): boolean {
  const value = seen.header(name);
  if (value === undefined || wanted === true) return value !== undefined;
  return typeof wanted === 'string' ? value === wanted : isMatch(wanted, value);
}

/** A pattern with the flag g or y would go on where it stopped in another answer. */
function isMatch(pattern: RegExp, value: string): boolean {
  pattern.lastIndex = 0;
  const found = pattern.test(value);
  pattern.lastIndex = 0;
  return found;
}
