import type { FailureKind } from '../model/failure.ts';
import type { Tokens } from '../model/tokens.ts';

/** One value, or any of several. */
type OneOf<T> = T | readonly T[];

/** What a rule looks at: one entry of `errors[]`, or the whole answer where there is none. */
export interface Seen {
  readonly status: number | undefined;
  /** As sent, but always a string. */
  readonly code: string | undefined;
  readonly type: string | undefined;
  readonly message: string;
  /** `extensions` of the entry, else the parsed body where it is an object. */
  readonly extensions: Readonly<Record<string, unknown>>;
  /** The entry of `errors[]` as the server sent it, be it an object or a string; `undefined` where there is none. */
  readonly entry: unknown;
  /**
   * The whole answer, with all that stands beside `errors`: the parsed body, its text where that is no
   * JSON (64 KiB at most), `undefined` where none came. Of a socket's message, or of a part of a stream,
   * it is `data`, `errors` and `extensions`.
   */
  readonly body: unknown;
  /** A header's value, by name in any case. */
  header(name: string): string | undefined;
}

/** All that is given must hold. Codes, types and header names are compared without regard to case. */
export interface Match {
  readonly status?: OneOf<number>;
  readonly code?: OneOf<string>;
  readonly type?: OneOf<string>;
  /** Tested against the entry's message, or the body's text. */
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
  /** `false`: this answer proves that nothing ran. Default: F9. */
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

/** How a number says when: seconds or milliseconds from now, epoch, or told apart by size (W1). */
export type HintUnit = 'seconds' | 'milliseconds' | 'epoch' | 'auto';

/** Where an API of its own mind says how long to wait; read after the standard headers (W1). */
export type HintReader =
  | { readonly header: string; readonly unit?: HintUnit }
  | { readonly extension: string; readonly unit?: HintUnit }
  /** The first group is the number; tested against messages, `error_description` and plain-text bodies. */
  | { readonly text: RegExp; readonly unit?: HintUnit }
  /** Milliseconds from now. */
  | ((seen: Seen) => number | undefined);

/** Headers of any answer that say how much is left, and when that changes (W8). */
export interface QuotaHeaders {
  readonly remaining: string;
  readonly reset: string;
  readonly unit?: HintUnit;
}

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
  /** By the `error` word of a body without `errors[]` (OAuth, F4b). */
  readonly words?: Readonly<Record<string, Verdict>>;
  /** By HTTP status, or by a class such as `5xx`. */
  readonly statuses?: Readonly<Partial<Record<number | `${1 | 2 | 3 | 4 | 5}xx`, Verdict>>>;
  /** Read a code such as `"404"` or `401` as that status would be read. Default `true`. */
  readonly numericCodes?: boolean;
  /**
   * Which keys hold the code, the type and the documentation's address: of an entry's `extensions`, or of
   * the entry itself, beside its `message`. Without entries, those of the JSON body.
   */
  readonly keys?: { readonly code?: string; readonly type?: string; readonly docsUrl?: string };
  readonly hints?: readonly HintReader[];
  readonly quota?: readonly QuotaHeaders[];
  /** Defaults for `auth` that belong to the API. What the application gives wins. */
  readonly auth?: {
    headers?(tokens: Tokens): Record<string, string>;
    /** Milliseconds. */
    readonly lifetime?: number;
    /** Milliseconds. */
    readonly refreshAhead?: number;
    /**
     * Words and codes of the token endpoint after which only a sign-in helps (T7), in any case; added to
     * the parent's and to the default's (`invalid_grant`, `login_required` and others).
     */
    readonly finalErrors?: readonly string[];
  };
  /** One sentence a kind, in place of the general one (F10). `outcomeUnknown`: for a mutation that may have run. */
  readonly advice?: Readonly<Partial<Record<FailureKind | 'outcomeUnknown', string>>>;
}
