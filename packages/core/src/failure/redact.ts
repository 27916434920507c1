import { attempt, isArray, isObject, property } from '../base/property.ts';

const REDACTED = '[redacted]';

/** So much of a secret at the end of a text is taken for the first part of one that was cut. */
const BEGINNING = 8;

/** What is looked at in a failure, and in an error that is its cause. */
const FIELDS = ['message', 'code', 'type', 'docsUrl', 'path', 'advice', 'all', 'cause'];

/**
 * Takes an instance's secrets out of a failure, an error or a text. Servers say them: some repeat the token that they reject, or the
 * header that held it, as it is, URL-encoded or in base64. A value that GraphQL refuses goes too: it is one
 * of the operation's variables (F11, X3b).
 *
 * @param secrets tokens and header values, old ones included: an answer may be late.
 */
export function redacted<T>(given: T, secrets: readonly string[]): T {
  const forms = [...new Set(secrets.flatMap(partsOf))]
    .flatMap(formsOf)
    // Of two that overlap the longer goes first: the rest of it would stay.
    .sort(([one], [other]) => other.length - one.length);
  /** The same with clean words; the same object where nothing was to be taken out. */
  const clean = (told: unknown, depth: number): unknown => {
    if (typeof told === 'string') return forms.reduce(without, withoutValue(told));
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
  return clean(given, 8) as T;
}

/** A token or header value, and what stands in it behind a scheme or a name. */
const partsOf = (secret: string): readonly string[] =>
  [secret, ...secret.split(/[\s,;="]+/).filter((part) => /^[^]{16}|[^a-z]/i.test(part))]
    // A short one that could be a word (`old`, `expired`) would take that word out of every message.
    .filter((part) => /^(?:[^]{16}|(?![a-z]+$)[^]{6})/.test(part));

/** A secret as it may be repeated, and patterns of the signs before and after it that tell of it too. */
type Form = readonly [text: string, before: string, after: string];

/** As it is, as JSON, URLs and forms have it, and as it stands in base64 wherever it begins there. */
function formsOf(secret: string): readonly Form[] {
  const texts = [secret, JSON.stringify(secret).slice(1, -1)];
  // Half a surrogate pair cannot be encoded, so nobody has.
  const url = attempt(() => encodeURIComponent(secret)) ?? '';
  const form = url.replace(/[!'()~]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  texts.push(url, form.replaceAll('%20', '+'));
  // UTF-8, without a `TextEncoder` or a `btoa` that some platforms lack (P1).
  const bytes = url.match(/%..|./g) ?? [];
  return [
    ...[...new Set(texts)].map((text): Form => [text, '', '']),
    ...['', '.', '..'].flatMap((before) => base64([...before, ...bytes], before.length)),
  ];
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Those digits that a secret alone decides, in either alphabet, where other bytes stand before it. The digits
 * beside them tell some of its bits, and so does the padding (RFC 4648 4).
 */
function base64(bytes: readonly string[], others: number): readonly Form[] {
  const bits = bytes
    .map((byte) => (byte[1] ? Number.parseInt(byte.slice(1), 16) : byte.charCodeAt(0)))
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const digits = bits.match(/.{6}/g)?.map((six) => DIGITS[Number.parseInt(six, 2)]) ?? [];
  const text = digits.slice(others && others + 1).join('');
  const inUrls = text.replaceAll('+', '-').replaceAll('/', '_');
  const after = `${bits.length % 6 ? DIGIT : ''}=*`;
  return [text, inUrls].map((one) => [one, others ? DIGIT : '', after]);
}

const DIGIT = '[\\w+/-]?';

/** The text without a secret, nor the first part of one where the text was cut within it. */
function without(said: string, [text, before, after]: Form): string {
  if (!text) return said;
  const pattern = before + text.replace(/\W/g, '\\$&') + after;
  // Escapes of URLs may be in lower case.
  const whole = said.replace(new RegExp(pattern, 'gi'), REDACTED);
  const [, body = '', cut = ''] = /^([^]*?)(…?)$/.exec(whole) ?? [];
  const [lower, sought] = [body, text].map((one) => one.toLowerCase()) as [string, string];
  for (let length = Math.min(text.length, body.length); length >= BEGINNING; length--) {
    if (!lower.endsWith(sought.slice(0, length))) continue;
    return body.slice(0, -length).replace(new RegExp(`${before}$`), '') + REDACTED + cut;
  }
  return whole;
}

/** What is said behind a value, and tells nothing of it. */
const REASON = /(?: at "[\w.[\]$]{1,200}")?; (?:Expected|Field) [^.;]*\.?$/;

/** `Variable "$a" got invalid value "x" at "a.b"; Expected type "Int".` without the value, and the like. */
const withoutValue = (said: string): string =>
  said
    .replace(
      /( (?:got|has) invalid value )(?!at )([^]*)/,
      (_, start: string, rest: string) => start + REDACTED + (REASON.exec(rest)?.[0] ?? ''),
    )
    .replace(
      /(\bcannot represent [^:"]{0,80}: |\binvalid value at [^]*?, found: )[^]*/,
      `$1${REDACTED}`,
    )
    .replace(/\bValue "[^]*" (?=does not exist in )/, `Value ${REDACTED} `);
