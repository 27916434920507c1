import type { Failure, FailureKind, FailureSource } from '../base/failure.ts';
import type { Signal } from '../base/operation.ts';
import type { Answer, View } from './answer.ts';
import type { Finding, ProfileTables } from './profile.ts';
import type { Profile } from './profile-form.ts';
import { adviceFor, decisiveness, retryableKinds } from '../base/failure.ts';
import { first, property } from '../base/property.ts';
import { LAST_INSTANT } from '../base/time.ts';
import { readAnswer } from './answer.ts';
import { graphqlOverHttp } from './default-profile.ts';
import { failureWithin } from './failure-of.ts';
import { profileHint, standardHint } from './hint.ts';
import { isSuccess, tablesOf } from './profile.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** What a server may echo of the credentials it was sent: a JWT, or what follows its scheme. */
const CREDENTIALS =
  /\b(?:eyJ[\w-]{6,}\.[\w-]{2,}\.?[\w-]*|((?:Bearer|Basic|DPoP) +)[\w.~+/-]{16,}=*)/gi;

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
  const own = failureWithin(property(signal, 'error'));
  if (own) return own;
  try {
    return examine(signal, tablesOf(profile));
  } catch {
    // Only a profile that no `defineProfile` has seen leads here: then it says nothing.
    return examine(signal, tablesOf(graphqlOverHttp));
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

function examine(signal: Signal, tables: ProfileTables): Failure | undefined {
  const answer = readAnswer(signal, tables);
  const thrown: unknown[] = [];
  const found = answer.views.map((view) =>
    first(answer.tables, (table) => tables.finding(table, view, thrown)),
  );
  // Where something is known of one entry, the others are but unknown.
  const otherwise: Finding = found.some(Boolean) ? { kind: 'unknown' } : answer.otherwise;
  return deciding(
    answer.views.flatMap((view, index) =>
      compose(found[index] ?? otherwise, view, answer, tables, thrown),
    ),
    thrown,
  );
}

/**
 * The failure of the whole operation from those of its entries (F3): the most decisive one, with all of
 * them in `all`. It did not run only if that holds for each; and the server is not asked again before the
 * last instant that entries of this kind name (W3).
 */
function deciding(all: Failure[], thrown: readonly unknown[]): Failure | undefined {
  const rank = ({ kind }: Failure): number => decisiveness.indexOf(kind);
  const [decisive] = all.sort((one, other) => rank(one) - rank(other));
  if (!decisive) return undefined;
  const instants = all.flatMap(({ kind, retryAt }) =>
    kind === decisive.kind ? (retryAt ?? []) : [],
  );
  return {
    ...decisive,
    executed: all.every(({ executed }) => executed === false) ? false : undefined,
    ...(instants.length && { retryAt: Math.max(...instants) }),
    ...(thrown.length && { cause: thrown[0] }),
    all,
  };
}

/**
 * F9b: whoever answers so has looked at the request's credentials, rate or lock, and at nothing else. A
 * code says so by its kind, everything else by the status that came with it. A code that stands in no entry
 * of `errors` may be a server's that broke: beside a 5xx it says nothing.
 */
const isProof = ({ executed, ground, kind, status }: Finding, view: View): boolean =>
  executed === false ||
  ((ground === 'codes' || ground === 'types') &&
  (view.source === 'graphql' || (view.status ?? 0) < 500)
    ? kind === 'unauthenticated' || kind === 'rate_limited'
    : [401, 423, 425, 429].includes((status ?? view.status) as number));

/** One failure from what was found; its own `all` is empty. None where what was found is no failure. */
function compose(
  told: Finding,
  view: View,
  { isRefusal, words: ofTheWhole }: Answer,
  tables: ProfileTables,
  thrown: unknown[],
): readonly Failure[] {
  const { kind, ground, freshToken, retryable, advice } = challenged(told, view);
  if (!kind) return [];
  const { kept } = view;
  const words = view.source === 'graphql' ? view.message : ofTheWhole;
  const source = view.source ?? sourceOf(told, view);
  const draft = {
    ...kept,
    kind,
    source,
    message:
      words.replace(/^([^]{499})[^]{2,}/, '$1…').replace(CREDENTIALS, '$1…') || anonymous(view),
    retryable: retryable ?? retryableKinds.includes(kind),
    freshToken: freshToken ?? (kind === 'unauthenticated' && ground !== 'words'),
    retryAt: namedInstant(kind, view, tables, thrown),
    advice: advise(kind, advice, source, view, tables),
    all: [],
  };
  const known = Object.entries(draft).filter(([, value]) => value !== undefined);
  const executed = isRefusal && isProof(told, view) ? false : undefined;
  return [{ ...Object.fromEntries(known), executed } as unknown as Failure];
}

function sourceOf({ ground, kind }: Finding, { close, status, body }: View): FailureSource {
  if (ground !== 'transport') {
    if (close && ground !== 'statuses') return 'socket';
    if (status || body !== undefined) return 'http';
  }
  return kind === 'network' || kind === 'timeout' ? 'network' : 'client';
}

/** For an answer without words. */
const anonymous = ({ status, close, entry }: View): string =>
  close && entry === undefined
    ? `Socket closed with code ${close.code}`
    : status
      ? `HTTP ${status}`
      : 'Unknown error';

/**
 * T17: a Bearer challenge tells a token that is dead from one that is not enough. A rule of the profile
 * knows better; a known code does where the challenge says `invalid_token`.
 */
function challenged(found: Finding, view: View): Finding {
  const { kind, ground, status = view.status } = found;
  const isRefusal = kind === 'unauthenticated' || kind === 'forbidden';
  const mayBeToken =
    (ground === 'statuses' || ground === 'numbers') && (isRefusal || status === 400);
  if (ground === 'rules' || !(isRefusal || mayBeToken)) return found;
  const error = challengeError(view.header('www-authenticate')) ?? '';
  if (mayBeToken && error === 'invalid_token') return { kind: 'unauthenticated' };
  if (!isRefusal || !/^insufficient_(?:scope|user_authentication)$/.test(error)) return found;
  return { kind: 'forbidden', freshToken: false, advice: challengeAdvice(error) };
}

function challengeAdvice(error: string): string {
  if (process.env.NODE_ENV === 'production') return '';
  return error === 'insufficient_scope'
    ? 'Ask for a token with the scope that this operation needs; refreshing the present one does not add it.'
    : 'Send the user through sign-in again: the API asks for a stronger or more recent authentication.';
}

/** F10: the verdict's own, the profile's, or what is done about such a failure in general. */
function advise(
  kind: FailureKind,
  own: string | undefined,
  source: FailureSource,
  view: View,
  tables: ProfileTables,
): string {
  const general = tables.advice(kind);
  if (process.env.NODE_ENV !== 'production') {
    // T7: what a token endpoint does not take is no fault of the operation.
    const isToken = source === 'token-endpoint' && (kind === 'bad_input' || !general);
    return (
      own || (isToken ? tokenAdvice(kind) : (redirectAdvice(view) ?? general)) || adviceFor(kind)
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
function redirectAdvice({ status = 0, header }: View): string | undefined {
  const target = status >= 300 && status < 400 ? header('location') : undefined;
  const address = target?.replace(/[?#][^]*/, '').replace(/\/\/[^/@]*@/, '//');
  return address !== undefined && /^[!-~]{1,300}$/.test(address)
    ? `The address that was asked redirects to ${address}: send operations there.`
    : undefined;
}

/** The instant that the server named for a failure of this kind, on our clock. */
function namedInstant(
  kind: FailureKind,
  view: View,
  tables: ProfileTables,
  thrown: unknown[],
): number | undefined {
  if (kind === 'aborted') return undefined;
  const isThrottling = kind === 'rate_limited' || kind === 'locked';
  const wait =
    standardHint(view.header, view.now, isThrottling) ??
    (isThrottling || kind === 'unavailable' ? profileHint(tables.hints, view, thrown) : undefined);
  return wait === undefined ? undefined : Math.min(view.now + wait, LAST_INSTANT);
}

/** A challenge is read this far (X4). */
const LONGEST_CHALLENGE = 8_192;

/**
 * The `error` of a Bearer or DPoP challenge in `WWW-Authenticate` (RFC 6750 3, RFC 9470): `invalid_token`,
 * `insufficient_scope`, `insufficient_user_authentication`. Other schemes, and a description that
 * mentions such a word, do not count.
 */
export function challengeError(field = ''): string | undefined {
  const plain = field
    .slice(0, LONGEST_CHALLENGE)
    .replace(/"((?:[^"\\]|\\[^])*)"?/g, (_, said: string) => /^\w+$/.exec(said)?.[0] ?? '-');
  // From the scheme, over whatever parameters stand before it.
  return /(?:^|[\s,])(?:bearer|dpop)\s+(?:[\w-]+[ \t]*=[ \t]*[^\s,=]+[\s,]+)*?error[ \t]*=[ \t]*(\w+)/i
    .exec(plain)?.[1]
    ?.toLowerCase();
}
