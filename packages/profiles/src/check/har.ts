import type { Recording, Recordings } from './answer.ts';
import type { Sent } from './document.ts';
import type { Secrets } from './secrets.ts';
import { bodyOf } from './body.ts';
import { Complaint } from './complaint.ts';
import { operationOf } from './document.ts';
import { isObject, parse } from './json.ts';

/** Where tokens come from, as far as an address tells. */
const TOKEN_PATH = /\/(?:oauth2?|connect|auth|login|token|session)(?:\/|$)/i;
const GRAPHQL_PATH = /\/(?:graphql|gql)\b/i;

/** The requests of a HAR file (1.2) that are GraphQL or for a token. */
export function readHar(log: unknown, name: string, secrets: Secrets): Recordings {
  const entries = isObject(log) ? log['entries'] : undefined;
  if (!Array.isArray(entries))
    throw new Complaint(`${name} has no log.entries, which a HAR file must have.`);
  if (entries.length === 0) throw new Complaint(`${name} holds no request.`);
  const read = entries.map((entry: unknown, index) =>
    readEntry(entry, `Entry ${index + 1} of ${name}`, secrets),
  );
  const others = read.filter((found) => found.length === 0).length;
  if (others === read.length) {
    throw new Complaint(
      `${name} holds ${read.length === 1 ? 'one request' : `${read.length} requests`}, none of them GraphQL or for a token.`,
    );
  }
  return { found: read.flat(), others };
}

function readEntry(entry: unknown, place: string, secrets: Secrets): readonly Recording[] {
  const { request, response } = isObject(entry) ? entry : {};
  if (!isObject(entry) || !isObject(request) || typeof request['url'] !== 'string') {
    throw new Complaint(`${place} has no request with a url.`);
  }
  if (!isObject(response)) throw new Complaint(`${place} has no response.`);
  rememberSecrets(request, response, secrets);
  const sent = sentIn(request);
  const url = addressOf(request['url']);
  const method = String(request['method'] ?? 'POST');
  const common = { request: `${method} ${url}` };
  const signal = signalOf(entry, response);
  if (sent === undefined) {
    const isGraphql = GRAPHQL_PATH.test(url);
    const isForToken = method === 'POST' && TOKEN_PATH.test(url) && !isGraphql;
    if (!isForToken && (!isGraphql || method === 'OPTIONS')) return [];
    return [{ ...common, kind: isForToken ? 'token' : undefined, name: undefined, signal }];
  }
  return sent.operations.map((one, index) => ({
    ...common,
    kind: one.sent?.kind,
    name: one.name ?? one.sent?.name,
    signal: sent.isBatch ? ofBatch(signal, index) : { ...signal, rootFields: one.sent?.rootFields },
  }));
}

/** One of a batch proves nothing about what ran. */
function ofBatch(signal: Recording['signal'], index: number): Recording['signal'] {
  const answers: readonly unknown[] = Array.isArray(signal.body) ? signal.body : [];
  return { ...signal, ...(index in answers && bodyOf(answers[index])), incomplete: true };
}

interface Operation {
  readonly name: string | undefined;
  readonly sent: Sent | undefined;
}

/** The operations of a request; `undefined` for what is no GraphQL request. */
function sentIn(
  request: Readonly<Record<string, unknown>>,
): { readonly isBatch: boolean; readonly operations: readonly Operation[] } | undefined {
  const body = parse(textOf(request['postData']));
  const isBatch = Array.isArray(body);
  const all = isBatch
    ? body.map(operationIn)
    : [operationIn(body) ?? operationIn(parametersOf(String(request['url'])))];
  const operations = all.filter((one) => one !== undefined);
  return operations.length > 0 && operations.length === all.length
    ? { isBatch, operations }
    : undefined;
}

function operationIn(body: unknown): Operation | undefined {
  if (!isObject(body)) return undefined;
  const { query, operationName, extensions } = body;
  const name =
    typeof operationName === 'string' && operationName !== '' ? operationName : undefined;
  const isStored = isObject(extensions) && 'persistedQuery' in extensions;
  if (typeof query === 'string' && /[{]/.test(query))
    return { name, sent: operationOf(query, name) };
  return isStored || 'documentId' in body ? { name, sent: undefined } : undefined;
}

/** Of a GET, whose extensions are JSON within. */
function parametersOf(url: string): unknown {
  const query = /\?([^#]*)/.exec(url)?.[1] ?? '';
  const parameters = Object.fromEntries(new URLSearchParams(query));
  return { ...parameters, extensions: parse(parameters['extensions'] ?? '') };
}

function signalOf(
  entry: Readonly<Record<string, unknown>>,
  response: Readonly<Record<string, unknown>>,
): Recording['signal'] {
  const { status, content } = response;
  const started = Date.parse(String(entry['startedDateTime']));
  const took = typeof entry['time'] === 'number' && entry['time'] > 0 ? entry['time'] : 0;
  const now = Number.isFinite(started) ? Math.round(started + took) : Date.now();
  // A browser writes 0 where no answer came.
  if (typeof status !== 'number' || status <= 0)
    return { error: new TypeError('Failed to fetch'), now };
  const headers = headersOf(response);
  const { text, size } = isObject(content) ? content : {};
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  // What was not recorded proves nothing.
  const isMissing = typeof text !== 'string' && typeof size === 'number' && size > 0;
  return {
    status,
    headers,
    ...(typeof text === 'string' && bodyOf(textOf(content), type)),
    ...(isMissing && { incomplete: true }),
    now,
  };
}

function headersOf(
  message: Readonly<Record<string, unknown>>,
): readonly (readonly [string, string])[] {
  const headers: readonly unknown[] = Array.isArray(message['headers']) ? message['headers'] : [];
  return headers.filter(isObject).map(({ name, value }) => [String(name), String(value)] as const);
}

/** `text` of `postData` or `content`, which may be in base64. */
function textOf(part: unknown): string {
  const { text, encoding } = isObject(part) ? part : {};
  if (typeof text !== 'string') return '';
  return encoding === 'base64' ? Buffer.from(text, 'base64').toString('utf8') : text;
}

/** Without what may be a secret: user, query and fragment. */
function addressOf(url: string): string {
  return url.replace(/[?#][^]*$/, '').replace(/^(\w+:\/\/)[^/@]*@/, '$1');
}

function rememberSecrets(
  request: Readonly<Record<string, unknown>>,
  response: Readonly<Record<string, unknown>>,
  secrets: Secrets,
): void {
  for (const message of [request, response]) {
    for (const [name, value] of headersOf(message)) secrets.header(name, value);
    const cookies: readonly unknown[] = Array.isArray(message['cookies']) ? message['cookies'] : [];
    for (const cookie of cookies.filter(isObject)) secrets.all(cookie['value']);
  }
  const sent = textOf(request['postData']);
  const body = parse(sent);
  secrets.body(body ?? Object.fromEntries(new URLSearchParams(sent)));
  for (const one of Array.isArray(body) ? body : [body]) {
    if (isObject(one)) secrets.all(one['variables']);
  }
  const query = Object.fromEntries(
    new URLSearchParams(/\?([^#]*)/.exec(String(request['url']))?.[1] ?? ''),
  );
  secrets.body(query);
  secrets.all(parse(query['variables'] ?? ''));
  const user = /^\w+:\/\/([^/@]*)@/.exec(String(request['url']))?.[1];
  if (user !== undefined) secrets.all(user.split(':'));
  secrets.body(parse(textOf(response['content'])));
}
