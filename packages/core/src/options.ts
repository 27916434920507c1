import type { ResilienceEvent } from './base/events.ts';
import type { Failure } from './base/failure.ts';
import type { OperationInfo } from './base/operation.ts';
import type { Readable } from './base/readable.ts';
import type { Clock } from './base/time.ts';
import type { AuthOptions, Share } from './base/tokens.ts';
import type { Profile } from './failure/profile.ts';

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
  /** Name of a header that the server honours as idempotency key; sent with every mutation. */
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
