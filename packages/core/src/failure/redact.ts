import type { Failure } from '../base/failure.ts';
import { isArray, isRecord, property, text } from '../base/property.ts';

const REDACTED = '[redacted]';
/** What may stand for a cut in a message that was shortened. */
const CUT = '…';
/** From this length on, text that is equal to a secret is no accident. */
const LONG = 16;
const SHORTEST = 6;
/** How far causes are followed (X4). */
const DEEPEST = 8;

/**
 * Takes an instance's secrets out of what a server says: some repeat the token that they reject, or the
 * header that held it, as it is, URL-encoded or in base64. A value that GraphQL refuses goes too: it is one
 * of the operation's variables (F11, X3b).
 *
 * @param secrets tokens and header values, old ones included: an answer may be late.
 */
export function redacted(failure: Failure, secrets: readonly string[]): Failure {
  const forms = [...new Set(secrets.filter(isTelling).flatMap(formsOf))].sort(
    (one, other) => other.length - one.length,
  );
  const clean = (said: string): string => forms.reduce(without, withoutValue(said));
  return cleaned(failure, clean, DEEPEST) as Failure;
}

/** A short secret that could be a word (`old`, `expired`) would take that word out of every message. */
function isTelling(secret: string): boolean {
  return secret.length >= LONG || (secret.length >= SHORTEST && !/^[a-z]+$/.test(secret));
}

/** A failure, or a cause of one, with clean words; the same object where nothing was to be taken out. */
function cleaned(told: unknown, clean: (said: string) => string, depth: number): unknown {
  if (typeof told === 'string') return clean(told);
  if (depth === 0 || !isRecord(told)) return told;
  return isFailure(told) ? cleanFailure(told, clean, depth) : cleanError(told, clean, depth);
}

function isFailure(told: object): told is Failure {
  return typeof property(told, 'kind') === 'string' && isArray(property(told, 'all'));
}

function cleanFailure(failure: Failure, clean: (said: string) => string, depth: number): Failure {
  const changed: Record<string, unknown> = {};
  const keep = (key: keyof Failure, value: unknown): void => {
    if (value !== failure[key]) changed[key] = value;
  };
  for (const key of ['message', 'advice', 'code', 'type', 'docsUrl', 'cause'] as const) {
    if (failure[key] !== undefined) keep(key, cleaned(failure[key], clean, depth - 1));
  }
  const path = failure.path?.map((step) => (typeof step === 'string' ? clean(step) : step));
  if (path?.some((step, index) => step !== failure.path?.[index])) keep('path', path);
  const all = failure.all.map((entry) => cleanFailure(entry, clean, depth - 1));
  if (all.some((entry, index) => entry !== failure.all[index])) keep('all', all);
  return Object.keys(changed).length > 0 ? { ...failure, ...changed } : failure;
}

/** An error that is not ours to change: one that tells a secret is told anew. */
function cleanError(error: unknown, clean: (said: string) => string, depth: number): unknown {
  const message = text(error, 'message') ?? '';
  const cause = property(error, 'cause');
  const cleanCause = cleaned(cause, clean, depth - 1);
  if (clean(message) === message && cleanCause === cause) return error;
  const told = new Error(clean(message), cleanCause === undefined ? {} : { cause: cleanCause });
  return Object.assign(told, { name: text(error, 'name') ?? 'Error' });
}

/** `Variable "$a" got invalid value "x" at "a.b"; Expected type "Int"` without the value. */
function withoutValue(said: string): string {
  return said.replace(
    /( got invalid value )[^]*?((?: at "[\w.[\]$]{1,200}")?; (?:Expected|Field) [^]*)?$/,
    `$1${REDACTED}$2`,
  );
}

/** The text without a secret, nor the first part of one where the text was cut within it. */
function without(said: string, secret: string): string {
  const whole = said.replaceAll(secret, REDACTED);
  const isCut = whole.endsWith(CUT);
  const body = isCut ? whole.slice(0, -CUT.length) : whole;
  for (let length = Math.min(secret.length - 1, body.length); length >= SHORTEST + 2; length--) {
    if (!body.endsWith(secret.slice(0, length))) continue;
    return `${body.slice(0, -length)}${REDACTED}${isCut ? CUT : ''}`;
  }
  return whole;
}

/** As it is, URL-encoded, and as it stands in base64 wherever it begins there. */
function formsOf(secret: string): readonly string[] {
  const inBase64 = ['', '.', '..'].map((before) => base64(before, secret));
  const inUrls = inBase64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  return [secret, urlEncoded(secret), ...inBase64, ...inUrls];
}

function urlEncoded(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    // Half a surrogate pair cannot be encoded, so nobody has.
    return secret;
  }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Those digits that the secret alone decides, where as many bytes as given stand before it. */
function base64(before: string, secret: string): string {
  const bytes = unescaped(urlEncoded(secret));
  const bits = [...before, ...bytes]
    .map((byte) => byte.charCodeAt(0).toString(2).padStart(8, '0'))
    .join('');
  const digits = bits.match(/.{6}/g)?.map((six) => DIGITS[Number.parseInt(six, 2)]) ?? [];
  return digits.slice(Math.ceil((before.length * 8) / 6)).join('');
}

/** UTF-8, a character for each byte. */
function unescaped(encoded: string): string {
  return encoded.replace(/%([\dA-F]{2})/g, (_, byte: string) =>
    String.fromCharCode(Number.parseInt(byte, 16)),
  );
}
