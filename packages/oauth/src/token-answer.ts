import type { Tokens } from '@holdfast/core';
import { isRecord } from './options.ts';

/** A lifetime in seconds: a number, or a string of one as some servers send. Anything else is ignored. */
function readSeconds(value: unknown): number | undefined {
  const decimal = typeof value === 'string' && /^\d+(?:\.\d+)?$/u.test(value);
  const seconds = decimal ? Number(value) : value;
  return typeof seconds === 'number' && seconds > 0 && Number.isFinite(seconds)
    ? seconds
    : undefined;
}

/**
 * The tokens of a successful answer (RFC 6749, section 5.1), or `undefined` where no access token is
 * in it. `token_type` is not looked at: how a token is sent is the profile's to say.
 *
 * `expires_in` of 0 is ignored like other nonsense: some servers mean "never" by it, and where a token
 * really is dead, the API's own answer says so.
 */
export function readTokens(json: unknown, received: number): Tokens | undefined {
  if (!isRecord(json)) return undefined;
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn } = json;
  if (typeof accessToken !== 'string' || accessToken === '') return undefined;
  const seconds = readSeconds(expiresIn);
  return {
    accessToken,
    ...(typeof refreshToken === 'string' && refreshToken !== '' ? { refreshToken } : {}),
    ...(seconds === undefined ? {} : { expiresAt: received + seconds * 1000 }),
  };
}

/** The tokens that an application's `read` found, with an expiry where the lifetime is known. */
export function foundTokens(
  found: unknown,
  received: number,
  lifetime: number | undefined,
): Tokens | undefined {
  const tokens = typeof found === 'string' ? { accessToken: found } : found;
  if (!isRecord(tokens)) return undefined;
  const { accessToken, refreshToken, expiresAt } = tokens;
  if (typeof accessToken !== 'string' || accessToken === '') return undefined;
  const known = typeof expiresAt === 'number' && Number.isFinite(expiresAt);
  const expiry = known ? expiresAt : lifetime === undefined ? undefined : received + lifetime;
  return {
    accessToken,
    ...(typeof refreshToken === 'string' && refreshToken !== '' ? { refreshToken } : {}),
    ...(expiry === undefined ? {} : { expiresAt: expiry }),
  };
}

/** Bytes read of an answer. Tokens are a few KiB; more is no answer of a token endpoint (X4). */
const limit = 64 * 1024;

/** A body's text, and whether it was longer than what is read. */
export interface AnswerBody {
  readonly text: string;
  readonly cut: boolean;
}

/**
 * Reads a body up to 64 KiB and lets go of the rest.
 *
 * @param signal lets go of it as well: not every `fetch` minds a signal while a body comes.
 */
export async function readBody(response: Response, signal: AbortSignal): Promise<AnswerBody> {
  // React Native and some fetch replacements have no body stream: there the whole text is read.
  if (typeof response.body?.getReader !== 'function') {
    const text = await response.text();
    return { text: text.slice(0, limit), cut: text.length > limit };
  }
  const reader = response.body.getReader();
  // The body may already have failed; that nobody reads on is what matters here.
  const letGo = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', letGo);
  try {
    const decoder = new TextDecoder();
    let text = '';
    let left = limit;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        if (signal.aborted) throw ended(signal);
        return { text: text + decoder.decode(), cut: false };
      }
      text += decoder.decode(value.subarray(0, left), { stream: true });
      left -= value.length;
      if (left < 0) {
        letGo();
        return { text, cut: true };
      }
    }
  } finally {
    signal.removeEventListener('abort', letGo);
  }
}

/** Why nobody waits for the body any more. */
function ended(signal: AbortSignal): Error {
  const { reason } = signal as { readonly reason: unknown };
  return reason instanceof Error ? reason : new Error('The token request was ended.');
}

/** The parsed JSON, or `undefined` where it is none. The parser's error repeats the text, so it is dropped. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
