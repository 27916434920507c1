import type { Failure, FailureSource } from '../model/failure.ts';
import type { Answer } from './answer.ts';
import type { Entry } from './error-entry.ts';
import type { Seen } from './profile.ts';
import type { ResolvedProfile } from './resolve-profile.ts';
import type { Finding, Report } from './verdict.ts';
import { adviceIn } from './advice.ts';
import { hintFor, profileHint } from './hint.ts';
import { provesUnrun } from './execution.ts';
import { isRetryable, isThrottling, rank } from './kinds.ts';
import { shorten } from './message.ts';
import { redirectAdvice } from './redirect-advice.ts';
import { anonymousMessage, wholeMessage } from './whole.ts';

/** The last instant that a `Date` can hold. */
const LAST_INSTANT = 8.64e15;

/** What a failure is composed of beside its verdict: an entry of `errors[]`, or the whole answer. */
export interface Material extends Partial<Entry> {
  readonly seen: Seen;
  readonly answer: Answer;
  readonly profile: ResolvedProfile;
  readonly report: Report;
}

type Draft = { -readonly [Key in keyof Failure]: Failure[Key] };

const NONE: readonly Failure[] = Object.freeze([]);

/** One failure from a verdict; its own `all` is empty. */
export function compose(found: Finding, source: FailureSource, of: Material): Failure {
  const { seen, answer, profile } = of;
  const { detail, ground } = found;
  const { kind } = detail;
  const partial = answer.data !== undefined && answer.data !== null;
  const said =
    source === 'graphql' ? seen.message || anonymousMessage(seen.status) : wholeMessage(answer);
  const draft: Draft = {
    kind,
    source,
    message: shorten(said),
    partial,
    executed: provesUnrun(found, seen, answer) ? false : undefined,
    retryable: detail.retryable ?? isRetryable(kind),
    freshToken: detail.freshToken ?? (kind === 'unauthenticated' && ground !== 'word'),
    advice: detail.advice ?? redirectAdvice(answer) ?? adviceIn(kind, profile),
    all: NONE,
  };
  const retryAt = named(detail.kind, of);
  if (retryAt !== undefined) draft.retryAt = retryAt;
  if (seen.status !== undefined) draft.status = seen.status;
  if (seen.code !== undefined) draft.code = seen.code;
  if (seen.type !== undefined) draft.type = seen.type;
  if (of.docsUrl !== undefined) draft.docsUrl = of.docsUrl;
  if (of.path !== undefined) draft.path = of.path;
  if (of.locations !== undefined) draft.locations = of.locations;
  return draft;
}

/**
 * The failure of the whole operation from those of its entries (F3): the most decisive one, with all of
 * them in `all`. It ran for certain not only if that holds for each; and the server is not asked again
 * before the last instant that entries of this kind name (W3).
 */
export function deciding(
  failures: readonly Failure[],
  thrown: readonly unknown[],
): Failure | undefined {
  const all = [...failures].sort((one, other) => rank(one.kind) - rank(other.kind));
  const first = all[0];
  if (first === undefined) return undefined;
  const instants = all.flatMap(({ kind, retryAt }) =>
    kind === first.kind && retryAt !== undefined ? [retryAt] : [],
  );
  return {
    ...first,
    executed: all.every(({ executed }) => executed === false) ? false : undefined,
    ...(instants.length > 0 && { retryAt: Math.max(...instants) }),
    ...(thrown.length > 0 && { cause: thrown[0] }),
    all,
  };
}

/** The instant that the server named for a failure of this kind, on our clock. */
function named(
  kind: Failure['kind'],
  { seen, answer, profile, report }: Material,
): number | undefined {
  if (kind === 'aborted') return undefined;
  const hasOwnReaders = isThrottling(kind) || kind === 'unavailable';
  const wait =
    hintFor(kind, seen.header, answer.now) ??
    (hasOwnReaders ? profileHint(profile.hints, seen, answer.now, report) : undefined);
  return wait === undefined ? undefined : Math.min(answer.now + wait, LAST_INSTANT);
}
