import { operationsIn } from '@holdfast/core';
import type { DocumentOperation, OperationInfo } from '@holdfast/core';

/** A request, as {@link resilientFetch} has read it. */
export interface FetchRequest {
  readonly url: string;
  /** In upper case. */
  readonly method: string;
  /** The parsed JSON of a body, of the `operations` of a multipart request, or the parameters of a GET. */
  readonly body: unknown;
  readonly kind: OperationInfo['kind'];
  /** `undefined` for a batch, too. */
  readonly name: string | undefined;
  readonly init: RequestInit | undefined;
}

/** What is to be known of a request before it is sent. */
export interface ReadRequest {
  readonly request: FetchRequest;
  readonly info: OperationInfo;
  /** Where the request is one already. */
  readonly own: Request | undefined;
  readonly headers: Headers;
  /** What the caller says of redirects. */
  readonly redirect: RequestRedirect | undefined;
  /** Several operations in one request, so that an answer of one proves nothing (F9). */
  readonly isBatch: boolean;
  /** Its body is a stream, of whatever kind: sent again it would be empty. */
  readonly isOnce: boolean;
}

/** Reads which operation a request is about, and uses nothing of it up. */
export async function readRequest(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): Promise<ReadRequest> {
  // By what it can do: one of another realm or library is one, too.
  const own = typeof input === 'object' && 'clone' in input ? input : undefined;
  const sent = init?.body as Partial<ReadableStream & FormData> | string | null | undefined;
  const headers = new Headers(init?.headers ?? own?.headers);
  const type = headers.get('content-type') ?? '';
  const url = own?.url ?? String(input);
  const method = (init?.method ?? own?.method ?? 'GET').toUpperCase();
  const isSafe = /^(?:GET|HEAD)$/.test(method);
  let text: unknown = sent ?? undefined;
  if (sent == null) text = own && /json|graphql/i.test(type) ? await own.clone().text() : undefined;
  // Uploads, as https://github.com/jaydenseric/graphql-multipart-request-spec has them.
  else if (typeof sent === 'object') text = sent.get?.('operations');
  const body = isSafe
    ? Object.fromEntries(new URLSearchParams(/\?([^#]*)/.exec(url)?.[1]))
    : (parsed(text) ?? (/^application\/graphql/i.test(type) ? { query: text } : undefined));
  const all = [body].flat().map((entry) => operationOf(entry, isSafe));
  const isBatch = Array.isArray(body);
  // A batch is a query where all of it is, and has no name.
  const kind = all.every((each) => each.kind === 'query') ? 'query' : 'mutation';
  const { rootFields, ...one }: DocumentOperation = (!isBatch && all[0]) || {
    kind,
    name: undefined,
  };
  const isOnce = Symbol.asyncIterator in Object(sent) || 'getReader' in Object(sent);
  return {
    request: { url, method, body, ...one, init },
    info: {
      ...one,
      endpoint: url,
      // `null` gives up that of a Request.
      signal: (init?.signal === undefined ? own?.signal : init.signal) ?? undefined,
      rootFields: () => rootFields,
      identity: () => (typeof text === 'string' ? text : url),
      headers: () => headers,
      options: isOnce ? { retry: false } : undefined,
    },
    own,
    headers,
    // A Request says `follow` although nobody has.
    redirect: init?.redirect ?? (own?.redirect === 'follow' ? undefined : own?.redirect),
    isBatch,
    isOnce,
  };
}

/** `undefined` for what is no JSON: whatever it is, it may be anything. */
export function parsed(text: unknown): unknown {
  try {
    return JSON.parse(text as string);
  } catch {
    return undefined;
  }
}

/**
 * The operation of one entry. Where its document is not to be seen, as with persisted ones, a GET is a query; anything
 * else is taken for a mutation, so that nothing is sent twice that might be one (M1).
 */
function operationOf(entry: unknown, isSafe: boolean): DocumentOperation {
  const { query, operationName } = (entry ?? {}) as Readonly<Record<string, unknown>>;
  const name = typeof operationName === 'string' && operationName ? operationName : undefined;
  const all = typeof query === 'string' ? operationsIn(query) : [];
  const found = all.find((each) => all.length === 1 || each.name === name);
  const kind = isSafe && !all.length ? 'query' : 'mutation';
  return { kind, ...found, name: name ?? found?.name };
}
