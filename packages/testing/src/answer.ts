/** What a server answers: a value until it is delivered, so that a fault can change it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body, or its pieces where it is a stream (subscriptions). */
  readonly body: string | ReadableStream<Uint8Array>;
}

export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

export function textAnswer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
}

export function emptyAnswer(
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers, body: '' };
}

/** A page of the kind that a proxy in front of an API answers with. */
export function htmlAnswer(status: number): Answer {
  const title = status >= 400 ? `${status} Error` : 'Sign in';
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
  };
}

/** Adds header fields; a field that is there already, in whatever case, is replaced. */
export function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  const merged: Record<string, string> = {};
  for (const [name, value] of [...Object.entries(answer.headers), ...Object.entries(headers)]) {
    merged[name.toLowerCase()] = value;
  }
  return { ...answer, headers: merged };
}
