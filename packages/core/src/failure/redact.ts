import type { Failure } from '../base/failure.ts';
import { attempt, isArray, isObject, property } from '../base/property.ts';

const REDACTED = '[redacted]';

/** What is looked at in a failure, and in an error that is its cause. */
const FIELDS = ['message', 'code', 'type', 'docsUrl', 'path', 'advice', 'all', 'cause'];

/** `Variable "$a" got invalid value "x" at "a.b"; Expected type "Int"`: the value, and what follows it. */
const VALUE = /( got invalid value )[^]*?((?: at "[^"]{1,200}")?; (?:Expected|Field) [^]*)?$/;

/**
 * Takes an instance's secrets out of what a server says: some repeat the token that they reject, or the
 * header that held it, as it is, URL-encoded or in base64. A value that GraphQL refuses goes too: it is one
 * of the operation's variables (F11, X3b).
 *
 * @param secrets tokens and header values, old ones included: an answer may be late.
 */
export function redacted(failure: Failure, secrets: readonly string[]): Failure {
  const forms = secrets
    // A short secret that could be a word (`old`, `expired`) would take that word out of every message.
    .filter((secret) => /^(?:[^]{16}|(?![a-z]+$)[^]{6})/.test(secret))
    .flatMap(formsOf)
    .sort((one, other) => other.length - one.length);
  /** What was told, with clean words; the same object where nothing was to be taken out. */
  const clean = (told: unknown, depth: number): unknown => {
    if (typeof told === 'string') {
      return forms.reduce(without, told.replace(VALUE, `$1${REDACTED}$2`));
    }
    // How far causes are followed (X4).
    if (!depth || !isObject(told)) return told;
    const changes: Record<string, unknown> = {};
    for (const key of isArray(told) ? Object.keys(told) : FIELDS) {
      const before = property(told, key);
      const after = clean(before, depth - 1);
      if (after !== before) changes[key] = after;
    }
    if (!Object.keys(changes).length) return told;
    if (isArray(told)) return Object.assign([...told], changes);
    if (isArray(property(told, 'all'))) return { ...told, ...changes };
    // An error that is not ours to change is told anew.
    const { name, message, cause } = told as Error;
    return Object.assign(new Error(message, { cause }), { name }, changes);
  };
  return clean(failure, 8) as Failure;
}

/** The text without a secret, nor the first part of one where the text was cut within it. */
function without(said: string, form: string): string {
  const whole = said.replaceAll(form, REDACTED);
  const at = whole.lastIndexOf(form.slice(0, 8));
  const tail = whole.slice(at).replace(/…$/, '');
  return at >= 0 && form.startsWith(tail)
    ? whole.slice(0, at) + REDACTED + whole.slice(at + tail.length)
    : whole;
}

/** As it is, URL-encoded, and as it stands in base64 wherever it begins there, where the platform has that. */
const formsOf = (secret: string): readonly string[] => [
  secret,
  ...(attempt(() => [
    encodeURIComponent(secret),
    ...['', '.', '..'].flatMap((before, index) => {
      // Those digits that the secret alone decides.
      const digits = btoa(before + secret)
        .slice(index && index + 1)
        .replace(/.?=+$/, '');
      return [digits, digits.replace(/\+/g, '-').replace(/\//g, '_')];
    }),
  ]) ?? []),
];
