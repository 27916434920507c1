import type { Check } from './base/check.ts';
import {
  hasMethods,
  isFlag,
  isFunction,
  isNumber,
  isOneOf,
  isText,
  must,
  orFalse,
  shape,
  shown,
} from './base/check.ts';
import type { ResilienceEvent } from './base/events.ts';
import type { Failure } from './base/failure.ts';
import type { OperationInfo } from './base/operation.ts';
import type { Readable } from './base/readable.ts';
import type { Clock } from './base/time.ts';
import { copied, isHeaderName } from './base/tokens.ts';
import type { AuthOptions, Share } from './base/tokens.ts';
import { defineProfile } from './failure/profile.ts';
import type { Profile } from './failure/profile.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/**
 * How, and how often, an operation is tried again.
 *
 * @example
 * createResilience({ retry: { attempts: 2, idempotencyKey: 'idempotency-key' } });
 */
export interface RetryOptions {
  /**
   * How often an operation is sent in all, the first time included. At least 1. Default 4. Waits that a
   * server names, and those for an outage to end, do not count.
   */
  readonly attempts?: number | undefined;
  readonly backoff?:
    | {
        /** First delay after network failures, timeouts and 5xx; full jitter. Milliseconds, default 100. */
        readonly transient?: number | undefined;
        /** First delay after a rate limit without a hint; never less. Milliseconds, default 1,000. */
        readonly throttled?: number | undefined;
        /** First delay after `locked`; never less. Milliseconds, default 250. */
        readonly locked?: number | undefined;
        /** By how much each delay is longer than the one before. Default 2. */
        readonly factor?: number | undefined;
        /** The longest delay before jitter. Milliseconds, default 20,000. */
        readonly cap?: number | undefined;
      }
    | undefined;
  /** What breaks retries when most of them are in vain. `false`: nothing does. */
  readonly budget?:
    | {
        /** Default 500 in a server process, 100 in a browser tab. */
        readonly capacity?: number | undefined;
        /** What a retry after a transient failure takes. Default 14. */
        readonly transientCost?: number | undefined;
        /** What a retry after a limit takes. Default 5. */
        readonly throttledCost?: number | undefined;
      }
    | false;
  /**
   * When a mutation is sent again. `safe`, the default: only if it provably was not executed, is marked
   * `idempotent`, or carries an idempotency key. `never`: not at all. `always`: as a query is, unless data
   * came with the failure. The replay after a refresh is a matter of `auth`.
   */
  readonly mutations?: 'safe' | 'never' | 'always' | undefined;
  /**
   * Name of a header that the server honours as idempotency key; sent with every mutation. One that the
   * application sends with it is kept.
   */
  readonly idempotencyKey?: string | undefined;
  /**
   * Has the last word on whether a failure is worth another attempt; `undefined` is the default answer.
   * Attempts, budget, deadline and the safety of mutations hold all the same.
   */
  when?(failure: Failure, operation: OperationInfo): boolean | undefined;
}

/**
 * How rate limits are waited for, and how many operations go at once.
 *
 * @example
 * createResilience({ rateLimit: { concurrency: 20 } });
 */
export interface RateLimitOptions {
  /** The longest wait for a server's hint. Milliseconds, default 30,000; beyond it an operation fails at once. */
  readonly maxWait?: number | undefined;
  /** How many operations wait in one closed scope. Default 1,000. */
  readonly queue?: number | undefined;
  /** How many operations are in flight in one scope at a time. At least 1. Default: no bound. */
  readonly concurrency?: number | undefined;
  /** How far apart clients come back that were told one instant: 0 to 1. Default 0.5; a tool with one user sets 0. */
  readonly spread?: number | undefined;
  /**
   * What shares a limit. Default: the operation's endpoint, where its client tells it: urql and `fetch` do, Apollo
   * Client only by `context.uri`, without which all of its operations share one.
   */
  scope?(operation: OperationInfo): string;
}

/**
 * How operations are held while the API, or its token endpoint, is down.
 *
 * @example
 * createResilience({ outage: { patience: 60_000 } }); // a batch job that would rather wait
 */
export interface OutageOptions {
  /** How long an operation waits for outages in all. Milliseconds, default 15,000. */
  readonly patience?: number | undefined;
  /** When one operation at a time is sent to see whether the API is back; each delay is half of it to all of it. */
  readonly probe?:
    | {
        /** Milliseconds to the first. Default 1,000. */
        readonly base?: number | undefined;
        /** By how much each delay is longer than the one before. Default 2. */
        readonly factor?: number | undefined;
        /** The longest delay. Milliseconds, default 5,000. */
        readonly cap?: number | undefined;
      }
    | undefined;
}

