import type { Failure } from './model/failure.ts';

const REDACTED = '[redacted]';
/** What may stand for a cut in a message that was shortened. */
const CUT = '…';
/** From this length on, text that is equal to a secret is no accident. */
const LONG = 16;
const SHORTEST = 6;

/**
 * Takes an instance's secrets out of what a server says: some repeat the token that they reject, or the
 * header that held it (F11).
 *
 * @param secrets tokens and header values, old ones included: an answer may be late.
 */
export function redacted(failure: Failure, secrets: readonly string[]): Failure {
  const telling = secrets.filter(isTelling);
  const clean = (text: string): string => telling.reduce(without, text);
  const leaks = (told: Failure): boolean =>
    [told.message, told.code, told.type, told.docsUrl, told.advice].some(
      (text) => text !== undefined && clean(text) !== text,
    );
  if (telling.length === 0 || (!leaks(failure) && !failure.all.some(leaks))) return failure;
  const cleaned = (told: Failure): Failure => ({
    ...told,
    message: clean(told.message),
    advice: clean(told.advice),
    ...(told.code === undefined ? {} : { code: clean(told.code) }),
    ...(told.type === undefined ? {} : { type: clean(told.type) }),
    ...(told.docsUrl === undefined ? {} : { docsUrl: clean(told.docsUrl) }),
  });
  return { ...cleaned(failure), all: failure.all.map(cleaned) };
}

/** A short secret that could be a word (`old`, `expired`) would take that word out of every message. */
function isTelling(secret: string): boolean {
  return secret.length >= LONG || (secret.length >= SHORTEST && !/^[a-z]+$/.test(secret));
}

/** The text without a secret, nor the first part of one where the text was cut within it. */
function without(text: string, secret: string): string {
  const whole = text.replaceAll(secret, REDACTED);
  const isCut = whole.endsWith(CUT);
  const body = isCut ? whole.slice(0, -CUT.length) : whole;
  for (let length = Math.min(secret.length - 1, body.length); length >= SHORTEST + 2; length--) {
    if (!body.endsWith(secret.slice(0, length))) continue;
    return `${body.slice(0, -length)}${REDACTED}${isCut ? CUT : ''}`;
  }
  return whole;
}
