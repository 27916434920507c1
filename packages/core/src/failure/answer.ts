import type { FailureSource } from '../base/failure.ts';
import type { Signal } from '../base/operation.ts';
import type { Finding, ProfileTables, Table } from './profile.ts';
import type { Seen } from './profile-form.ts';
import {
  attempt,
  count,
  first,
  firstItems,
  follow,
  headerReader,
  isArray,
  isPlain,
  isRecord,
  pick,
  property,
  text,
  word,
} from '../base/property.ts';
import { isSuccess } from './profile.ts';
import { closeOf, partsOf, reachable, transportMeaning } from './transport-error.ts';

/** Entries of `errors[]`, and steps of a path, that are looked at (X4). */
const MOST_ERRORS = 100;

/** Text that is parsed and matched, in UTF-16 code units (X4). */
const LONGEST_BODY = 65_536;

/** What a failure may be made of: an entry of `errors`, or the answer as a whole. */
export interface View extends Seen {
  /** What a failure keeps of it as it is (F11). */
  readonly kept: object;
  /** Where it is known before what it means: an entry, or a word by which token endpoints say why. */
  readonly source: FailureSource | undefined;
}

/** One answer, wherever its parts came from: the signal itself, its body, or the transport's error. */
export interface Answer {
  /** What failures may be of: the first 100 entries of `errors`, the whole where there are none, or nothing. */
  readonly views: readonly View[];
  /** The tables that have a say in them. */
  readonly tables: readonly Table[];
  /** What a failure of the whole says: words for a person, no page. They may be a client's own (F12). */
  readonly words: string;
  /** What is said where no table says anything. */
  readonly otherwise: Finding;
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
export function readAnswer(signal: Signal, { paths, finding }: ProfileTables): Answer {
  const given = (key: keyof Signal): unknown => property(signal, key);
  const error = given('error');
  const nodes = reachable(error);
  const all = [signal, ...nodes];
  const status = pick(all, 'statusCode status response.status', statusNumber);
  const meaning = transportMeaning(nodes);
  const close = given('close') ? closeOf(given('close'), true) : meaning.close;
  const header = headerReader(pick(all, 'headers response.headers'));
  const type = header('content-type') ?? '';

  const raw =
    given('body') === undefined
      ? pick(nodes, 'bodyText body result data response.data', (found) =>
          // A stream says nothing any more.
          typeof found === 'string' || isPlain(found) ? found : undefined,
        )
      : given('body');
  const head = typeof raw === 'string' ? raw.slice(0, LONGEST_BODY) : undefined;
  const body = head === undefined ? raw : parsed(raw as string);
  const unread = body === undefined ? (head ?? '') : '';

  const own = isEmpty(given('errors')) ? undefined : given('errors');
  const isTold = own != null || given('data') !== undefined;
  const holder = nodes.find(graphqlErrors);
  const inBody = property(body, 'errors');
  const list =
    own ??
    graphqlErrors(holder) ??
    // OAuth's form of error may have an `errors` of its own.
    (isTold || (!isArray(inBody) && text(property(body, 'error'))) ? undefined : inBody);
  // An `errors` that is no list is one entry (F1).
  const errors = isArray(list) ? firstItems(list, MOST_ERRORS) : list == null ? [] : [list];
  const data = [given('data'), pick([holder], 'data response.data'), property(body, 'data')].filter(
    (part) => part !== undefined,
  );
  const partial = data.some((part) => part !== null);
  // urql delivers a CombinedError with nothing in it for `errors: []`: the answer still counts, the error does not.
  const hasError =
    error != null &&
    (property(error, 'networkError') || !isEmpty(property(error, 'graphQLErrors')));
  // F8: an abort is one, whatever else the answer shows.
  const isAborted = meaning.kind === 'aborted';
  const isWhole = isAborted || !errors.length;

  const now = given('now') as number;
  const at = (parts: readonly unknown[], key: 'code' | 'type' | 'docsUrl', longest?: number) =>
    first(paths(key), (path) => first(parts, (part) => word(follow(part, path), longest)));
  const view = (
    parts: readonly unknown[],
    entry: unknown,
    source: FailureSource | undefined,
    message = '',
    code = at(parts, 'code'),
  ): View => {
    const kept = {
      status,
      code,
      type: at(parts, 'type'),
      docsUrl: at(parts, 'docsUrl', 2_048),
      partial,
      path: itemsAt(entry, 'path', (step) =>
        typeof step === 'string' || Number.isFinite(step) ? step : undefined,
      ),
      locations: itemsAt(entry, 'locations', (item) => {
        const line = property(item, 'line');
        const column = property(item, 'column');
        return Number.isFinite(line) && Number.isFinite(column) ? { line, column } : undefined;
      }),
    };
    return {
      ...kept,
      kept,
      message,
      source,
      extensions: isRecord(parts[0]) ? parts[0] : {},
      header,
      entry,
      body: body ?? head,
      responseExtensions: pick([signal, body, holder], 'extensions'),
      close,
      now: Number.isFinite(now) ? now : Date.now(),
    };
  };

  const isWord = (code: string | undefined): boolean =>
    finding('words', { code } as Seen, []) !== undefined;
  const told = isArray(inBody) || partial ? [] : [body, ...nodes].flatMap(wordsOf);
  const said = [head, close?.reason, saidBy(property(error, 'networkError')) ?? saidBy(error)];
  // An SDK's error may have the word for its name only, as Amplify's has Cognito's.
  const names = nodes.map((node) => word(property(node, 'name')));
  const code =
    [...told, ...names].find(isWord) ??
    at([body], 'code') ??
    told[0] ??
    (close && `${close.code}`) ??
    meaning.code ??
    pick(nodes, 'code', word);
  const isBare = raw !== undefined && !isTold && !holder;
  // F7: with a status that is no error, something other than a GraphQL answer.
  const isForeign = isBare
    ? // Text that was too long to be parsed may be an answer all the same (X4).
      !inBody && !/^\s*\{[^]{65530}/.test(unread)
    : // A media type that carries no GraphQL answer, complete or in parts (F1).
      /^\s*(?:text\/(?!event)|image|[^;]*html)/i.test(type);
  return {
    views: !isWhole
      ? // F2, F3: each entry by itself.
        errors.map((entry) =>
          view([property(entry, 'extensions'), entry], entry, 'graphql', saidBy(entry)),
        )
      : isSuccess(status) && data.length && !hasError && !close
        ? []
        : [
            view(
              [body],
              undefined,
              isWord(code) ? 'token-endpoint' : undefined,
              // Where a body was read, what a client says of it by itself is not the server's (F12).
              saidBy(body) ?? head ?? said.find(Boolean),
              code,
            ),
          ],
    words: saidBy(body) ?? said.map((words) => words?.trim()).find(isSentence) ?? '',
    tables: isAborted
      ? []
      : !isWhole
        ? ['rules', 'types', 'codes', 'numbers']
        : // A 429 is one whatever word comes with it: not every page that lists the words lists that one.
          status === 429
          ? ['rules', 'statuses']
          : ['rules', 'words', 'types', 'codes', 'statuses'],
    otherwise: !isWhole
      ? // An error status speaks for all; one that the profile takes for none, for none.
        { kind: 'unknown', ...finding('statuses', { status } as Seen, []) }
      : close && !isAborted
        ? { ...finding('statuses', { status: close.code } as Seen, []), ground: 'close' }
        : meaning.kind
          ? { ...meaning, ground: 'transport' }
          : hasError || isForeign
            ? { kind: hasError && !status ? 'unknown' : 'bad_response' }
            : {},
    isRefusal:
      !given('incomplete') &&
      !partial &&
      // It leads elsewhere, or comes from there.
      !`${status}`.startsWith('3') &&
      !pick(nodes, 'redirected response.redirected', (isLed) => isLed || undefined) &&
      // The head of an answer came, and what failed then was its body.
      !(status && meaning.kind) &&
      !(raw === undefined && names.includes('SyntaxError')) &&
      // The body was cut, broke off, is one of a batch, or has parts that nobody has read.
      !isArray(body) &&
      !property(body, 'hasNext') &&
      !/multipart|event-stream/i.test(type) &&
      !/^\s*[[{]|"data"|^[^]{65536}/.test(unread) &&
      !(count(list) > MOST_ERRORS) &&
      // F9b, F9c: no entry tells of a field, or the only field of the root was refused itself.
      errors.every((entry) => {
        const path = property(entry, 'path');
        return (
          path === undefined ||
          (given('rootFields') === 1 && count(path) === 1 && typeof property(path, 0) === 'string')
        );
      }),
  };
}

/** From a number or three digits; `0` and the like, which mean no answer, are none. */
const statusNumber = (value: unknown): number | undefined =>
  Number(/^[1-9]\d\d$/.exec(word(value) as string)?.[0]) || undefined;

function graphqlErrors(node: unknown): unknown {
  if (isArray(node)) return node;
  const list = pick([node], 'errors graphQLErrors response.errors', (found) =>
    count(found) ? found : undefined,
  );
  if (list && !partsOf(node).length) return list;
  // A GraphQL error thrown by itself.
  return isRecord(property(node, 'extensions')) && text(property(node, 'message'))
    ? [node]
    : undefined;
}

const isEmpty = (list: unknown): boolean => isArray(list) && !count(list);

/** Text is parsed only where all of it is at hand and it begins as an object or a list does. */
const parsed = (body: string): unknown =>
  attempt(() =>
    body.length <= LONGEST_BODY && /^\s*[[{]/.test(body)
      ? // A byte order mark is no JSON (RFC 8259 8.1), yet servers send it; trim takes it off.
        JSON.parse(body.trim())
      : undefined,
  );

/** What an entry, a body or an error says in words; a string is its own. */
const saidBy = (value: unknown): string | undefined =>
  word(value, LONGEST_BODY) ??
  pick(
    [value],
    // OAuth, GraphQL, Supabase, RFC 9457 problem details, monday.
    'error_description message msg detail title error_message error.message error',
    text,
  )?.slice(0, LONGEST_BODY);

/** A body's or an error's text that is not a page. */
const isSentence = (source = ''): boolean => /^[^<{[][^]{0,199}$/.test(source);

/** The words by which token endpoints say why: OAuth, Supabase, Firebase, Cognito (T7). */
const wordsOf = (node: unknown): readonly string[] =>
  ['error', 'error_code', 'error.message', '__type'].flatMap((path) => {
    // `USER_DISABLED : by an administrator`, `com.amazonaws#NotAuthorizedException`
    const told = word(follow(node, path))?.split(' : ')[0]?.split('#').pop();
    return told && (path !== 'error.message' || /^[A-Z\d_]+$/.test(told)) ? told : [];
  });

/** A list of an entry, where it has its shape (F11). */
function itemsAt(entry: unknown, key: string, read: (item: unknown) => unknown): unknown {
  const list = property(entry, key);
  const items = firstItems(list, MOST_ERRORS).map(read);
  return items.length && items.length === count(list) && !items.includes(undefined)
    ? items
    : undefined;
}
