import type { ReceivedBody, Signal } from '@holdfast/core';
import { makeErrorResult } from '@urql/core';
import type { CombinedError, OperationResult } from '@urql/core';

/** What an attempt's own fetch has seen of its answer. */
export interface Answered {
  readonly response: Response | undefined;
  readonly body: ReceivedBody | undefined;
  readonly mayBeLed: boolean;
}

/** What a result shows of how its attempt went. A `stale` one shows nothing: a better one is on its way. */
export function signalOf(result: OperationResult, answered: Answered): Signal | undefined {
  if (result.stale) return undefined;
  const { data, error, extensions } = result as OperationResult<unknown>;
  const response = answered.response ?? (error?.response as Response | undefined);
  const { status, headers } = response ?? {};
  // What nearly all of them are.
  if (error === undefined && data !== undefined && (status ?? 200) < 300) {
    return response === undefined ? { data } : { status, headers, data, extensions };
  }
  const { body, mayBeLed } = answered;
  // Beyond 64 KiB the body of an answer with an error status is not looked at, although urql has parsed it;
  // where the media type is GraphQL's own it is an answer like any other (F12, X4).
  const isCut =
    body?.isLong === true &&
    (status ?? 0) >= 300 &&
    !/application\/graphql-response\+json/i.test(headers?.get('content-type') ?? '');
  // A response came, and what was to follow its head did not.
  const unsent = networkErrorIn(error);
  const isUnread = unsent !== undefined && body?.text === undefined;
  const text = body?.text;
  const errors = isCut ? undefined : errorsIn(error, text === undefined);
  return {
    status,
    headers,
    data: isCut ? (data ?? undefined) : data,
    errors,
    // urql makes an object of whatever stands there: where there is text, that is read (F12).
    extensions: text === undefined || body?.isLong === true ? extensions : undefined,
    body: text ?? (errors === undefined ? undefined : { data, errors, extensions }),
    error: unsent,
    incomplete: response === undefined ? mayBeLed : isUnread || body?.incomplete,
  };
}

/** The entries as the server sent them, not as urql makes errors of them. */
function errorsIn(error: CombinedError | undefined, streams: boolean): unknown[] | undefined {
  // `errors: []` makes a CombinedError with nothing in it, which is no failure.
  const { graphQLErrors = [] } = error ?? ({} as Partial<CombinedError>);
  if (graphQLErrors.length === 0) return undefined;
  return graphQLErrors.map((entry) => {
    // What has a message and extensions is left as it is.
    if (!(entry instanceof Error)) return entry;
    const { message, originalError, path, extensions } = entry as Made;
    if (originalError !== undefined && !(originalError instanceof Error)) return originalError;
    // What has no message of its own stands in its place.
    if (typeof message !== 'string') return message;
    // A stream repeats its errors, and they are known by being the same objects (S3).
    const isBare = path === undefined && Object.keys(extensions ?? {}).length === 0;
    return isBare && !streams ? message : entry;
  });
}

/** An exchange below may fail with an error that is none of urql's: that is then what went wrong. */
function networkErrorIn(error: Partial<CombinedError> | undefined): unknown {
  return error?.graphQLErrors === undefined ? error : error.networkError;
}

/** What urql makes of an entry, or a server in the same process. */
interface Made {
  readonly message: unknown;
  readonly originalError?: unknown;
  readonly path?: unknown;
  readonly extensions?: object;
}

/**
 * urql takes `errors` that is no list for none, and so a mutation that failed for one that brought nothing.
 * Without `data` it fails it with an error of its own: so it does here, too (F1).
 */
export function withUnlistedErrors(
  result: OperationResult,
  { response, body }: Answered,
): OperationResult {
  const { data, error, stale, operation } = result as OperationResult<unknown>;
  if (data !== null || error !== undefined || stale || body?.text === undefined) return result;
  const { errors } = JSON.parse(body.text) as { readonly errors?: unknown };
  if (!errors || Array.isArray(errors)) return result;
  const unlisted = new Error('The server sent errors that are no list.');
  return makeErrorResult(operation, unlisted, response);
}

/** Whether nothing follows a result of its attempt. */
export function isFinal(result: OperationResult, answered: Answered): boolean {
  if (result.stale) return false;
  return !result.hasNext || (result.operation.kind === 'subscription' && isWhole(answered));
}

/**
 * Whether a result says that a subscription's stream is over, or never began, by failing.
 *
 * @param previous the result before it: urql repeats its data and errors where it has none itself (S3).
 */
export function endsByFailing(
  result: OperationResult,
  previous: OperationResult | undefined,
  answered: Answered,
): boolean {
  const { data, error, operation, stale, hasNext } = result;
  if (error === undefined || operation.kind !== 'subscription' || stale) return false;
  // A GraphQL response without `data` is a request error: execution never began.
  if (networkErrorIn(error) !== undefined || data === undefined || isWhole(answered)) return true;
  // On a stream that had events, urql shows the data of the last one beside a request error. A field's
  // error, by which an event comes to have no data, has a path (GraphQL 7.1.2).
  const isEmpty = data === null || data === previous?.data;
  const known = previous?.error?.graphQLErrors ?? [];
  const isNew = error.graphQLErrors.some((each) => !known.includes(each));
  return hasNext && isEmpty && isNew && error.graphQLErrors.every(({ path }) => path === undefined);
}

/** The server answered a subscription with a single document, although urql says that more will follow. */
function isWhole({ response }: Answered): boolean {
  if (response === undefined) return false;
  const type = response.headers.get('content-type') ?? '';
  return !/^(?:multipart\/mixed|text\/event-stream)/i.test(type);
}
