import type { OperationInfo } from '@holdfast/core';

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
  /** Several operations in one request, so that an answer of one proves nothing (F9). */
  readonly isBatch: boolean;
  readonly rootFields: number | undefined;
  /** Tells it from others of its name. */
  readonly text: string;
}

type Body = Readonly<Record<string, unknown>>;

/** Reads which operation a request is about. */
export function readRequest(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  text: string | undefined,
): ReadRequest {
  const own = isRequest(input) ? input : undefined;
  const url = own?.url ?? String(input);
  const method = (init?.method ?? own?.method ?? 'GET').toUpperCase();
  const isSafe = method === 'GET' || method === 'HEAD';
  const body = isSafe ? parametersOf(url) : parsed(text);
  const isBatch = Array.isArray(body);
  const found = (isBatch ? body : [body]).map((entry: unknown) => operationOf(entry, isSafe));
  const [only] = found;
  const isRead = found.every(({ kind }) => kind === 'query');
  const kind = isBatch || only === undefined ? (isRead ? 'query' : 'mutation') : only.kind;
  const name = isBatch ? undefined : only?.name;
  return {
    request: { url, method, body, kind, name, init },
    isBatch,
    rootFields: isBatch ? undefined : only?.fields,
    text: isSafe ? url : (text ?? ''),
  };
}

/** Waits for nothing where the text of a body is at hand, as it nearly always is. */
export function textOf(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): string | undefined | Promise<string> {
  const body: unknown = init?.body ?? undefined;
  if (typeof body === 'string') return body;
  // Uploads, as https://github.com/jaydenseric/graphql-multipart-request-spec has them.
  if (typeof FormData === 'function' && body instanceof FormData) {
    const operations = body.get('operations');
    return typeof operations === 'string' ? operations : undefined;
  }
  if (body !== undefined || !isRequest(input)) return undefined;
  const type = input.headers.get('content-type') ?? '';
  return /json|graphql/iu.test(type) ? input.clone().text() : undefined;
}

export function isRequest(input: unknown): input is Request {
  return typeof Request === 'function' && input instanceof Request;
}

function parametersOf(url: string): Body {
  return Object.fromEntries(new URLSearchParams(/\?([^#]*)/u.exec(url)?.[1] ?? ''));
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // Whatever it is, it may be anything.
    return undefined;
  }
}

type Operation = Partial<Definition> & Pick<Definition, 'kind'>;

/**
 * The operation of one entry. Where its document is not to be seen, as with persisted ones, a GET is a query; anything
 * else is taken for a mutation, so that nothing is sent twice that might be one (M1).
 */
function operationOf(entry: unknown, isSafe: boolean): Operation {
  const { query, operationName } = (
    typeof entry === 'object' && entry !== null ? entry : {}
  ) as Body;
  const name =
    typeof operationName === 'string' && operationName !== '' ? operationName : undefined;
  const all = typeof query === 'string' ? definitionsIn(query) : [];
  const own = all.length === 1 ? all[0] : all.find((each) => each.name === name);
  if (own !== undefined) return { ...own, name: name ?? own.name };
  return { kind: isSafe && all.length === 0 ? 'query' : 'mutation', name };
}

interface Definition {
  readonly kind: OperationInfo['kind'];
  name: string | undefined;
  /** How many fields its root selects; `undefined` where fragments hide that. */
  fields: number | undefined;
}

/** Strings and comments, which may hold anything, before what is looked for (GraphQL, section 2.1). */
const TOKEN =
  /"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|#[^\n\r]*|\.{3}|[{}():@]|[_a-z]\w*/gis;

/** The operations of a document, without what it takes to parse all of it. */
function definitionsIn(document: string): readonly Definition[] {
  const found: Definition[] = [];
  let current: Definition | 'fragment' | undefined;
  let braces = 0;
  let parentheses = 0;
  let last = '';
  for (const [token] of document.matchAll(TOKEN)) {
    if (/^["#]/u.test(token)) continue;
    const before = last;
    last = token;
    if (token === '(') parentheses++;
    else if (token === ')') parentheses--;
    else if (parentheses > 0) continue;
    else if (token === '}') {
      if (--braces === 0) current = undefined;
    } else if (current === undefined) {
      const kind = token === '{' ? 'query' : token;
      if (kind !== 'fragment' && !isKind(kind)) return [];
      current = isKind(kind) ? { kind, name: undefined, fields: 0 } : kind;
      if (current !== 'fragment') found.push(current);
      if (token === '{') braces++;
    } else if (token === '{') braces++;
    else if (current === 'fragment') continue;
    else if (braces === 0) {
      if (isKind(before) && token !== '@') current.name ??= token;
    } else if (braces > 1) continue;
    else if (token === '...') current.fields = undefined;
    else if (current.fields !== undefined && /\w/u.test(token) && !/[:@]/u.test(before)) {
      current.fields++;
    }
  }
  return found;
}

function isKind(token: string): token is OperationInfo['kind'] {
  return token === 'query' || token === 'mutation' || token === 'subscription';
}
