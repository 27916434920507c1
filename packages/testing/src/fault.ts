import type { RecordedRequest } from './recorded-request.ts';

/** Which GraphQL requests, by what can be read off them. All that is given has to fit. */
export interface FaultTarget {
  readonly operationName?: string;
  /** Without query string, as `/sales`. A token endpoint's path is allowed. */
  readonly path?: string;
  readonly type?: 'query' | 'mutation' | 'subscription';
}

/**
 * One thing that goes wrong. Which requests it meets is said by `on`, `after` and `times`; what happens
 * to them by the other fields. A request meets one fault at most: the first injected one that fits and
 * is not used up.
 *
 * With `status`, `body`, `results` or `html` the fault answers in the server's place: the operation does not run
 * and counts against no limit, unless `execute` is set. Without them the server's own answer goes out,
 * late, cut or changed as the other fields say.
 *
 * @example
 * server.inject({ status: 503, headers: { 'retry-after': '1' } });            // the next request
 * server.inject({ on: 'token', html: true, status: 502, times: 3 });          // three token requests
 * server.inject({ on: { type: 'mutation' }, reset: 'after-execute' });        // it ran, the answer is lost
 * server.inject({ on: { operationName: 'Slow' }, delay: 2_000, times: Infinity });
 */
export interface Fault {
  /** Shown as `fault` in the recorded request. */
  readonly name?: string;
  /**
   * Which requests: all GraphQL requests, all token requests, those of a {@link FaultTarget}, or those
   * that a function says yes to (asked for GraphQL and token requests alike). Default `'graphql'`.
   */
  readonly on?: 'graphql' | 'token' | FaultTarget | ((request: RecordedRequest) => boolean);
  /** How many requests it meets; `Infinity`: all until `clearFaults`. Default 1. */
  readonly times?: number;
  /** How many fitting requests pass unharmed first. Default 0. */
  readonly after?: number;
  /** HTTP status to answer with, 200 to 599. Default 200 where there is a `body`, 500 with `html`. */
  readonly status?: number;
  /** Header fields to add to the answer, the fault's or the server's own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, or an object to send as JSON. Default: empty where there is a `status`. */
  readonly body?: string | object;
  /**
   * A stream of these results, one after the other: chunks of incremental delivery, events of a
   * subscription. Sent as `multipart/mixed` where the client accepts that, else as server-sent events.
   */
  readonly results?: readonly object[];
  /** An HTML error page, as a proxy sends it. */
  readonly html?: true;
  /** Milliseconds by which the answer is late. The operation itself runs on arrival. Default 0. */
  readonly delay?: number;
  /** Run the operation, with its side effects, though the fault answers: a lost answer. Default `false`. */
  readonly execute?: boolean;
  /**
   * Cut the connection: `before` any byte and without running the operation; `after-execute`: it ran,
   * and not one byte comes back; within the `headers` or within the `body` of the answer, which has run
   * unless the fault brings an answer of its own.
   */
  readonly reset?: 'before' | 'headers' | 'body' | 'after-execute';
  /**
   * Send only so many characters of the body, and end the response as if that were all. `true`: half of
   * it; of a stream, what comes up to its first event. With `reset: 'body'` it says where the cut is.
   */
  readonly truncate?: number | true;
  /** Media type of the answer, instead of the right one. */
  readonly contentType?: string;
  /** Never answer: the connection stays open until the client or `close` ends it. The operation does not run unless `execute` is set. */
  readonly hang?: true;
}

const RESETS = ['before', 'headers', 'body', 'after-execute'];

const LONGEST_DELAY = 2 ** 31 - 1;

const isCount = (value: unknown, least: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least;

const isText = (value: unknown): boolean => typeof value === 'string';

function isTextRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every(isText);
}

const TARGET_FIELDS = ['operationName', 'path', 'type'];

function isOn(value: unknown): boolean {
  if (value === 'graphql' || value === 'token' || typeof value === 'function') return true;
  return (
    isTextRecord(value) && Object.keys(Object(value)).every((key) => TARGET_FIELDS.includes(key))
  );
}

/** Each field: whether a value is allowed, and the words for what is. */
const FIELDS: Readonly<Record<keyof Fault, readonly [(value: unknown) => boolean, string]>> = {
  name: [isText, 'a string is allowed'],
  on: [
    isOn,
    "'graphql', 'token', a function, or an object of operationName, path and type is allowed",
  ],
  times: [
    (value) => value === Infinity || isCount(value, 1),
    'a whole number from 1, or Infinity, is allowed',
  ],
  after: [(value) => isCount(value, 0), 'a whole number from 0 is allowed'],
  status: [
    (value) => isCount(value, 200) && Number(value) <= 599,
    'a whole number from 200 to 599 is allowed',
  ],
  headers: [isTextRecord, 'an object of strings is allowed'],
  body: [
    (value) => isText(value) || (typeof value === 'object' && value !== null),
    'a string or an object is allowed',
  ],
  results: [
    (value) => Array.isArray(value) && value.every((entry) => entry === Object(entry)),
    'a list of objects is allowed',
  ],
  html: [(value) => typeof value === 'boolean', 'true is allowed'],
  delay: [
    (value) => typeof value === 'number' && value >= 0 && value <= LONGEST_DELAY,
    'a number of milliseconds from 0 to 2147483647 is allowed',
  ],
  execute: [(value) => typeof value === 'boolean', 'true or false is allowed'],
  reset: [(value) => RESETS.includes(value as string), `one of ${RESETS.join(', ')} is allowed`],
  truncate: [
    (value) => value === true || isCount(value, 0),
    'true, or a whole number of characters from 0, is allowed',
  ],
  contentType: [isText, 'a string is allowed'],
  hang: [(value) => typeof value === 'boolean', 'true is allowed'],
};

const EXCLUSIVE = [
  ['html', 'body'],
  ['html', 'results'],
  ['results', 'body'],
  ['hang', 'reset'],
] as const;

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) return JSON.stringify(value).slice(0, 80);
  return String(value);
}

/** Throws a sentence that names the field, the value and what is allowed. */
export function requireFault(fault: Fault): void {
  if (typeof fault !== 'object' || fault === null) {
    throw new TypeError(`A fault was given as ${shown(fault)}; an object is allowed.`);
  }
  for (const [name, value] of Object.entries(fault)) {
    if (!Object.hasOwn(FIELDS, name)) {
      throw new TypeError(
        `A fault has no field "${name}"; its fields are ${Object.keys(FIELDS).join(', ')}.`,
      );
    }
    const [allowed, words] = FIELDS[name as keyof Fault];
    if (value !== undefined && !allowed(value)) {
      throw new TypeError(`Fault field "${name}" was given ${shown(value)}; ${words}.`);
    }
  }
  for (const [one, other] of EXCLUSIVE) {
    if (fault[one] === undefined || fault[other] === undefined) continue;
    throw new TypeError(
      `Fault fields "${one}" and "${other}" were both given; one of them is allowed.`,
    );
  }
}
