import type { Signal } from '@holdfast/core';
import { parsed } from './request-operation.ts';
import type { ReadRequest } from './request-operation.ts';

/** How much of a body is looked at, in UTF-16 code units, as the core counts it (X4). */
const LONGEST_BODY = 65_536;

/** What has an end of its own, or none: it is not waited for. */
const STREAM = /^\s*(?:multipart\/|text\/event-stream)/i;

/** One attempt's response, its body unread, and what the core looks at. */
export interface Answer extends Signal {
  readonly response: Response;
}

/** What is looked at in a GraphQL response. */
interface Shape {
  readonly data?: unknown;
  readonly errors?: unknown;
  readonly extensions?: unknown;
}

/** Reads the beginning of a response, of which the client then reads the whole. */
export async function answerOf(
  response: Response,
  { request, isBatch }: ReadRequest,
): Promise<Answer> {
  const { status, redirected } = response;
  // What stands for a response in somebody's tests may have nothing but `json`.
  const headers = response.headers as Headers | undefined;
  const isUnread =
    STREAM.test(headers?.get('content-type') ?? '') ||
    request.method === 'HEAD' ||
    !('clone' in response);
  const text = isUnread ? undefined : await beginning(response);
  const isWhole = text !== undefined && text.length <= LONGEST_BODY;
  const json = isWhole ? parsed(text) : undefined;
  const shape = (isBatch && Array.isArray(json) ? together(json) : json) as Shape | null;
  const { data, errors, extensions } = shape ?? {};
  // A client that reads JSON gets the very errors that lead to the failure, unless its response is frozen.
  if (!isUnread) {
    Reflect.set(response, 'json', () => response.text().then((whole) => json ?? JSON.parse(whole)));
  }
  return {
    response,
    status,
    headers,
    // Unread it is data that nobody has looked at.
    data: isUnread && !(status >= 300) ? {} : data,
    errors,
    extensions,
    // What is no GraphQL response is told of by its text.
    body: data === undefined ? text : json,
    incomplete: isBatch || !isWhole || redirected,
  };
}

/** The answers of a batch as one, which proves nothing of any (F9). */
function together(answers: readonly (Shape | null)[]): Shape {
  const { data } = answers.find((answer) => answer?.data != null) ?? answers[0] ?? {};
  return { data, errors: answers.flatMap((answer) => answer?.errors ?? []) };
}

async function beginning(response: Response): Promise<string> {
  if ('pipe' in Object(response.body)) {
    // Copies of node-fetch wait for each other to be read: there is none, and what was read is served again.
    const whole = await response.text();
    Reflect.set(response, 'text', async () => whole);
    return whole;
  }
  const copy = response.clone();
  const reader = copy.body?.getReader?.();
  // React Native has no body stream: there the whole text is read.
  if (!reader) return copy.text();
  const decoder = new TextDecoder();
  let text = '';
  let part;
  do {
    part = await reader.read();
    text += decoder.decode(part.value, { stream: !part.done });
  } while (!part.done && text.length <= LONGEST_BODY);
  // That the rest has failed meanwhile is told to whoever reads it.
  reader.cancel().catch(() => undefined);
  return text;
}
