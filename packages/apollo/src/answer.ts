import { failureOf, ResilienceError } from '@holdfast/core';
import type { HeadersLike, ReceivedBody, Signal } from '@holdfast/core';

/** A result as it is, which almost every one is; or one that has more to it. */
export type Answer<R> = R | Unusual<R>;

/** A result that holds errors, or may, wherever it holds them. */
export class Unusual<R> {
  /** Mended where Apollo would fail over it (A6b). */
  readonly result: R;
  /** The same as the server sent it (F12). */
  readonly sent: R;
  /** From wherever the result holds some: `failureOf` finds the failure by each. */
  readonly errors: readonly unknown[] | undefined;

  constructor(sent: R, mended: R = mend(sent as Shape | null) as R) {
    this.result = mended;
    this.sent = sent;
    this.errors = errorsIn(mended as Shape | null);
  }
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

/** What is looked at in a response. */
interface Answered {
  readonly status?: number;
  readonly headers?: HeadersLike;
}

/** The data of a chunk, for whoever asks only whether there is any. */
const SOME_DATA = {};

export function answerOf<R>(result: R): Answer<R> {
  return isPlain(result as Shape | null) ? result : new Unusual(result);
}

/** Nothing in it is to be mended, and nothing can hold an error. */
function isPlain(result: Shape | null): boolean {
  return (
    result?.errors === undefined &&
    result?.extensions === undefined &&
    result?.incremental === undefined &&
    result?.completed === undefined
  );
}

/**
 * An error in place of a result that has failed and shows it in nothing: no data, and no errors. Apollo takes it
 * for an answer that brought nothing, and so a mutation for one that succeeded (R10).
 */
export function silentError(answer: unknown): ResilienceError | undefined {
  const { data } = (answer instanceof Unusual ? answer.result : answer) as Shape;
  const failure = data === undefined || data === null ? failureOf(answer) : undefined;
  return failure === undefined || failure.source === 'graphql'
    ? undefined
    : new ResilienceError(failure);
}

/** A result that needs no mending stays the very same object, chunks or not. */
function mend(result: Shape | null): Shape | null {
  let mended = withErrorList(result);
  for (const key of ['incremental', 'completed'] as const) {
    const chunks = listed(mended?.[key]) as readonly (Shape | null)[];
    const whole = chunks.map(withErrorList);
    if (whole.some((chunk, index) => chunk !== chunks[index])) mended = { ...mended, [key]: whole };
  }
  return mended;
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
  if ((result as Shape | null)?.data !== undefined) return undefined;
  const isObject = typeof result === 'object' && result !== null && !Array.isArray(result);
  return isObject && !isVoid(result)
    ? undefined
    : new TypeError('The server answered JSON that is no GraphQL response.');
}

function isVoid(result: Shape): boolean {
  const { data, errors, hasNext } = result;
  return data === undefined && 'errors' in result && !errors && hasNext === undefined;
}

/** What a response tells before its body does, or in place of a body that breaks (A5). */
export function seenIn(
  response: unknown,
  body: ReceivedBody | undefined,
  error: unknown,
): Signal | undefined {
  const { status, headers } = (response ?? {}) as Answered;
  if (status === undefined) return undefined;
  const { bodyText } = (error ?? {}) as { readonly bodyText?: unknown };
  const isUnread = body?.text === undefined && typeof bodyText !== 'string';
  return { status, headers, body: body?.text, incomplete: isUnread || body?.incomplete };
}

/** What the core looks at; `undefined` for a heartbeat. */
export function signalOf(
  answer: unknown,
  response: unknown,
  received: ReceivedBody | undefined,
): Signal | undefined {
  const unusual = answer instanceof Unusual ? answer : undefined;
  const body = unusual === undefined ? answer : unusual.sent;
  const { data, incremental, extensions } = (body ?? {}) as Shape;
  const { status, headers } = (response ?? {}) as Answered;
  if (unusual === undefined && data !== undefined && (status ?? 200) < 300) {
    return { status, headers, data, body };
  }
  let errors = unusual?.errors;
  if (data === undefined && errors === undefined && incremental === undefined && !response) {
    return undefined;
  }
  if (unusual !== undefined && unusual.result !== body) errors = errorsIn(body as Shape | null);
  return {
    status,
    headers,
    data: data === undefined && incremental !== undefined ? SOME_DATA : data,
    errors,
    extensions,
    body,
    incomplete: received?.incomplete,
  };
}

/** A5: an incremental answer has errors in its chunks, a multipart one beside its payload. */
function errorsIn(result: Shape | null): readonly unknown[] | undefined {
  const holders = [
    result,
    ...listed(result?.incremental),
    ...listed(result?.completed),
    protocolErrorsIn(result),
  ];
  const lists = holders.flatMap((holder) => {
    const errors = (holder as Shape | null | undefined)?.errors;
    // What is no list is one entry, and what is falsy none (A6b).
    const list: readonly unknown[] = Array.isArray(errors) ? errors : errors ? [errors] : [];
    return list.length > 0 ? [list] : [];
  });
  return lists.length > 1 ? lists.flat() : lists[0];
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Makes `errors` a list of errors where it is something that Apollo fails over (A6b); anything else stays
 * the very same object. Seen with 4.3.8: a string crashes the client, an object or a number is not noticed
 * by the client and crashes ErrorLink and PersistedQueryLink, which then never answer; so do `null` among
 * the entries, and a message that cannot be made a string. What is falsy, all of them take for no errors.
 */
function withErrorList<T extends Pick<Shape, 'errors'> | null>(holder: T): T {
  const errors = holder?.errors;
  if (!errors || (Array.isArray(errors) && errors.every(isHarmless))) return holder;
  const entries: readonly unknown[] = Array.isArray(errors) ? errors : [errors];
  return { ...holder, errors: entries.map(wellFormed) };
}

function isHarmless(entry: unknown): boolean {
  if (entry === null || entry === undefined) return false;
  const { message } = entry as { readonly message?: unknown };
  return typeof message !== 'object' || message === null;
}

const WORDLESS = 'The server sent an error without a message.';

function wellFormed(entry: unknown): object {
  if (typeof entry !== 'object' || entry === null) {
    return { message: entry === null || entry === undefined ? WORDLESS : String(entry) };
  }
  const { message } = entry as { readonly message?: unknown };
  return typeof message === 'string' ? entry : { ...entry, message: WORDLESS };
}
