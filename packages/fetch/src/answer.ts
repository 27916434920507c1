import type { Signal } from '@holdfast/core';
import { parsed } from './request-operation.ts';
import type { ReadRequest } from './request-operation.ts';

/** How much of a body is looked at, in UTF-16 code units, as the core counts it (X4). */
const LONGEST_BODY = 65_536;

/** What has an end of its own, or none: it is not waited for. */
const STREAM = /^\s*(?:multipart\/|text\/event-stream)/iu;

/** One attempt's response, its body unread, and what the core looks at. */
export interface Answer {
  readonly response: Response;
  readonly signal: Signal;
  /** By each of these a failure is found: clients hand on one or the other (F11b). */
  readonly errors: readonly unknown[];
}

/** Reads the beginning of a response, of which the client then reads the whole. */
export async function answerOf(
  response: Response,
  { request, isBatch }: ReadRequest,
): Promise<Answer> {
  const { status, redirected } = response;
  // What stands for a response in somebody's tests may have nothing but `json`.
  const headers = response.headers as Headers | undefined;
  const isSuccess = !(status >= 300);
  const isStream = STREAM.test(headers?.get('content-type') ?? '');
  if (isStream || request.method === 'HEAD' || !('clone' in response)) {
    // Data that nobody has looked at.
    const signal = { status, headers, data: isSuccess ? {} : undefined, incomplete: true };
    return { response, signal, errors: [response, headers] };
  }
  const { text, isWhole } = await beginning(response);
  const json = isWhole ? parsed(text) : undefined;
  const isList = Array.isArray(json);
  const shape: Shape = (isList ? isBatch && together(json) : (json as Shape | null)) || {};
  const { data, errors, extensions } = shape;
  // A client that reads JSON gets the very errors that lead to the failure.
  if (errors !== undefined) serve(response, 'json', json, response.text.bind(response));
  // `errors` that holds none, and nothing else: a mutation so answered has not succeeded (F7).
  const isVoid = data === undefined && errors !== undefined && !errors;
  const error = isVoid ? new TypeError('The server answered no GraphQL response.') : undefined;
  const body = isList && isBatch ? shape : text;
  return {
    response,
    signal:
      isSuccess && data !== undefined && errors === undefined
        ? { status, headers, data, extensions }
        : { status, headers, body, error, incomplete: isBatch || !isWhole || redirected },
    errors: [response, headers, ...(Array.isArray(errors) ? [errors, ...errors] : [])],
  };
}

/** Has a response answer with what is known already, once `read` has come to its end. */
function serve(
  response: Response,
  method: 'json' | 'text',
  value: unknown,
  read: () => unknown = () => undefined,
): void {
  const served = async (): Promise<unknown> => {
    await read();
    return value;
  };
  Reflect.defineProperty(response, method, { value: served, configurable: true, writable: true });
}

interface Shape {
  readonly data?: unknown;
  readonly errors?: unknown;
  readonly extensions?: unknown;
}

/** The answers of a batch as one, which proves nothing of any (F9). */
function together(answers: readonly (Shape | null)[]): Shape {
  const errors = answers.flatMap((answer) => answer?.errors ?? []);
  const { data } = answers.find((answer) => answer?.data != null) ?? answers[0] ?? {};
  return { data, ...(errors.length > 0 && { errors }) };
}

async function beginning(response: Response): Promise<{ text: string; isWhole: boolean }> {
  const whole = (text: string) => ({ text, isWhole: text.length <= LONGEST_BODY });
  if ('pipe' in Object(response.body)) {
    // Copies of node-fetch wait for each other to be read: there is none, and what was read is served again.
    const text = await response.text();
    serve(response, 'text', text);
    serve(response, 'json', parsed(text));
    return whole(text);
  }
  const copy = response.clone();
  const reader = copy.body?.getReader?.();
  // React Native has no body stream: there the whole text is read.
  if (!reader) return whole(await copy.text());
  const decoder = new TextDecoder();
  let text = '';
  while (text.length <= LONGEST_BODY) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: !done });
    if (done) return whole(text);
  }
  // That the rest has failed meanwhile is told to whoever reads it.
  reader.cancel().catch(() => undefined);
  return whole(text);
}
