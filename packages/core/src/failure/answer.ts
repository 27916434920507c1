import type { HeadersLike, Signal } from '../model/signal.ts';
import type { Body } from './body.ts';
import type { Carried } from './carried.ts';
import type { SocketClose } from './close-code.ts';
import type { HeaderReader } from './headers.ts';
import type { TransportMeaning } from './transport-error.ts';
import { LONGEST_BODY, readBody } from './body.ts';
import { carriedBy, isHollow } from './carried.ts';
import { reader } from './headers.ts';
import { firstItems, isArray, property } from './property.ts';
import { statusNumber } from './status.ts';
import { transportMeaning } from './transport-error.ts';

/** Entries of `errors[]` that are looked at (X4). */
const MOST_ERRORS = 100;

/** Media types of what comes in parts. */
const STREAM = /^\s*(?:multipart\/|text\/event-stream)/i;

/** RFC 6455 7.1.5: the code of a close that named none. */
const NO_CLOSE_CODE = 1005;

/** One answer, wherever its parts came from: the signal itself, its body, or the transport's error. */
export interface Answer {
  readonly status: number | undefined;
  readonly header: HeaderReader;
  readonly data: unknown;
  /** The first 100 entries of `errors`. */
  readonly errors: readonly unknown[];
  /** `undefined` where `data` or `errors` were given beside it. */
  readonly body: Body | undefined;
  /** All of it, parsed, for a profile's own functions: read when one of them asks (F12). */
  readonly whole: () => unknown;
  /** Not all of it was read, or it is no answer to this operation alone: it proves nothing (F9). */
  readonly incomplete: boolean;
  /** How many root fields the operation selects, where that is known. */
  readonly rootFields: unknown;
  /** What the transport failed with; `undefined` where it did not. */
  readonly error: unknown;
  /** What that error means by itself. */
  readonly meaning: Extract<TransportMeaning, { verdict: unknown }> | undefined;
  /** The transport's own words. */
  readonly words: string | undefined;
  readonly close: SocketClose | undefined;
  /** Epoch ms on our clock. */
  readonly now: number;
}

/**
 * Gathers an answer. The signal's own parts go before those that an error carries; the body is read
 * only where neither `data` nor `errors` are given.
 */
export function readAnswer(signal: Signal): Answer {
  const given = property(signal, 'error') ?? undefined;
  const error = isHollow(given) ? undefined : given;
  const carried = given === undefined ? undefined : carriedBy(given);
  const meaning = error === undefined ? undefined : transportMeaning(error);
  const header = reader(
    (property(signal, 'headers') ?? carried?.headers) as HeadersLike | undefined,
  );
  const now = property(signal, 'now');
  const found = result(signal, carried);
  const status = statusNumber(property(signal, 'status')) ?? carried?.status;
  const close =
    socketClose(property(signal, 'close')) ??
    (meaning !== undefined && 'close' in meaning ? meaning.close : undefined);
  // A line that broke after the status had come took the rest of the answer with it.
  const brokeOff = meaning !== undefined && status !== undefined;
  const isOther = close !== undefined || carried?.redirected === true;
  // Its text is the frames of a stream, or one of them, and what they hold is not looked at.
  const isFramed = found.body !== undefined && STREAM.test(header('content-type') ?? '');
  return {
    ...found,
    status,
    header,
    error,
    meaning: meaning !== undefined && 'verdict' in meaning ? meaning : undefined,
    words: carried?.message,
    close,
    incomplete: found.incomplete || brokeOff || isOther || isFramed,
    rootFields: property(signal, 'rootFields'),
    now: typeof now === 'number' && Number.isFinite(now) ? now : Date.now(),
  };
}

function result(
  signal: Signal,
  carried: Carried | undefined,
): Pick<Answer, 'data' | 'errors' | 'body' | 'whole' | 'incomplete'> {
  const { errors, isCut } = listOf(property(signal, 'errors'));
  const data = property(signal, 'data');
  const given = property(signal, 'body');
  const raw = given === undefined ? carried?.body : given;
  const incomplete =
    property(signal, 'incomplete') === true ||
    isArray(raw) ||
    (typeof raw === 'string' && raw.length > LONGEST_BODY);
  if (errors.length > 0 || data !== undefined) {
    const found = errors.length > 0 ? { errors, isCut } : listOf(carried?.errors);
    const extensions = property(signal, 'extensions');
    const whole = once(() => wholeOf(readBody(raw), { data, errors: found.errors, extensions }));
    const isPart = incomplete || found.isCut;
    return { data, errors: found.errors, body: undefined, whole, incomplete: isPart };
  }
  const body = readBody(raw);
  if (carried?.errors !== undefined) {
    const found = listOf(carried.errors);
    const read = { ...carried, errors: found.errors };
    const whole = once(() => wholeOf(body, read));
    const isPart = incomplete || found.isCut;
    return { data: read.data, errors: read.errors, body: undefined, whole, incomplete: isPart };
  }
  const isWord = body?.word !== undefined;
  const found = listOf(isWord ? undefined : property(body?.json, 'errors'));
  return {
    data: property(body?.json, 'data'),
    errors: found.errors,
    body,
    whole: () => wholeOf(body, {}),
    incomplete: incomplete || found.isCut || body?.isWhole === false,
  };
}

/** The body as far as it was read; else the parts that a client has made of it. */
function wholeOf(
  body: Body | undefined,
  { data, errors, extensions }: { data?: unknown; errors?: unknown; extensions?: unknown },
): unknown {
  if (body !== undefined) return body.parsed === undefined ? body.text : body.parsed;
  if (errors === undefined) return undefined;
  return {
    ...(data !== undefined && { data }),
    errors,
    ...(extensions !== undefined && { extensions }),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** An `errors` that is no list is one entry (F1). Of a longer list only the beginning is read. */
function listOf(errors: unknown): { readonly errors: readonly unknown[]; readonly isCut: boolean } {
  if (errors === undefined || errors === null) return { errors: [], isCut: false };
  if (!isArray(errors)) return { errors: [errors], isCut: false };
  return {
    errors: firstItems(errors, MOST_ERRORS),
    isCut: Number(property(errors, 'length')) > MOST_ERRORS,
  };
}

function socketClose(close: unknown): SocketClose | undefined {
  if (close === undefined || close === null) return undefined;
  const code = property(close, 'code');
  const reason = property(close, 'reason');
  return {
    code: Number.isInteger(code) ? Number(code) : NO_CLOSE_CODE,
    reason: typeof reason === 'string' ? reason : '',
  };
}
