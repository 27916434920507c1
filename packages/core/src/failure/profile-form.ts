import type { Check } from '../base/check.ts';
import {
  isFlag,
  isFunction,
  isNumber,
  isOneOf,
  isPattern,
  isText,
  listOf,
  must,
  oneOrMore,
  shape,
  table,
  wrong,
} from '../base/check.ts';
import { decisiveness } from '../base/failure.ts';
import type { FailureKind } from '../base/failure.ts';
import { isRecord, property } from '../base/property.ts';
import type { Tokens } from '../base/tokens.ts';

/** One value, or any of several. */
export type OneOf<T> = T | readonly T[];

/** What rules and readers look at: one entry of `errors[]`, or the whole answer where there is none. */
export interface Seen {
  readonly status: number | undefined;
  /** As sent, but always a string. Of a closed socket the close code. */
  readonly code: string | undefined;
  readonly type: string | undefined;
  /** The entry's message, else what the body says, the reason of a close, or the transport's words. */
  readonly message: string;
  /** `extensions` of the entry, else the parsed body where it is an object. */
  readonly extensions: Readonly<Record<string, unknown>>;
  /** A header's value, by name in any case. */
  header(name: string): string | undefined;
  /** The entry as the server sent it; `undefined` where there is none. */
  readonly entry: unknown;
  /** The body, parsed or as text, as far as it is known. */
  readonly body: unknown;
  /** What stands beside `errors`. */
  readonly responseExtensions: unknown;
  /** How a socket was closed, where one was. */
  readonly close?: SocketClose | undefined;
  /** The wall clock when the answer came, epoch milliseconds. */
  readonly now: number;
}

/** How a socket was closed. */
export interface SocketClose {
  readonly code: number;
  readonly reason: string;
}

/** All that is given must hold. Codes, types and header names are compared without regard to case. */
export interface Match {
  readonly status?: OneOf<number>;
  /** An entry's or body's code, the code of a transport's error, or a close code such as `'4400'`. */
  readonly code?: OneOf<string>;
  readonly type?: OneOf<string>;
  /** Tested against the entry's message, the body's text, or the reason of a close. */
  readonly message?: RegExp;
  /** A header that must be there (`true`), have a value, or match. */
  readonly header?: Readonly<Record<string, string | RegExp | true>>;
  /** Anything else. One that throws does not match, and its error becomes the failure's `cause`. */
  test?(seen: Seen): boolean;
}

/** A kind with what is special about it. What is left out follows from the kind. */
export interface VerdictDetail {
  readonly kind: FailureKind;
  /** A fresh token may cure it: refresh once and replay. Default: `true` for `unauthenticated`. */
  readonly freshToken?: boolean;
  readonly retryable?: boolean;
  /**
   * `false`: an API that answers so has not run the operation. It counts only where the whole answer was
   * read and holds neither data nor a sign that a field ran.
   */
  readonly executed?: false;
  readonly advice?: string;
}

/** What an answer means: a kind, a kind with details, or `null` for no failure at all. */
export type Verdict = FailureKind | VerdictDetail | null;

/** First match wins, before every table. */
export interface Rule {
  readonly when: Match;
  readonly then: Verdict;
}

/**
 * How a value says when: a time from now, an instant as epoch or ISO 8601 text, or told apart by its size
 * (`auto`: above 1e11 epoch milliseconds, above 1e9 epoch seconds, else seconds from now).
 */
export type HintUnit = 'seconds' | 'milliseconds' | 'minutes' | 'epoch' | 'auto' | 'iso';

/** Where an API of its own mind says how long to wait; read after the standard headers. */
export type HintReader =
  | { readonly header: string; readonly unit?: HintUnit }
  /** A path with dots into the entry's extensions, the entry itself, or what stands beside `errors`. */
  | { readonly extension: string; readonly unit?: HintUnit }
  /** The first group is the value; tested against messages, `error_description` and plain-text bodies. */
  | { readonly text: RegExp; readonly unit?: HintUnit }
  /** Milliseconds from now. */
  | ((seen: Seen) => number | undefined);

