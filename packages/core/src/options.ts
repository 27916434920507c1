import { graphqlOverHttp } from './profiles/graphql-over-http.ts';
import { isDefined } from './failure/define-profile.ts';
import type { Profile } from './failure/profile.ts';
import { hasMethods, isFunction, isNumber, isOneOf, must, orFalse, shape } from './model/check.ts';
import type { Check } from './model/check.ts';
import type { Clock } from './model/clock.ts';
import type { ResilienceEvent } from './model/event.ts';
import type { Failure } from './model/failure.ts';
import type { OperationInfo } from './model/operation.ts';
import type { Readable } from './model/readable.ts';
import type { AuthOptions, Share } from './model/tokens.ts';
import { headersFault, takeTokens } from './session/token.ts';

/** How, and how often, an operation is tried again. */
export interface RetryOptions {
  /** How often an operation is sent in all, the first time included. At least 1. Default 3 (R1). */
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
  /** What breaks retries when most of them are in vain (R4). `false`: nothing does. */
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
   * When a mutation is sent again (M1). `safe`, the default: only if it provably was not executed, is
   * marked `idempotent`, or carries an idempotency key. `never`: not at all. `always`: as a query is,
   * unless data came with the failure. The replay after a refresh is a matter of `auth`.
   */
  readonly mutations?: 'safe' | 'never' | 'always' | undefined;
  /** Name of a header that the server honours as idempotency key; sent with every mutation (M3). */
  readonly idempotencyKey?: string | undefined;
  /**
   * Has the last word on whether a failure is worth another attempt; `undefined` is the default answer.
   * Attempts, budget, deadline and the safety of mutations hold all the same.
   */
  when?(failure: Failure, operation: OperationInfo): boolean | undefined;
}

/** How closed rate-limit scopes are waited for. */
export interface RateLimitOptions {
  /** The longest wait for a server's hint. Milliseconds, default 30,000; beyond it an operation fails at once (W4). */
  readonly maxWait?: number | undefined;
  /** How many operations wait in one closed scope. Default 100 (W7). */
  readonly queue?: number | undefined;
  /** What shares a limit. Default: the operation's endpoint. */
  scope?(operation: OperationInfo): string;
}

/** Everything `createResilience` takes; all of it may be left out. */
export interface ResilienceOptions {
  /** How this API signals failures. Default `graphqlOverHttp`. */
  readonly profile?: Profile | undefined;
  /** Absent: no token handling. */
  readonly auth?: AuthOptions | undefined;
  /** `false`: nothing is repeated but the replay after a refresh (R4b). */
  readonly retry?: RetryOptions | false | undefined;
  /** `false`: no scope is closed; each operation backs off by itself. */
  readonly rateLimit?: RateLimitOptions | false | undefined;
  readonly timeout?:
    | {
        /**
         * One attempt. Milliseconds; default 30,000 for queries, none for mutations: cut, one is a doubt
         * where there would have been an answer (R2). Subscriptions have none.
         */
        readonly attempt?: number | undefined;
        /**
         * All waits and attempts of an operation. Milliseconds, default 60,000. It does not end a mutation
         * that is in flight, nor a subscription (R2).
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
  /** Whether there is a network. Default: the browser's `navigator.onLine`, else always (W11). */
  readonly online?: Readable<boolean> | undefined;
}

const isDuration = isNumber('number', 'above', 0);
const isLeast0 = isNumber('finite number', 'of at least', 0);
const isCount = isNumber('whole number', 'of at least', 0);

const isOptions: Check = shape(
  {
    profile: isDefined,
    auth: shape({
      tokens: initialTokens,
      refresh: isFunction,
      headers: isFunction,
      lifetime: isDuration,
      refreshAhead: isNumber('number', 'of at least', 0),
      refreshTimeout: isDuration,
    }),
    retry: orFalse(
      shape({
        attempts: isNumber('whole number', 'of at least', 1),
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
        queue: (value, path) => (value === Infinity ? undefined : isCount(value, path)),
        scope: isFunction,
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

/** @throws TypeError where an option is none, or has a value that is not allowed (X5). */
export function checkOptions(options: ResilienceOptions): void {
  const complaint = isOptions(options, '');
  if (complaint !== undefined) throw new TypeError(`createResilience: ${complaint}.`);
}

/** Tokens, whose fault is told without repeating them (X3), or what reads them. */
function initialTokens(tokens: unknown, path: string): string | undefined {
  const { fault } = typeof tokens === 'function' ? {} : takeTokens(tokens, () => {});
  return fault === undefined ? undefined : `${path}: ${fault}`;
}

function isHeaderName(name: unknown): boolean {
  return typeof name === 'string' && name !== '' && headersFault({ [name]: '' }) === undefined;
}

/** The profile of an instance. */
export function profileOf(options: ResilienceOptions): Profile {
  return options.profile ?? graphqlOverHttp;
}
