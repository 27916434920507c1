import type { HeadersLike, ReceivedBody, Signal } from '@holdfast/core';

/** A result, and what is to be seen in it. */
export interface Answer<R> {
  /** Mended where Apollo would fail over it (A6b); else the very same object. */
  readonly result: R;
  /** From wherever the result holds some: `failureOf` finds the failure by each. */
  readonly errors: readonly unknown[] | undefined;
  /** What the core looks at, as the server sent it (F12); `undefined` for a heartbeat. */
  readonly signal: Signal | undefined;
}

/** What is looked at in a response. */
export interface Answered {
  readonly status?: number;
  readonly headers?: HeadersLike;
  readonly url?: string;
}

/** Where a result may hold something, whatever an app's `TypeOverrides` say that it is (A1). */
interface Shape {
  readonly data?: unknown;
  readonly errors?: unknown;
  readonly incremental?: unknown;
  readonly completed?: unknown;
  readonly hasNext?: unknown;
  readonly extensions?: Readonly<Record<PropertyKey, unknown>> | null;
}

/** The version of Apollo that a result is for. */
export interface Reader {
  /** Whether it takes such an entry of `errors` (A6b). */
  takes(entry: unknown): boolean;
}

/** @param response what has come with this result, and not with one before it. */
export function answerOf<R>(
  sent: R,
  response: Answered | undefined,
  received: ReceivedBody | undefined,
  reader: Reader,
): Answer<R> {
  const shape = (sent ?? {}) as Shape;
  const { data, incremental, extensions } = shape;
  // What nearly all of them are: there is nowhere an error could be.
  const isPlain = !shape.errors && !extensions && !incremental && !shape.completed;
  const result = isPlain ? shape : mended(shape, reader);
  const isMended = result !== shape;
  const errors = isPlain ? undefined : errorsIn(result);
  const isHeartbeat =
    !response && data === undefined && incremental === undefined && errors === undefined;
  return {
    result: isMended ? (result as R) : sent,
    errors,
    signal: isHeartbeat
      ? undefined
      : {
          status: response?.status,
          headers: response?.headers,
          // A chunk brings some.
          data: data === undefined ? incremental : data,
          errors: isMended ? errorsIn(shape) : errors,
          extensions,
          body: sent,
          incomplete: received?.incomplete,
        },
  };
}

/**
 * What HttpLink lays beside a payload where a multipart subscription says that it is lost itself: an error
 * that has `errors` (Apollo 4), or their list (Apollo 3). It lies there under a symbol, which no server can
 * send, and which each copy of Apollo 3 has for itself: it is found by being one.
 */
export function protocolErrorsIn(result: unknown): unknown {
  const extensions = (result as Shape | null)?.extensions ?? {};
  return Object.getOwnPropertySymbols(extensions).map((key) => extensions[key])[0];
}

/**
 * The error by which a multipart subscription says that it is lost itself: nothing but the end comes after
 * it (S2). HttpLink makes a result of it, where other links make an error of the like.
 */
export function lossIn(result: unknown): unknown {
  return (result as Shape | null)?.data === undefined ? protocolErrorsIn(result) : undefined;
}

/**
 * What there is in place of a GraphQL response, as an error: Apollo takes JSON such as `[]`, or `errors`
 * that holds none without `data`, for a result, and so a mutation for one that succeeded (F7).
 */
export function misplaced(result: unknown): unknown {
  const { data, errors, hasNext } = (result ?? {}) as Shape;
  if (data !== undefined) return undefined;
  const isResponse =
    typeof result === 'object' &&
    result !== null &&
    !Array.isArray(result) &&
    (errors || !('errors' in result) || hasNext !== undefined);
  return isResponse
    ? undefined
    : new TypeError('The server answered JSON that is no GraphQL response.');
}

/** A5: an incremental answer has errors in its chunks, a multipart one beside its payload. */
function errorsIn(result: Shape): readonly unknown[] | undefined {
  const holders = [
    result,
    ...listed(result.incremental),
    ...listed(result.completed),
    protocolErrorsIn(result),
  ] as readonly (Shape | null | undefined)[];
  const lists = holders.flatMap((holder) => {
    const list = entriesOf(holder);
    return list.length > 0 ? [list] : [];
  });
  return lists.length > 1 ? lists.flat() : lists[0];
}

/** What is no list is one entry, and what is falsy none: so Apollo has it, too. */
function entriesOf(holder: Shape | null | undefined): readonly unknown[] {
  const errors = holder?.errors;
  return Array.isArray(errors) ? errors : errors ? [errors] : [];
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Makes `errors` a list of errors where it is something that Apollo fails over (A6b), in chunks, too; anything
 * else stays the very same object. Seen with 4.3.8: a string crashes the client, an object or a number is not
 * noticed by the client and crashes ErrorLink and PersistedQueryLink, which then never answer; so do `null`
 * among the entries, and a message that cannot be made a string.
 */
function mended(result: Shape, reader: Reader): Shape {
  const withErrors = <T extends Shape | null>(holder: T): T => {
    const entries = entriesOf(holder);
    if (
      entries.length === 0 ||
      (entries === holder?.errors && entries.every((entry) => reader.takes(entry)))
    )
      return holder;
    return { ...holder, errors: entries.map(wellFormed) };
  };
  let whole = withErrors(result);
  for (const key of ['incremental', 'completed'] as const) {
    const chunks = listed(whole[key]) as readonly (Shape | null)[];
    const better = chunks.map(withErrors);
    if (better.some((chunk, index) => chunk !== chunks[index])) whole = { ...whole, [key]: better };
  }
  return whole;
}

/** Whether Apollo 4 takes such an entry. */
export function apolloTakes(entry: unknown): boolean {
  if (entry === null || entry === undefined) return false;
  const { message } = entry as { readonly message?: unknown };
  return typeof message !== 'object' || message === null;
}

function wellFormed(entry: unknown): object {
  const { message } = (entry ?? {}) as { readonly message?: unknown };
  const isObject = typeof entry === 'object';
  if (isObject && typeof message === 'string') return entry as object;
  const wordless = 'The server sent an error without a message.';
  return isObject || entry === undefined
    ? { ...(entry as object | null | undefined), message: wordless }
    : { message: String(entry) };
}
