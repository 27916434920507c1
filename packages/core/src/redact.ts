import { isArray, isPlain, isRecord, property } from './failure/property.ts';
import type { Failure } from './model/failure.ts';

const REDACTED = '[redacted]';
/** What may stand for a cut in a message that was shortened. */
const CUT = '…';
/** From this length on, text that is equal to a secret is no accident. */
const LONG = 16;
const SHORTEST = 6;
/** So much of a secret at the end of a text is taken for the beginning of one that was cut. */
const BEGINNING = 8;
/** How deep, and how many values in all, an application's error is looked into (X4). */
const DEEPEST = 6;
const MOST_VALUES = 2_000;

/**
 * Takes an instance's secrets out of what servers, stores and callbacks say: some repeat the token that
 * they reject, or the header that held it, as it is or encoded (F11, X3b). The one place that does.
 */
export class Redaction {
  readonly #forms: readonly string[];
  #left = MOST_VALUES;

  /** @param secrets tokens and header values, old ones included: an answer may be late. */
  constructor(secrets: Iterable<string>) {
    const forms = new Set<string>();
    for (const secret of secrets) for (const form of formsOf(secret)) forms.add(form);
    // Of two that overlap the longer goes first: the rest of it would stay.
    this.#forms = [...forms].sort((one, other) => other.length - one.length);
  }

  /** The failure itself where it repeats none. */
  failure(failure: Failure): Failure {
    if (this.#forms.length === 0) return failure;
    this.#left = MOST_VALUES;
    return this.#record(failure, 0) as unknown as Failure;
  }

  /** An error of somebody else's: itself where it repeats none, else a copy without them. */
  error(error: unknown): unknown {
    if (this.#forms.length === 0) return error;
    this.#left = MOST_VALUES;
    return this.#value(error, 0);
  }

  text(text: string): string {
    return this.#forms.reduce(without, text);
  }

  #value(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null || depth > DEEPEST || this.#left-- <= 0) {
      return value;
    }
    if (isError(value)) return this.#error(value, depth);
    if (isArray(value)) return this.#list(value, depth);
    if (isPlain(value)) return this.#record(value, depth);
    return this.#hides(value, depth) ? REDACTED : value;
  }

  #list(list: readonly unknown[], depth: number): readonly unknown[] {
    const cleaned = list.slice(0, MOST_VALUES).map((item) => this.#value(item, depth + 1));
    return cleaned.some((item, index) => item !== list[index]) ? cleaned : list;
  }

  #record(record: object, depth: number): object {
    let cleaned: Record<string, unknown> | undefined;
    for (const key of Object.keys(record)) {
      const value = property(record, key);
      const clean = this.#value(value, depth + 1);
      const name = this.text(key);
      if (clean === value && name === key) continue;
      cleaned ??= { ...(record as Readonly<Record<string, unknown>>) };
      if (name !== key) delete cleaned[key];
      cleaned[name] = clean;
    }
    return cleaned ?? record;
  }

  #error(error: object, depth: number): unknown {
    const keys = new Set(['name', 'message', 'stack', 'cause', 'errors', ...Object.keys(error)]);
    let isClean = true;
    const copy = new Error();
    for (const key of keys) {
      const value = property(error, key);
      const clean = this.#value(value, depth + 1);
      const name = this.text(key);
      if (clean !== value || name !== key) isClean = false;
      if (value === undefined) continue;
      const enumerable = Object.prototype.propertyIsEnumerable.call(error, key);
      Object.defineProperty(copy, name, {
        value: clean,
        enumerable,
        writable: true,
        configurable: true,
      });
    }
    return isClean ? error : copy;
  }

  /** Whether an object of some class holds a secret where somebody who prints it would see it. */
  #hides(value: object, depth: number): boolean {
    const parts: unknown[] = ['headers', 'url', 'message', 'cause'].map((key) =>
      property(value, key),
    );
    const each = property(value, 'forEach');
    if (typeof each === 'function') {
      try {
        each.call(value, (item: unknown, key: unknown) => {
          if (parts.length < MOST_VALUES) parts.push(item, key);
        });
      } catch {
        // What cannot be walked is not walked by whoever prints it either.
      }
    }
    for (const key of Object.keys(value)) parts.push(property(value, key));
    return parts.some((part) => this.#value(part, depth + 1) !== part);
  }
}

/** The same for one failure. */
export function redacted(failure: Failure, secrets: Iterable<string>): Failure {
  return new Redaction(secrets).failure(failure);
}

