import type { Signal } from '@holdfast/core';

/** How much of a body is looked at, in UTF-16 code units, as the core counts it (X4). */
const LONGEST_BODY = 65_536;

/** What has an end of its own, or none: it is not waited for. */
const STREAM = /^\s*(?:multipart\/|text\/event-stream)/iu;

/** Data that nobody has looked at. */
const SOME_DATA = {};

/** One attempt's response, and as much of its body as is looked at. The response itself is left unread. */
export class Answer {
  readonly response: Response;
  /** `undefined`: it streams. */
  readonly #text: string | undefined;
  readonly isWhole: boolean;
  readonly #isBatch: boolean;
  #json: unknown;

  constructor(response: Response, text: string | undefined, isWhole: boolean, isBatch: boolean) {
    this.response = response;
    this.#text = text;
    this.isWhole = isWhole;
    this.#isBatch = isBatch;
  }

  /** Reads the beginning of a clone: what a client reads then is the whole of the body. */
  static async of(response: Response, isBatch: boolean): Promise<Answer> {
    const headers = response.headers as Headers | undefined;
    const streams = STREAM.test(headers?.get('content-type') ?? '');
    // What stands for a response in somebody's tests may have nothing but `json`.
    if (streams || typeof response.clone !== 'function') {
      return new Answer(response, undefined, false, isBatch);
    }
    const { text, isWhole } = await beginning(response.clone());
    return new Answer(response, text, isWhole, isBatch);
  }

  /** What the core looks at. */
  get signal(): Signal {
    const { status, headers, redirected } = this.response;
    const isSuccess = !(status >= 300);
    const text = this.#text;
    if (text === undefined) {
      return isSuccess
        ? { status, headers, data: SOME_DATA }
        : { status, headers, incomplete: true };
    }
    const json = (this.#json = this.isWhole ? parsed(text) : undefined);
    if (this.#isBatch && Array.isArray(json)) return { status, headers, ...together(json) };
    const { data, errors, extensions } = shapeOf(json);
    if (isSuccess && data !== undefined && errors === undefined) {
      return { status, headers, data, extensions };
    }
    return {
      status,
      headers,
      body: text,
      error: misplaced(json),
      incomplete: this.#isBatch || !this.isWhole || redirected,
    };
  }

  /** By each of these a failure is found: clients hand on one or the other (F11b). */
  get errors(): readonly unknown[] {
    const { headers } = this.response;
    const { errors } = shapeOf(this.#json);
    return [this.response, headers, ...(Array.isArray(errors) ? [errors, ...errors] : [])];
  }

  /** Has a client that reads JSON get the very errors that lead to the failure. */
  handOn(): Response {
    const { response } = this;
    const json = this.#json;
    if (shapeOf(json).errors === undefined) return response;
    const read = response.json.bind(response);
    Reflect.defineProperty(response, 'json', {
      value: () => read().then(() => json),
      configurable: true,
      writable: true,
    });
    return response;
  }

  /** Nobody will read it: its connection is free for others. */
  letGo(): void {
    // That it may have failed meanwhile is nobody's concern any more.
    this.response.body?.cancel().catch(() => undefined);
  }
}

interface Shape {
  readonly data?: unknown;
  readonly errors?: unknown;
  readonly extensions?: unknown;
}

function shapeOf(json: unknown): Shape {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {};
}

/** `errors` that holds none, and nothing else: a mutation so answered has not succeeded (F7). */
function misplaced(json: unknown): Error | undefined {
  const { data, errors } = shapeOf(json);
  const isVoid = data === undefined && errors !== undefined && !errors;
  return isVoid
    ? new TypeError('The server answered JSON that is no GraphQL response.')
    : undefined;
}

/** The answers of a batch as one, which proves nothing of any (F9). */
function together(answers: readonly unknown[]): Signal {
  const shapes = answers.map(shapeOf);
  const errors = shapes.flatMap((shape) => shape.errors ?? []);
  const data = shapes.find((shape) => shape.data != null)?.data ?? shapes[0]?.data;
  return { data, ...(errors.length > 0 && { errors }), incomplete: true };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // What it is instead is the core's to say.
    return undefined;
  }
}

async function beginning(clone: Response): Promise<{ text: string; isWhole: boolean }> {
  // React Native has no body stream: there the whole text is read.
  if (typeof clone.body?.getReader !== 'function') {
    return { text: await clone.text(), isWhole: true };
  }
  const reader = clone.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (text.length <= LONGEST_BODY) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), isWhole: true };
    text += decoder.decode(value, { stream: true });
  }
  // That the rest has failed meanwhile is told to whoever reads it.
  reader.cancel().catch(() => undefined);
  return { text, isWhole: false };
}
