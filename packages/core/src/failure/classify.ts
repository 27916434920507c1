import type { Failure, FailureKind, FailureSource } from '../base/failure.ts';
import type { Signal } from '../base/operation.ts';
import type { Answer } from './answer.ts';
import type { ProfileTables } from './profile.ts';
import type { Profile, Seen, Verdict, VerdictDetail } from './profile-types.ts';
import type { Report } from './hint.ts';
import { adviceFor, decisiveness, retryableKinds } from '../base/failure.ts';
import { isArray, property } from '../base/property.ts';
import { anonymous, keptOf, messageOf, readAnswer, seenEntry, seenWhole } from './answer.ts';
import { graphqlOverHttp } from './default-profile.ts';
import { failureWithin } from './failure-of.ts';
import { challengeError } from './header.ts';
import { profileHint, standardHint } from './hint.ts';
import { tablesOf } from './profile.ts';
import { closeKind } from './transport-error.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** The last instant that a `Date` can hold. */
const LAST_INSTANT = 8.64e15;

/** Longest message of a failure, in UTF-16 code units. */
const LONGEST_MESSAGE = 500;

/** What a server may echo of the credentials it was sent: a JWT, or what follows its scheme. */
const JWT = /\beyJ[\w-]{6,}\.[\w-]{2,}\.?[\w-]*/g;
const CREDENTIALS = /\b(Bearer|Basic|DPoP) +[\w.~+/-]{16,}=*/gi;

/**
 * Says what went wrong, from everything that an answer shows: status, headers, `errors[]`, body, the
 * transport's error, a socket's close code. `undefined` where nothing did. Never throws, whatever shape
 * the answer has.
 *
 * @param signal The answer. All of it is optional.
 * @param profile How this API signals failures. Default: {@link graphqlOverHttp}.
 *
 * @example
 * classify({ status: 200, data: { me: null } }); // undefined
 * classify({ status: 423 })?.kind; // 'locked'
 * classify({ status: 423 }, tbint)?.kind; // 'rate_limited'
 */
export function classify(signal: Signal, profile: Profile = graphqlOverHttp): Failure | undefined {
  if (isHealthy(signal)) return undefined;
  const own = failureWithin(property(signal, 'error'));
  if (own) return own;
  const answer = readAnswer(signal);
  try {
    return examine(answer, tablesOf(profile));
  } catch {
    // Only a profile that no `defineProfile` has seen leads here: then it says nothing.
    return examine(answer, tablesOf(graphqlOverHttp));
  }
}

/** What nearly every answer is, told without building anything. */
export function isHealthy(signal: Signal): boolean {
  try {
    const { status, data, errors, error, close } = signal;
    return (
      data !== undefined &&
      isSuccess(status) &&
      (errors == null || (Array.isArray(errors) && errors.length === 0)) &&
      error == null &&
      close == null
    );
  } catch {
    // What cannot be read is looked at with more care.
    return false;
  }
}

/** Any 2xx, 202 and 294 included (F5); no status at all, as on a socket, is no error either. */
function isSuccess(status: number | undefined): boolean {
  return status === undefined || (status >= 200 && status < 300);
}

/** What led to a verdict. */
type Ground = 'rule' | 'code' | 'word' | 'status' | 'close' | 'transport' | 'none';

/** A verdict, and what led there. Without a kind: this is known to be no failure. */
interface Finding extends Partial<VerdictDetail> {
  readonly ground: Ground;
  /** The status that the verdict speaks of, where it is not the answer's. */
  readonly status?: number;
}

/** One look at one answer. */
interface Examination {
  readonly answer: Answer;
  readonly tables: ProfileTables;
  readonly report: Report;
}

function examine(answer: Answer, tables: ProfileTables): Failure | undefined {
  const thrown: unknown[] = [];
  const at: Examination = { answer, tables, report: (error) => thrown.push(error) };
  // F8: an abort is one, whatever else the answer shows.
  const isAborted = answer.meaning.verdict?.kind === 'aborted';
  const failures = answer.errors.length > 0 && !isAborted ? ofEntries(at) : ofWhole(at, isAborted);
  return deciding(failures, thrown);
}

/**
 * The failure of the whole operation from those of its entries (F3): the most decisive one, with all of
 * them in `all`. It did not run only if that holds for each; and the server is not asked again before the
 * last instant that entries of this kind name (W3).
 */
function deciding(failures: readonly Failure[], thrown: readonly unknown[]): Failure | undefined {
  const rank = ({ kind }: Failure): number => decisiveness.indexOf(kind);
  const all = [...failures].sort((one, other) => rank(one) - rank(other));
  const [first] = all;
  if (!first) return undefined;
  const instants = all.flatMap(({ kind, retryAt }) => (kind === first.kind ? (retryAt ?? []) : []));
  return {
    ...first,
    executed: all.every(({ executed }) => executed === false) ? false : undefined,
    ...(instants.length > 0 && { retryAt: Math.max(...instants) }),
    ...(thrown.length > 0 && { cause: thrown[0] }),
    all,
  };
}

