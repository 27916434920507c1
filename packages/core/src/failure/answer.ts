import type { Signal } from '../base/operation.ts';
import type { ProfileTables } from './profile.ts';
import type { Seen } from './profile-types.ts';
import type { TransportMeaning } from './transport-error.ts';
import {
  firstItems,
  follow,
  isArray,
  isPlain,
  isRecord,
  property,
  text,
} from '../base/property.ts';
import { headerReader } from './header.ts';
import { partsOf, reachable, socketClose, transportMeaning } from './transport-error.ts';

/** Entries of `errors[]`, and steps of a path, that are looked at (X4). */
const MOST_ERRORS = 100;

/** Text that is parsed and matched, in UTF-16 code units (X4). */
const LONGEST_BODY = 65_536;

/** One answer, wherever its parts came from: the signal itself, its body, or the transport's error. */
export interface Answer {
  /** What rules and readers see of it, whatever they look at. */
  readonly common: Omit<Seen, 'code' | 'type' | 'message' | 'extensions' | 'entry'>;
  readonly data: unknown;
  /** The first 100 entries of `errors`. */
  readonly errors: readonly unknown[];
  /** The first 64 KiB of a body that came as text. */
  readonly text: string | undefined;
  /** The body is all that was given: neither `data` nor `errors` stand beside it. */
  readonly isBare: boolean;
  /** What the transport failed with; `undefined` where it did not. */
  readonly error: unknown;
  /** That error, and what it wraps. */
  readonly nodes: readonly unknown[];
  /** What it means by itself. */
  readonly meaning: TransportMeaning;
  /** The transport's own words. */
  readonly words: string | undefined;
  /** F9: one answer, read to its end, that shows no sign of anything that ran. */
  readonly isRefusal: boolean;
}

/**
 * Gathers an answer. The signal's own parts go before those that an error carries, and those before the
 * body's. Errors are read by their shape, since clients differ and classes are duplicated: `ServerError`
 * (`statusCode`, `response`, `bodyText`), `CombinedGraphQLErrors` (`errors`, `data`), `CombinedError`
 * (`graphQLErrors`, `networkError`, `response`), a bare `Response`, a list of GraphQL errors (graphql-ws),
 * and the errors of common HTTP clients.
 */
