import { PROTOCOL_ERRORS_SYMBOL } from '@apollo/client/errors';
import type { ApolloLink } from '@apollo/client/link';
import type { HeadersLike, Signal } from '@holdfast/core';
import { withErrorList } from './error-list.ts';

/** One result, with what came with it. */
export interface Answer {
  readonly result: ApolloLink.Result;
  /** The errors from wherever the result holds some: `failureOf` finds the failure by each. */
  readonly errors: readonly unknown[] | undefined;
  readonly response: unknown;
}

/** Where a result may hold something, whatever an app's `TypeOverrides` say that it is (A1). */
interface Shape {
  readonly data?: unknown;
  readonly errors?: unknown;
  readonly incremental?: unknown;
  readonly completed?: unknown;
  readonly extensions?: Readonly<Record<PropertyKey, unknown>> | null;
}

/** What is looked at in a response. One from where a redirect has led is not that of the API itself (F9). */
interface Answered {
  readonly status?: number;
  readonly headers?: HeadersLike;
  readonly redirected?: boolean;
}

/** The data of a chunk, for whoever asks only whether there is any. */
const SOME_DATA = {};

/** Takes in a result, mended where Apollo would fail over it (A6b). */
export function answerOf(result: ApolloLink.Result, response: unknown): Answer {
  if (isPlain(result as Shape | null)) return { result, errors: undefined, response };
  const mended = mend(result as Shape | null);
  return { result: mended as ApolloLink.Result, errors: errorsIn(mended), response };
}

/** What almost every result is: nothing in it is to be mended, and nothing can hold an error. */
function isPlain(result: Shape | null): boolean {
  return (
    result?.errors === undefined &&
    result?.extensions === undefined &&
    result?.incremental === undefined &&
    result?.completed === undefined
  );
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
 * The error by which a multipart subscription says that it is lost itself: nothing but the end comes after
 * it (S2). HttpLink makes a result of it, where other links make an error of the like.
 */
export function lossIn(result: ApolloLink.Result): unknown {
  const { data, extensions } = (result as Shape | null) ?? {};
  return data === undefined ? extensions?.[PROTOCOL_ERRORS_SYMBOL] : undefined;
}

/**
 * What there is in place of a GraphQL response, as an error: Apollo takes JSON such as `[]` for a result
 * without data and without errors, and so a mutation for one that succeeded (F7).
 */
export function misplaced(result: unknown): unknown {
  return typeof result === 'object' && result !== null && !Array.isArray(result)
    ? undefined
    : new TypeError('The server answered JSON that is no GraphQL response.');
}

/** What a response tells before its body does, or in place of a body that breaks (A5). */
export function seenIn(response: unknown): Signal | undefined {
  const { status, headers, redirected } = (response ?? {}) as Answered;
  return status === undefined ? undefined : { status, headers, incomplete: redirected };
}

/** What the core looks at; `undefined` for a heartbeat. */
export function signalOf({ result, errors, response }: Answer): Signal | undefined {
  const { data, incremental } = (result ?? {}) as Shape;
  if (data === undefined && errors === undefined && incremental === undefined && !response) {
    return undefined;
  }
  const { status, headers, redirected } = (response ?? {}) as Answered;
  return {
    status,
    headers,
    incomplete: redirected,
    data: data === undefined && incremental !== undefined ? SOME_DATA : data,
    errors,
  };
}

/** A5: an incremental answer has errors in its chunks, a multipart one beside its payload. */
function errorsIn(result: Shape | null): readonly unknown[] | undefined {
  const protocol = result?.extensions?.[PROTOCOL_ERRORS_SYMBOL];
  const holders = [result, ...listed(result?.incremental), ...listed(result?.completed), protocol];
  const lists = holders.flatMap((holder) => {
    const errors = (holder as Shape | null | undefined)?.errors;
    return Array.isArray(errors) && errors.length > 0 ? [errors as readonly unknown[]] : [];
  });
  return lists.length > 1 ? lists.flat() : lists[0];
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