/** Headers of any answer that say how much is left, and when that changes. */
export interface QuotaHeaders {
  readonly remaining: string;
  readonly reset: string;
  readonly unit?: HintUnit;
}

/**
 * How an answer that serves says that nothing is left: by headers, or in a way of its own, such as a cost
 * bucket in what stands beside `data`. A function answers milliseconds from now.
 */
export type QuotaReader = QuotaHeaders | ((seen: Seen) => number | undefined);

/**
 * How one API signals failures, as data. Only what differs from `extends` needs saying.
 *
 * A verdict is looked for in this order, and the first one found counts: `rules`, `types`, `codes`,
 * `words`, `statuses`, then what the transport's error or close code means.
 *
 * @example
 * const shop = defineProfile({
 *   name: 'shop',
 *   codes: { SESSION_GONE: 'unauthenticated', OUT_OF_STOCK: 'conflict' },
 *   statuses: { 403: { kind: 'forbidden', freshToken: true, executed: false } },
 *   rules: [{ when: { status: 503, message: /maintenance/i }, then: { kind: 'unavailable', retryable: false } }],
 *   hints: [{ extension: 'retryAfterMs', unit: 'milliseconds' }],
 *   quota: [{ remaining: 'x-ratelimit-remaining', reset: 'x-ratelimit-reset' }],
 *   auth: { headers: (tokens) => ({ 'x-session': tokens.accessToken }), lifetime: 30 * 60_000 },
 *   advice: { forbidden: 'Ask the shop owner for the role that this operation needs.' },
 * });
 */
export interface Profile {
  /** Stands in messages, and is part of the key under which a browser tab keeps its retry budget. */
  readonly name: string;
  /** Answers what this profile leaves open. Default: `graphqlOverHttp`. */
  readonly extends?: Profile;
  readonly rules?: readonly Rule[];
  /** By `extensions.type`. */
  readonly types?: Readonly<Record<string, Verdict>>;
  /** By `extensions.code`: words or numbers. */
  readonly codes?: Readonly<Record<string, Verdict>>;
  /** By the `error` word of a body without `errors[]`, as token endpoints send it. */
  readonly words?: Readonly<Record<string, Verdict>>;
  /** By HTTP status, by the close code of a socket, or by a class such as `5xx` or `1xxx`. */
  readonly statuses?: Readonly<
    Partial<Record<number | `${1 | 2 | 3 | 4 | 5}xx` | `${1 | 2 | 3 | 4}xxx`, Verdict>>
  >;
  /** Read an entry's code such as `"404"` or `401` as that status would be read. Default `true`. */
  readonly numericCodes?: boolean;
  /**
   * Where an entry holds its code, its type and the documentation's address: a path such as
   * `contentful.code`, or several of which the first that leads to something counts. Each is looked for in
   * the entry's `extensions` first, then in the entry itself.
   */
  readonly keys?: {
    readonly code?: OneOf<string>;
    readonly type?: OneOf<string>;
    readonly docsUrl?: OneOf<string>;
  };
  readonly hints?: readonly HintReader[];
  readonly quota?: readonly QuotaReader[];
  /** Defaults for `auth` that belong to the API. What the application gives wins. */
  readonly auth?: {
    headers?(tokens: Tokens): Record<string, string>;
    /** Milliseconds. */
    readonly lifetime?: number;
    /** Milliseconds. */
    readonly refreshAhead?: number;
    /** Words of the token endpoint after which only a sign-in helps; added to those of `extends`. */
    readonly finalErrors?: readonly string[];
  };
  /** One sentence a kind, in place of the general one. `outcomeUnknown`: for a mutation that may have run. */
  readonly advice?: Readonly<Partial<Record<FailureKind | 'outcomeUnknown', string>>>;
}

/**
 * What is wrong with a profile, in one sentence (X5). For development builds alone, so nothing of it is
 * made while the module loads.
 *
 * @param isDefined Whether a parent was checked already.
 */