/** F2, F3: each entry by itself; where none is known, an error status speaks for all of them. */
function ofEntries(at: Examination): readonly Failure[] {
  const { answer, tables } = at;
  const read = answer.errors.map((entry) => seenEntry(entry, answer, tables.keys));
  const found = read.map((seen) => byWords(seen, at) ?? byNumericCode(seen, at));
  const byStatus = found.some(Boolean) ? undefined : ofStatus(at);
  // A status that the profile takes for none leaves the entries as unknown as a 200 does.
  const otherwise = byStatus?.kind ? byStatus : UNKNOWN;
  return read.flatMap((seen, index) => compose(found[index] ?? otherwise, 'graphql', seen, at));
}

/** No entries: the answer as a whole. */
function ofWhole(at: Examination, isAborted: boolean): readonly Failure[] {
  const { answer, tables } = at;
  const { common, error, data, meaning } = answer;
  const { status, close } = common;
  if (isSuccess(status) && data !== undefined && error === undefined && !close) return [];
  const seen = seenWhole(answer, tables);
  const word = finding(tables.lookUp('words', seen.code), 'word');
  const transport = finding(meaning.verdict, 'transport');
  const found = isAborted
    ? transport
    : (finding(tables.rule(seen, at.report), 'rule') ??
      // A 429 is one whatever word comes with it: not every page that lists the words lists that one.
      (status === 429 ? undefined : (word ?? byWords(seen, at))) ??
      ofStatus(at) ??
      finding(close && closeKind(close.code), 'close') ??
      transport ??
      misplaced(answer, !!word));
  return found ? compose(found, sourceOf(found, answer, !!word), seen, at) : [];
}

const UNKNOWN: Finding = { kind: 'unknown', ground: 'none' };

function finding(verdict: Verdict | undefined, ground: Ground): Finding | undefined {
  if (verdict === undefined) return undefined;
  return { ...(typeof verdict === 'string' ? { kind: verdict } : verdict), ground };
}

/** What an entry or answer says by itself: rules, `type` before `code` (F2). */
function byWords(seen: Seen, { tables, report }: Examination): Finding | undefined {
  return (
    finding(tables.rule(seen, report), 'rule') ??
    finding(tables.lookUp('types', seen.type), 'code') ??
    finding(tables.lookUp('codes', seen.code), 'code')
  );
}

function byNumericCode(seen: Seen, { tables, report }: Examination): Finding | undefined {
  if (!tables.numericCodes || !/^[45]\d\d$/.test(seen.code ?? '')) return undefined;
  const status = Number(seen.code);
  const found =
    finding(tables.rule({ ...seen, status }, report), 'rule') ??
    finding(tables.status(status), 'status');
  return found && { ...found, status };
}

function ofStatus({ answer, tables }: Examination): Finding | undefined {
  const { status } = answer.common;
  if (status === undefined || isSuccess(status)) return undefined;
  return finding(tables.status(status), 'status') ?? UNKNOWN;
}

