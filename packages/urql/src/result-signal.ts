import type { Signal } from '@holdfast/core';
import type { OperationResult } from '@urql/core';

/** What is looked at in a response. */
export type Answered = Pick<Response, 'status' | 'headers'> & Partial<Pick<Response, 'redirected'>>;

/**
 * What a result shows of how its attempt went. A `stale` one shows nothing: a better one is on its way.
 *
 * @param answered the attempt's response, where its fetch saw one: a success, or a failing status with
 * nothing but data, carries none in the result. One from where a redirect has led is not that of the API
 * itself (F9).
 * @param mayBeLed what could not be reached may be another address than the one that was asked.
 */
export function signalOf(
  result: OperationResult,
  answered: Answered | undefined,
  mayBeLed = false,
): Signal | undefined {
  if (result.stale) return undefined;
  const { data, error } = result as OperationResult<unknown>;
  const response = answered ?? (error?.response as Answered | undefined);
  // `errors: []` makes a CombinedError with nothing in it, which is no failure.
  const isAnyListed = error !== undefined && error.graphQLErrors.length > 0;
  return {
    status: response?.status,
    headers: response?.headers,
    data,
    errors: isAnyListed ? error.graphQLErrors : undefined,
    error: error?.networkError,
    incomplete: response === undefined ? mayBeLed : response.redirected,
  };
}

const STREAM = /^(?:multipart\/mixed|text\/event-stream)/i;

/** Whether nothing follows a result of its attempt. */
export function isFinal(result: OperationResult, answered: Answered | undefined): boolean {
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
  answered: Answered | undefined,
): boolean {
  const { data, error, operation, stale, hasNext } = result;
  if (operation.kind !== 'subscription' || stale || error === undefined) return false;
  // A GraphQL response without `data` is a request error: execution never began.
  if (error.networkError !== undefined || data === undefined || isWhole(answered)) return true;
  // On a stream that had events, urql shows the data of the last one beside a request error. A field's
  // error, by which an event comes to have no data, has a path (GraphQL 7.1.2).
  const isEmpty = data === null || data === previous?.data;
  const known = previous?.error?.graphQLErrors ?? [];
  const isNew = error.graphQLErrors.some((each) => !known.includes(each));
  return hasNext && isEmpty && isNew && error.graphQLErrors.every(({ path }) => path === undefined);
}

/** The server answered a subscription with a single document, although urql says that more will follow. */
function isWhole(answered: Answered | undefined): boolean {
  if (answered === undefined) return false;
  return !STREAM.test(answered.headers.get('content-type') ?? '');
}