export function readAnswer(signal: Signal): Answer {
  const given = (key: keyof Signal): unknown => property(signal, key) ?? undefined;
  const error = given('error');
  const nodes = reachable(error);
  const meaning = transportMeaning(nodes);
  const status =
    statusNumber(given('status')) ??
    statusNumber(pick(nodes, ['statusCode', 'status', 'response.status'], statusNumber));

  const body = property(signal, 'body');
  // A stream says nothing any more.
  const raw =
    body === undefined
      ? pick(nodes, ['bodyText', 'body', 'result', 'data', 'response.data'], isReadable)
      : body;
  const head = typeof raw === 'string' ? raw.slice(0, LONGEST_BODY) : undefined;
  const parsed = typeof raw === 'string' ? parse(raw) : raw;
  const json = isRecord(parsed) ? parsed : undefined;

  const own = given('errors');
  const isTold = isFilled(own) || property(signal, 'data') !== undefined;
  const holder = nodes.find(graphqlErrors);
  const inBody = property(json, 'errors');
  // OAuth's form of error may have an `errors` of its own.
  const isWord = !isArray(inBody) && text(json, 'error');
  const list = isFilled(own)
    ? own
    : (graphqlErrors(holder) ?? (isTold || isWord ? undefined : inBody));
  const errors = entries(list);

  const datas = [
    property(signal, 'data'),
    pick([holder], ['data', 'response.data'], () => true),
    property(json, 'data'),
  ];
  const data = datas.find((part) => part != null) ?? (datas.includes(null) ? null : undefined);
  const now = given('now');
  const close = given('close');
  const header = headerReader(
    given('headers') ?? pick(nodes, ['headers', 'response.headers'], Boolean),
  );
  return {
    common: {
      status,
      header,
      body: parsed ?? head,
      responseExtensions: pick([signal, json, holder], ['extensions'], Boolean),
      close: close ? socketClose(close) : meaning.close,
      now: Number.isFinite(now) ? (now as number) : Date.now(),
    },
    data,
    errors,
    text: head,
    isBare: raw !== undefined && !isTold && !holder,
    error: isHollow(error) ? undefined : error,
    nodes,
    meaning,
    words: saidBy(property(error, 'networkError')) ?? saidBy(error),
    isRefusal:
      given('incomplete') !== true &&
      data == null &&
      // It leads elsewhere, or comes from there.
      !(status && status >= 300 && status < 400) &&
      !pick(nodes, ['redirected', 'response.redirected'], Boolean) &&
      // The head of an answer came, and what failed then was its body.
      !(status && meaning.verdict) &&
      !(raw === undefined && nodes.some((node) => property(node, 'name') === 'SyntaxError')) &&
      // The body was cut, broke off, is one of a batch, or has parts that nobody has read.
      !isArray(parsed) &&
      !property(json, 'hasNext') &&
      !/^\s*(?:multipart\/|text\/event-stream)/i.test(header('content-type') ?? '') &&
      (parsed !== undefined || !/^\s*[[{]|"data"|^[^]{65536}/.test(head ?? '')) &&
      !((property(list, 'length') as number) > MOST_ERRORS) &&
      isUnrun(errors, given('rootFields')),
  };
}

/** F9b, F9c: no entry tells of a field, or the only field of the root was refused itself. */
function isUnrun(errors: readonly unknown[], rootFields: unknown): boolean {
  return errors.every((entry) => {
    const path = property(entry, 'path');
    if (path === undefined) return true;
    const isOneStep = isArray(path) && property(path, 'length') === 1;
    return rootFields === 1 && isOneStep && typeof property(path, 0) === 'string';
  });
}

/** The first that is accepted of what the paths lead to, node by node. */
function pick(
  nodes: readonly unknown[],
  paths: readonly string[],
  accept: (found: unknown) => unknown,
): unknown {
  for (const node of nodes) {
    for (const path of paths) {
      const found = follow(node, path);
      if (found != null && accept(found)) return found;
    }
  }
  return undefined;
}

/** urql delivers a CombinedError with nothing in it for `errors: []`: the answer still counts, the error does not. */
function isHollow(error: unknown): boolean {
  const list = property(error, 'graphQLErrors');
  return isArray(list) && !property(list, 'length') && !property(error, 'networkError');
}

/** From a number or three digits; `0` and the like, which mean no answer, are none. */
function statusNumber(value: unknown): number | undefined {
  const isText = typeof value === 'string' || typeof value === 'number';
  return isText && /^[1-9]\d\d$/.test(`${value}`) ? Number(value) : undefined;
}

function isReadable(body: unknown): boolean {
  return typeof body === 'string' || isPlain(body);
}

function graphqlErrors(node: unknown): unknown {
  if (isArray(node)) return node;
  const list = pick(
    [node],
    ['errors', 'graphQLErrors', 'response.errors'],
    (found) => isArray(found) && isFilled(found),
  );
  if (list && !partsOf(node).length) return list;
  // A GraphQL error thrown by itself.
  return isRecord(property(node, 'extensions')) && text(node, 'message') ? [node] : undefined;
}

function isFilled(list: unknown): boolean {
  return isArray(list) ? !!property(list, 'length') : list != null;
}

/** Text is parsed only where all of it is at hand and it begins as an object or a list does. */
function parse(body: string): unknown {
  try {
    // A byte order mark is no JSON (RFC 8259 8.1), yet servers send it; trim takes it off.
    return body.length <= LONGEST_BODY && /^\s*[[{]/.test(body)
      ? JSON.parse(body.trim())
      : undefined;
  } catch {
    // Text that only begins like JSON.
    return undefined;
  }
}

/** An `errors` that is no list is one entry (F1). */
function entries(errors: unknown): readonly unknown[] {
  if (errors == null) return [];
  return isArray(errors) ? firstItems(errors, MOST_ERRORS) : [errors];
}

/** Keys under which errors put their sentence: OAuth, GraphQL, Supabase, RFC 9457 problem details, monday. */
const SENTENCES = [
  'error_description',
  'message',
  'msg',
  'detail',
  'title',
  'error_message',
  'error.message',
  'error',
];

/** What an entry, a body or an error says in words; a string is its own. */
function saidBy(value: unknown): string | undefined {
  if (typeof value === 'string' || typeof value === 'number') return `${value}`;
  return pick([value], SENTENCES, (said) => typeof said === 'string' && said) as string | undefined;
}

/** What rules look at in one entry of `errors[]`. */
export function seenEntry(entry: unknown, answer: Answer, keys: ProfileTables['keys']): Seen {
  const given = property(entry, 'extensions');
  const extensions = isRecord(given) ? given : {};
  const parts = [extensions, entry];
  return {
    ...answer.common,
    code: wordAt(parts, keys.code),
    type: wordAt(parts, keys.type),
    message: saidBy(entry)?.slice(0, LONGEST_BODY) ?? '',
    extensions,
    entry,
  };
}

/** What they look at where there is no entry: the answer as a whole. */
export function seenWhole(
  { common, data, nodes, meaning, words, text: head }: Answer,
  { keys, lookUp }: ProfileTables,
): Seen {
  const { body, close } = common;
  const json = isRecord(body) ? body : {};
  const told =
    isArray(property(json, 'errors')) || data != null ? [] : [json, ...nodes].flatMap(wordsOf);
  // An SDK's error may have the word for its name only, as Amplify's has Cognito's.
  const names = nodes.map((node) => text(node, 'name'));
  return {
    ...common,
    code:
      [...told, ...names].find((word) => lookUp('words', word) !== undefined) ??
      wordAt([json], keys.code) ??
      told[0] ??
      (close && `${close.code}`) ??
      meaning.code ??
      wordAt(nodes, 'code'),
    type: wordAt([json], keys.type),
    message: saidBy(json) ?? head ?? close?.reason ?? words ?? '',
    extensions: json,
    entry: undefined,
  };
}

/** The words by which token endpoints say why: OAuth, Supabase, Firebase, Cognito (T7). */
function wordsOf(node: unknown): readonly string[] {
  return ['error', 'error_code', 'error.message', '__type'].flatMap((path) => {
    const [word] = /^[^ #]*(?= : |$)|[^#]+$/.exec(wordAt([node], path) ?? '') ?? [];
    return word && (path !== 'error.message' || /^[A-Z\d_]+$/.test(word)) ? word : [];
  });
}

/** A code may be a word, a number or a numeric string (F2); all are kept as strings that a table could hold. */
function wordAt(
  parts: readonly unknown[],
  paths: string | readonly string[],
  longest = 200,
): string | undefined {
  for (const path of [paths].flat()) {
    const found = pick(
      parts,
      [path],
      (word) => word !== '' && (typeof word === 'string' || Number.isFinite(word)),
    );
    if (found !== undefined) return String(found).slice(0, longest);
  }
  return undefined;
}

/** What the failure of an entry keeps (F11), where it has its shape. */
export function keptOf({ entry, extensions }: Seen, keys: ProfileTables['keys']): object {
  return {
    docsUrl: wordAt([extensions, entry], keys.docsUrl, 2_048),
    path: itemsAt(entry, 'path', (step) =>
      typeof step === 'string' || Number.isFinite(step) ? step : undefined,
    ),
    locations: itemsAt(entry, 'locations', (item) => {
      const line = property(item, 'line');
      const column = property(item, 'column');
      return typeof line === 'number' && typeof column === 'number' ? { line, column } : undefined;
    }),
  };
}

function itemsAt(entry: unknown, key: string, read: (item: unknown) => unknown): unknown {
  const list = property(entry, key);
  if (!isArray(list) || !((property(list, 'length') as number) <= MOST_ERRORS)) return undefined;
  const items = entries(list).map(read);
  return items.length > 0 && items.every((item) => item !== undefined) ? items : undefined;
}

/** What the failure of a whole answer says: its own words where they are words, else what is known of it. */
export function messageOf({ common: { status, body, close }, text: head, words }: Answer): string {
  return (
    (isRecord(body) ? saidBy(body) : undefined) ??
    [head, close?.reason, words].map((said) => said?.trim() ?? '').find(isSentence) ??
    (close ? `Socket closed with code ${close.code}` : anonymous(status))
  );
}

/** For an answer without words. */
export function anonymous(status: number | undefined): string {
  return status === undefined ? 'Unknown error' : `HTTP ${status}`;
}

/** A body's or an error's text that is not a page. */
function isSentence(source: string): boolean {
  return source.length <= 200 && /^[^<{[]/.test(source);
}
