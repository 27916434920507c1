import type { Failure } from '../model/failure.ts';
import { ownFailure } from '../model/own-failure.ts';
import { adviceIn } from './advice.ts';
import { readBody } from './body.ts';
import { carriedBy } from './carried.ts';
import { classify } from './classify.ts';
import type { Profile } from './profile.ts';
import { property, text } from './property.ts';
import { resolveProfile } from './resolve-profile.ts';

/** Where token endpoints and SDKs put the word that says why. */
const KEYS = ['error', 'error_code', 'code', 'errorCode', '__type', 'name'];
/** How far `cause` is followed (X4). */
const DEEPEST = 8;
/** Words with which a token endpoint refuses the client itself, or what it asks (RFC 6749 5.2). */
const OF_THE_CLIENT =
  /^(?:invalid_client|unauthorized_client|unsupported_grant_type|invalid_request|invalid_scope)$/i;

/** What the rejection of a refresh means. */
export interface TokenRefusal {
  readonly failure: Failure;
  /** Only a sign-in can help (T7). */
  readonly final: boolean;
}

/**
 * Judges what `refresh` rejected with. Advice of a profile on the very word is kept; the general ones
 * speak of operations, which a token endpoint has none of.
 *
 * @param now the wall clock's value, epoch milliseconds.
 */
export function tokenRefusal(error: unknown, now: number, profile: Profile): TokenRefusal {
  const resolved = resolveProfile(profile);
  const word = wordsOf(error).find((said) => resolved.finalErrors.has(said.toUpperCase()));
  const known = classify({ error, now }, profile) ?? unsaid();
  const seen: Failure = { ...known, source: 'token-endpoint', freshToken: false };
  const general = seen.advice === adviceIn(seen.kind, resolved);
  const advice = general ? adviceOn(seen, word) : seen.advice;
  if (word === undefined) return { failure: { ...seen, advice }, final: false };
  // OAuth's own words have their kinds; with any other the endpoint says that it does not know the user.
  const kind = seen.code?.toUpperCase() === word.toUpperCase() ? seen.kind : 'unauthenticated';
  return { failure: { ...seen, kind, code: word, retryable: false, advice }, final: true };
}

function unsaid(): Failure {
  return ownFailure({
    kind: 'unknown',
    source: 'token-endpoint',
    message: 'The token refresh was rejected without a reason.',
    advice:
      'Let `refresh` reject with an error that has `status`, `headers` and `body`, or a `response`.',
  });
}

function adviceOn({ retryable, status = 0 }: Failure, word: string | undefined): string {
  if (word !== undefined) {
    return OF_THE_CLIENT.test(word)
      ? 'Sign in with other credentials: the token endpoint refuses this client, or what it asks for.'
      : 'Sign in again: the token endpoint renews this session no more.';
  }
  return retryable || status >= 500
    ? 'The token endpoint is down or takes no more requests for now, and is asked again; sign in again only if it goes on.'
    : 'Look at what the token endpoint answered; if it goes on, sign in again.';
}

/** The words that may say why, as they were sent. */
function wordsOf(error: unknown): readonly string[] {
  const body = readBody(carriedBy(error).body)?.json;
  const detail = property(body, 'error');
  const words = [...causes(error), body, detail].flatMap((node) =>
    KEYS.map((key) => text(node, key) ?? ''),
  );
  // Firebase has the word where others have a sentence, at times with one behind it.
  const [first = ''] = (text(detail, 'message') ?? '').split(' : ', 1);
  return [...words, first].map((said) => said.slice(said.lastIndexOf('#') + 1)).filter(Boolean);
}

function causes(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  let node = error;
  while (typeof node === 'object' && node !== null && chain.length < DEEPEST) {
    chain.push(node);
    node = property(node, 'cause');
  }
  return chain;
}