/** What a store's error says, and nothing else of it: its fields may hold what was to be stored (X3b). */
export function messageAlone(error: unknown): Error {
  const message = isRecord(error) ? property(error, 'message') : error;
  const name = property(error, 'name');
  const told = new Error(typeof message === 'string' ? message : 'It failed without a message.');
  if (typeof name === 'string') told.name = name;
  return told;
}

/** Header values, and the tokens that stand in them behind a scheme. */
export function secretsIn(signed: Readonly<Record<string, string>> | undefined): readonly string[] {
  return Object.values(signed ?? {}).flatMap((value) => [
    value,
    ...value.split(/[\s,;="]+/).filter((part) => part.length >= LONG || /[^a-z]/i.test(part)),
  ]);
}

const known = new Map<string, readonly string[]>();
const MOST_KNOWN = 256;

/** A secret as it may be repeated: as it is, URL-encoded, or base64 within whatever stood around it. */
function formsOf(secret: string): readonly string[] {
  if (!isTelling(secret)) return [];
  const found = known.get(secret);
  if (found !== undefined) return found;
  const forms = [secret, ...urlEncoded(secret), ...base64Encoded(secret)];
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(secret, forms);
  return forms;
}

/** A short secret that could be a word (`old`, `expired`) would take that word out of every message. */
function isTelling(secret: string): boolean {
  return secret.length >= LONG || (secret.length >= SHORTEST && !/^[a-z]+$/.test(secret));
}

function urlEncoded(secret: string): readonly string[] {
  try {
    const encoded = encodeURIComponent(secret);
    // What `encodeURIComponent` leaves: RFC 3986 reserves most of it, and a form (`+` for a space) encodes `~`.
    const strict = encoded.replace(/[!'()*]/g, percent);
    const form = encoded.replace(/[!'()~]/g, percent).replaceAll('%20', '+');
    const all = [encoded, strict, form];
    const lower = all.map((one) => one.replace(/%../g, (escape) => escape.toLowerCase()));
    return [...all, ...lower, JSON.stringify(secret).slice(1, -1)];
  } catch {
    // Half a surrogate pair: no URL holds it.
    return [];
  }
}

function percent(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
}

function base64Encoded(secret: string): readonly string[] {
  const bytes = bytesOf(secret);
  const whole = base64(bytes);
  const forms = [whole.padEnd(Math.ceil(whole.length / 4) * 4, '='), whole];
  // Behind other text it begins within a group of three bytes, and its last sign is shared with what follows.
  for (const before of [0, 1, 2]) {
    const placed = base64([...Array.from({ length: before }, () => 0), ...bytes]);
    const first = before === 0 ? 0 : before + 1;
    const last = ((before + bytes.length) * 8) % 6 === 0 ? placed.length : placed.length - 1;
    if (last - first >= BEGINNING) forms.push(placed.slice(first, last));
  }
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** UTF-8, without a `TextEncoder` that some platforms lack (P1). */
function bytesOf(text: string): readonly number[] {
  let escaped: string;
  try {
    escaped = encodeURIComponent(text);
  } catch {
    escaped = '';
  }
  const bytes: number[] = [];
  for (let index = 0; index < escaped.length; index++) {
    if (escaped[index] !== '%') bytes.push(escaped.charCodeAt(index));
    else {
      bytes.push(Number.parseInt(escaped.slice(index + 1, index + 3), 16));
      index += 2;
    }
  }
  return bytes;
}

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648 4, without padding. */
function base64(bytes: readonly number[]): string {
  let encoded = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [one = 0, two = 0, three = 0] = bytes.slice(index, index + 3);
    const group = one * 65_536 + two * 256 + three;
    const signs = Math.min(4, bytes.length - index + 1);
    for (let nth = 0; nth < signs; nth++) {
      encoded += SIGNS[Math.floor(group / 64 ** (3 - nth)) % 64];
    }
  }
  return encoded;
}

/** The text without a secret, nor the first part of one where the text was cut within it. */
function without(text: string, secret: string): string {
  const whole = text.includes(secret) ? text.replaceAll(secret, REDACTED) : text;
  const isCut = whole.endsWith(CUT);
  const body = isCut ? whole.slice(0, -CUT.length) : whole;
  const at = body.lastIndexOf(secret.slice(0, BEGINNING));
  if (at === -1 || !secret.startsWith(body.slice(at))) return whole;
  return `${body.slice(0, at)}${REDACTED}${isCut ? CUT : ''}`;
}

function isError(value: object): boolean {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
  } catch {
    return false;
  }
}