/** Everything `createResilience` takes; all of it may be left out. */
export interface ResilienceOptions {
  /** How this API signals failures. Default `graphqlOverHttp`. */
  readonly profile?: Profile | undefined;
  /** Absent: no token handling. */
  readonly auth?: AuthOptions | undefined;
  /** `false`: nothing is repeated but the replay after a refresh. */
  readonly retry?: RetryOptions | false | undefined;
  /** `false`: no scope is closed by a limit; each operation backs off by itself. */
  readonly rateLimit?: RateLimitOptions | false | undefined;
  /** `false`: nothing is held while the API is down; each operation is retried by itself. */
  readonly outage?: OutageOptions | false | undefined;
  readonly timeout?:
    | {
        /**
         * One attempt. Milliseconds, default 30,000 for queries; mutations are cut only where it is given,
         * since that leaves open whether they ran.
         */
        readonly attempt?: number | undefined;
        /**
         * All waits and attempts of an operation; but a mutation's attempt is not cut by it, and a subscription has
         * no end. Milliseconds, default 60,000.
         */
        readonly total?: number | undefined;
      }
    | undefined;
  /** Where tabs or processes of one app agree. Default: this instance alone. */
  readonly share?: Share | undefined;
  readonly onEvent?: ((event: ResilienceEvent) => void) | undefined;
  /** Default: the platform's. */
  readonly clock?: Clock | undefined;
  /** A number in [0, 1). Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Whether there is a network. Default: the browser's `navigator.onLine`, else always. */
  readonly online?: Readable<boolean> | undefined;
}

/** What is wrong with an operation's own options; in development builds alone (X5). */
export function operationFault({ name, options }: OperationInfo): string | undefined {
  const isOperation = shape({
    retry: isFlag,
    idempotent: isFlag,
    auth: isFlag,
    timeout: isNumber('number', 'of at least', 0),
    scope: isText,
  });
  const fault = isOperation(options, 'resilience');
  const whose = name === undefined ? 'An operation' : `Operation ${name}`;
  return fault === undefined ? undefined : `${whose}: ${fault}.`;
}

/**
 * For adapters: checks what one is given as its instance, in a development build alone (X5).
 *
 * @param adapter how it is called, as `new ResilienceLink()`.
 * @throws TypeError One sentence that names the adapter and what it was given.
 */
export function checkInstance(instance: unknown, adapter: string): void {
  if (process.env.NODE_ENV !== 'production') {
    const isWhole = hasMethods(['execute', 'subscribe', 'dispose']);
    const isInstance = must(
      'given an instance, as createResilience() returns it',
      (value) => isWhole(value, '') === undefined,
    );
    const fault = isInstance(instance, adapter);
    if (fault !== undefined) throw new TypeError(`${fault}.`);
  }
}

/**
 * For adapters: the error for an option of theirs that cannot be used, one sentence (X5).
 *
 * @param what is allowed, and where, as `resilientFetch: fetch must be a function`.
 */
export function optionError(what: string, given: unknown): TypeError {
  return new TypeError(`${what}, not ${shown(given)}.`);
}

/** @throws TypeError where an option is none, or has a value that is not allowed (X5). */
export function checkOptions(options: ResilienceOptions): void {
  const isDuration = isNumber('number', 'above', 0);
  const isLeast0 = isNumber('finite number', 'of at least', 0);
  const isCount = isNumber('whole number', 'of at least', 0);
  const isAttempts = isNumber('whole number', 'of at least', 1);
  const orEndless =
    (check: Check): Check =>
    (value, path) =>
      value === Infinity ? undefined : check(value, path);
  const isOptions = shape(
    {
      profile: (profile, path) => {
        try {
          defineProfile(profile as Profile);
          return undefined;
        } catch (error) {
          // Its own sentence, of which this one is made.
          return (error as Error).message.replace(/^Profile/, path).replace(/\.$/, '');
        }
      },
      auth: shape({
        tokens: (tokens, path) => {
          const copy = typeof tokens === 'function' ? undefined : copied(tokens);
          return typeof copy === 'string' ? `${path}: ${copy}` : undefined;
        },
        refresh: isFunction,
        headers: isFunction,
        lifetime: isDuration,
        refreshAhead: isNumber('number', 'of at least', 0),
        refreshTimeout: isDuration,
      }),
      retry: orFalse(
        shape({
          attempts: isAttempts,
          backoff: shape({
            transient: isLeast0,
            throttled: isLeast0,
            locked: isLeast0,
            factor: isNumber('finite number', 'of at least', 1),
            cap: isLeast0,
          }),
          budget: orFalse(
            shape({ capacity: isLeast0, transientCost: isLeast0, throttledCost: isLeast0 }),
          ),
          mutations: isOneOf(['safe', 'never', 'always']),
          idempotencyKey: must('the name of a header', isHeaderName),
          when: isFunction,
        }),
      ),
      rateLimit: orFalse(
        shape({
          maxWait: isNumber('number', 'of at least', 0),
          queue: orEndless(isCount),
          concurrency: orEndless(isAttempts),
          spread: must(
            'a number from 0 to 1',
            (value) => typeof value === 'number' && value >= 0 && value <= 1,
          ),
          scope: isFunction,
        }),
      ),
      outage: orFalse(
        shape({
          patience: isNumber('number', 'of at least', 0),
          probe: shape({
            base: isLeast0,
            factor: isNumber('finite number', 'of at least', 1),
            cap: isLeast0,
          }),
        }),
      ),
      timeout: shape({ attempt: isDuration, total: isDuration }),
      share: hasMethods(['read', 'replace'], ['lease', 'closeUntil', 'subscribe']),
      onEvent: isFunction,
      clock: hasMethods(['monotonic', 'wall', 'after']),
      random: isFunction,
      online: hasMethods(['get', 'subscribe']),
    },
    [],
    'options',
  );
  const complaint = isOptions(options, '');
  if (complaint !== undefined) throw new TypeError(`createResilience: ${complaint}.`);
}
