/** Bytes that are read of a body: more says nothing that a classifier looks at (X4). */
const LONGEST = 65_536;

/** What is used of a `Response`, of whatever make. */
interface ResponseLike {
  readonly status: number;
  readonly headers: unknown;
  readonly bodyUsed: boolean;
  readonly body?: ReadableStream<Uint8Array> | null;
  text(): Promise<string>;
}

/**
 * What a refresh rejected with, and the text of a `Response` in it: a classifier reads values, not
 * streams. A body that was read already, or breaks, leaves the status and the headers to say it.
 *
 * @param ended aborts when nobody waits for it any more: a body that has not ended then is let go.
 */
export async function legible(error: unknown, ended: AbortSignal): Promise<unknown> {
  const response = responseIn(error);
  if (response === undefined) return error;
  const body = response.bodyUsed ? undefined : await textOf(response, ended);
  return { ...shown(response), ...(body === undefined ? {} : { body }) };
}

/** The same without the text. */
export function withoutBody(error: unknown): unknown {
  const response = responseIn(error);
  return response === undefined ? error : shown(response);
}

function shown({ status, headers }: ResponseLike): { status: number; headers: unknown } {
  return { status, headers };
}

function responseIn(error: unknown): ResponseLike | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if (isResponse(error)) return error;
  const response: unknown = 'response' in error ? error.response : undefined;
  return isResponse(response) ? response : undefined;
}

function isResponse(value: unknown): value is ResponseLike {
  if (typeof value !== 'object' || value === null) return false;
  const { status, text, bodyUsed } = value as Partial<ResponseLike>;
  return typeof status === 'number' && typeof text === 'function' && typeof bodyUsed === 'boolean';
}

async function textOf(response: ResponseLike, ended: AbortSignal): Promise<string | undefined> {
  try {
    // React Native has no streams, and there the whole text is read.
    if (typeof response.body?.getReader !== 'function') {
      return (await response.text()).slice(0, LONGEST);
    }
    return await firstPart(response.body.getReader(), ended);
  } catch {
    // A body that breaks off leaves the status, which is enough to judge by.
    return undefined;
  }
}

async function firstPart(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  ended: AbortSignal,
): Promise<string> {
  // The stream may have failed already: then there is nothing to let go.
  const letGo = (): void => void reader.cancel().catch(() => undefined);
  ended.addEventListener('abort', letGo);
  try {
    const decoder = new TextDecoder();
    let text = '';
    for (let left = LONGEST; left > 0;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      text += decoder.decode(value.subarray(0, left), { stream: true });
      left -= value.length;
    }
    letGo();
    return text;
  } finally {
    ended.removeEventListener('abort', letGo);
  }
}