export function profileComplaint(
  profile: unknown,
  isDefined: (parent: unknown) => boolean,
): string | undefined {
  const complaint = profileCheck(isDefined)(profile, '');
  if (complaint === undefined) return undefined;
  const name = property(profile, 'name');
  const known = typeof name === 'string' && name !== '' ? ` "${name.slice(0, 60)}"` : '';
  return `Profile${known}: ${complaint}.`;
}

function profileCheck(isDefined: (parent: unknown) => boolean): Check {
  const isVerdict = verdictCheck();
  const isUnit = isOneOf(['seconds', 'milliseconds', 'minutes', 'epoch', 'auto', 'iso']);
  const isPath = oneOrMore(isText);
  const isQuota = shape({ remaining: isText, reset: isText, unit: isUnit }, ['remaining', 'reset']);
  const isProfile: Check = shape(
    {
      name: isText,
      extends: isParent,
      rules: listOf(shape({ when: matchCheck(), then: isVerdict }, ['when', 'then'])),
      types: table(isVerdict),
      codes: table(isVerdict),
      words: table(isVerdict),
      statuses: table(
        isVerdict,
        must('a status from 100 to 599, a class such as 5xx or a close code of a socket', (key) =>
          /^(?:[1-5](?:\d\d|xx)|[1-4](?:\d{3}|xxx))$/.test(String(key)),
        ),
      ),
      numericCodes: isFlag,
      keys: shape({ code: isPath, type: isPath, docsUrl: isPath }),
      hints: listOf(hintCheck(isUnit)),
      quota: listOf((value, path) =>
        typeof value === 'function' ? undefined : isQuota(value, path),
      ),
      auth: shape({
        headers: isFunction,
        lifetime: isNumber('finite number', 'above', 0),
        refreshAhead: isNumber('finite number', 'of at least', 0),
        finalErrors: listOf(isText),
      }),
      advice: table(isText, isOneOf([...decisiveness, 'outcomeUnknown'])),
    },
    ['name'],
    'a profile',
  );
  /** Parents are profiles too; one that comes back to itself would never end. */
  function isParent(value: unknown, path: string): string | undefined {
    const seen = new Set<unknown>();
    for (let next = value; next !== undefined; next = property(next, 'extends')) {
      if (!isRecord(next) || seen.has(next)) {
        return wrong(path, 'a profile that does not come back to itself', value);
      }
      seen.add(next);
    }
    return isDefined(value) ? undefined : isProfile(value, path);
  }
  return isProfile;
}

function verdictCheck(): Check {
  const isKind = isOneOf(decisiveness);
  const isDetail = shape(
    {
      kind: isKind,
      freshToken: isFlag,
      retryable: isFlag,
      executed: must('false or absent', (value) => value === false),
      advice: isText,
    },
    ['kind'],
  );
  return (value, path) => {
    if (value === null) return undefined;
    if (isRecord(value)) return isDetail(value, path);
    return isKind(value, path) === undefined
      ? undefined
      : wrong(path, `null, a verdict object, or one of ${decisiveness.join(', ')}`, value);
  };
}

function matchCheck(): Check {
  const isCondition = shape({
    status: oneOrMore(
      must(
        'an HTTP status from 100 to 599, or a list of them',
        (value) => Number.isInteger(value) && Number(value) >= 100 && Number(value) < 600,
      ),
    ),
    code: oneOrMore(isText),
    type: oneOrMore(isText),
    message: isPattern,
    header: table(
      must(
        'a string, a RegExp or true',
        (field) => typeof field === 'string' || field instanceof RegExp || field === true,
      ),
    ),
    test: isFunction,
  });
  return (value, path) =>
    isRecord(value) && Object.values(value).every((part) => part === undefined)
      ? wrong(path, 'an object with at least one condition', value)
      : isCondition(value, path);
}

function hintCheck(isUnit: Check): Check {
  const isReader = shape({ header: isText, extension: isText, text: isPattern, unit: isUnit });
  return (value, path) => {
    if (typeof value === 'function') return undefined;
    const ways = ['header', 'extension', 'text'].filter(
      (way) => property(value, way) !== undefined,
    );
    return ways.length === 1
      ? isReader(value, path)
      : wrong(path, 'a function, or an object with one of header, extension, text', value);
  };
}