/** F7: with a status that is no error, something other than a GraphQL answer. */
function misplaced({ isBare, common, text, error }: Answer, isWord: boolean): Finding | undefined {
  const { status, body, header } = common;
  if (error !== undefined && status === undefined) return UNKNOWN;
  const isForeign = isBare
    ? // Text that was too long to be parsed may be an answer all the same (X4).
      (property(body, 'errors') === undefined || isWord || isArray(body)) &&
      !(body === text && /^\s*\{[^]{65530}/.test(text ?? ''))
    : // A media type that carries no GraphQL answer, complete or in parts (F1).
      /^\s*(?:text\/(?!event-stream)|image\/|application\/xhtml)/i.test(
        header('content-type') ?? '',
      );
  return error !== undefined || isForeign ? { kind: 'bad_response', ground: 'none' } : undefined;
}

function sourceOf({ ground, kind }: Finding, answer: Answer, isWord: boolean): FailureSource {
  const { isBare, common } = answer;
  if (isWord) return 'token-endpoint';
  if (common.close && ground !== 'status' && ground !== 'transport') return 'socket';
  if (ground !== 'transport' && (common.status !== undefined || isBare)) return 'http';
  return kind === 'network' || kind === 'timeout' ? 'network' : 'client';
}

/**
 * T17: a Bearer challenge tells a token that is dead from one that is not enough. A rule of the profile
 * knows better; a known code does where the challenge says `invalid_token`.
 */
function challenged(found: Finding, { common: { header, status: answered } }: Answer): Finding {
  const { kind, ground, status = answered } = found;
  const isRefusal = kind === 'unauthenticated' || kind === 'forbidden';
  const mayBeToken = ground === 'status' && (isRefusal || status === 400);
  if (ground === 'rule' || !(isRefusal || mayBeToken)) return found;
  const error = challengeError(header('www-authenticate')) ?? '';
  if (mayBeToken && error === 'invalid_token') return { kind: 'unauthenticated', ground };
  if (!isRefusal || !/^insufficient_(?:scope|user_authentication)$/.test(error)) return found;
  const advice =
    process.env.NODE_ENV !== 'production'
      ? error === 'insufficient_scope'
        ? 'Ask for a token with the scope that this operation needs; refreshing the present one does not add it.'
        : 'Send the user through sign-in again: the API asks for a stronger or more recent authentication.'
      : '';
  const proof = isProof(found, answered, true) && ({ executed: false } as const);
  return { ground, kind: 'forbidden', freshToken: false, advice, ...proof };
}

/**
 * F9b: whoever answers so has looked at the request's credentials, rate or lock, and at nothing else. A
 * code says so by its kind, everything else by the status that came with it. A code that stands in no entry
 * of `errors` may be a server's that broke: beside a 5xx it says nothing.
 */
function isProof(
  { executed, ground, kind, status }: Finding,
  answered: number | undefined,
  isEntry: boolean,
): boolean {
  return (
    executed === false ||
    (ground === 'code' && (isEntry || (answered ?? 0) < 500)
      ? kind === 'unauthenticated' || kind === 'rate_limited'
      : [401, 423, 425, 429].includes((status ?? answered) as number))
  );
}

/** One failure from what was found; its own `all` is empty. None where what was found is no failure. */
function compose(
  told: Finding,
  source: FailureSource,
  seen: Seen,
  at: Examination,
): readonly Failure[] {
  const { answer, tables } = at;
  const found = challenged(told, answer);
  const { kind } = found;
  if (!kind) return [];
  const isEntry = source === 'graphql';
  const message = isEntry ? seen.message || anonymous(seen.status) : messageOf(answer);
  const draft = {
    kind,
    source,
    message: shorten(message),
    status: seen.status,
    code: seen.code,
    type: seen.type,
    ...(isEntry && keptOf(seen, tables.keys)),
    partial: answer.data != null,
    retryable: found.retryable ?? retryableKinds.includes(kind),
    freshToken: found.freshToken ?? (kind === 'unauthenticated' && found.ground !== 'word'),
    retryAt: namedInstant(kind, seen, at),
    advice: advise(kind, found.advice, source, at),
    all: [],
  };
  const known = Object.entries(draft).filter(([, value]) => value !== undefined);
  const executed = answer.isRefusal && isProof(found, seen.status, isEntry) ? false : undefined;
  return [{ ...Object.fromEntries(known), executed } as unknown as Failure];
}

/** F10: the verdict's own, the profile's, or what is done about such a failure in general. */
function advise(
  kind: FailureKind,
  own: string | undefined,
  source: FailureSource,
  { tables, answer }: Examination,
): string {
  const general = tables.advice[kind];
  if (process.env.NODE_ENV !== 'production') {
    // T7: what a token endpoint does not take is no fault of the operation.
    const isToken = source === 'token-endpoint' && (kind === 'bad_input' || !general);
    return (
      own || (isToken ? tokenAdvice(kind) : (redirectAdvice(answer) ?? general)) || adviceFor(kind)
    );
  }
  return own || (general ?? '');
}

function tokenAdvice(kind: FailureKind): string | undefined {
  if (kind === 'unauthenticated')
    return 'Sign in again: the refresh token, code or session is used up, expired or revoked.';
  return kind === 'bad_input'
    ? 'Sign in again, and check what the token endpoint is asked with: client, grant and scope.'
    : undefined;
}

/** F9a: a redirect is not followed, so whoever reads this must know where it leads; without what may be a secret. */
function redirectAdvice({ common: { status = 0, header } }: Answer): string | undefined {
  const target = status >= 300 && status < 400 ? header('location') : undefined;
  const address = target?.replace(/[?#][^]*/, '').replace(/\/\/[^/@]*@/, '//');
  return address !== undefined && /^[!-~]{1,300}$/.test(address)
    ? `The address that was asked redirects to ${address}: send operations there.`
    : undefined;
}

/** The instant that the server named for a failure of this kind, on our clock. */
function namedInstant(
  kind: FailureKind,
  seen: Seen,
  { tables, report }: Examination,
): number | undefined {
  if (kind === 'aborted') return undefined;
  const isThrottling = kind === 'rate_limited' || kind === 'locked';
  const wait =
    standardHint(seen.header, seen.now, isThrottling) ??
    (isThrottling || kind === 'unavailable' ? profileHint(tables.hints, seen, report) : undefined);
  return wait === undefined ? undefined : Math.min(seen.now + wait, LAST_INSTANT);
}

/** Somebody's words, cut to length, without the credentials that they may repeat (F11). */
function shorten(message: string): string {
  const cut =
    message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE - 1)}…` : message;
  return cut.replace(JWT, '…').replace(CREDENTIALS, '$1 …');
}
