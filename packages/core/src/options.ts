import { graphqlOverHttp } from './profiles/graphql-over-http.ts';
import { defineProfile } from './failure/define-profile.ts';
import type { Profile } from './failure/profile.ts';
import type { Clock } from './model/clock.ts';
import type { ResilienceEvent } from './model/event.ts';
import type { Failure } from './model/failure.ts';
import type { OperationInfo } from './model/operation.ts';
import type { Readable } from './model/readable.ts';
import type { AuthOptions, Share } from './model/tokens.ts';
import { checkFunction, checkKeys, checkNumber, checkOneOf, refuse } from './option.ts';
import { headersFault, tokenFault } from './session/token.ts';

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
        /** One attempt. Milliseconds, default 15,000 (R2). */
        readonly attempt?: number | undefined;
        /** All waits and attempts of an operation. Milliseconds, default 60,000 (R2). */
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

/** @throws TypeError where an option is none, or has a value that is not allowed (X5). */
export function checkOptions(options: ResilienceOptions): void {
  checkKeys('options', options, [
    'profile',
    'auth',
    'retry',
    'rateLimit',
    'timeout',
    'share',
    'onEvent',
    'clock',
    'random',
    'online',
  ]);
  if (options.profile !== undefined) checkProfile(options.profile);
  if (options.auth !== undefined) checkAuth(options.auth);
  if (options.retry !== undefined && options.retry !== false) checkRetry(options.retry);
  if (options.rateLimit !== undefined && options.rateLimit !== false)
    checkRateLimit(options.rateLimit);
  checkKeys('timeout', options.timeout, ['attempt', 'total']);
  checkNumber('timeout.attempt', options.timeout?.attempt, { least: 0, above: true });
  checkNumber('timeout.total', options.timeout?.total, { least: 0, above: true });
  checkFunction('onEvent', options.onEvent);
  checkFunction('random', options.random);
  checkMethods('share', options.share, ['read', 'replace']);
  checkMethods('clock', options.clock, ['monotonic', 'wall', 'after']);
  checkMethods('online', options.online, ['get', 'subscribe']);
}

function checkProfile(profile: Profile): void {
  try {
    defineProfile(profile);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new TypeError(`createResilience: profile: ${said}`, { cause: error });
  }
}

function checkAuth(auth: AuthOptions): void {
  checkKeys('auth', auth, [
    'tokens',
    'refresh',
    'headers',
    'lifetime',
    'refreshAhead',
    'refreshTimeout',
  ]);
  const { tokens } = auth;
  if (typeof auth.refresh !== 'function') refuse('auth.refresh', auth.refresh, 'a function');
  checkFunction('auth.headers', auth.headers);
  checkNumber('auth.lifetime', auth.lifetime, { least: 0, above: true });
  checkNumber('auth.refreshAhead', auth.refreshAhead, { least: 0 });
  checkNumber('auth.refreshTimeout', auth.refreshTimeout, { least: 0, above: true });
  if (tokens === undefined || typeof tokens === 'function') return;
  const fault = tokenFault(tokens);
  if (fault !== undefined) throw new TypeError(`createResilience: auth.tokens: ${fault}.`);
}

function checkRetry(retry: RetryOptions): void {
  const keys = ['attempts', 'backoff', 'budget', 'mutations', 'idempotencyKey', 'when'];
  checkKeys('retry', retry, keys, true);
  checkNumber('retry.attempts', retry.attempts, { least: 1, whole: true });
  checkOneOf('retry.mutations', retry.mutations, ['safe', 'never', 'always']);
  checkFunction('retry.when', retry.when);
  const key = retry.idempotencyKey;
  if (
    key !== undefined &&
    (typeof key !== 'string' || key === '' || headersFault({ [key]: '' }) !== undefined)
  ) {
    refuse('retry.idempotencyKey', key, 'the name of a header');
  }
  checkKeys('retry.backoff', retry.backoff, ['transient', 'throttled', 'locked', 'factor', 'cap']);
  for (const name of ['transient', 'throttled', 'locked', 'cap'] as const) {
    checkNumber(`retry.backoff.${name}`, retry.backoff?.[name], { least: 0, finite: true });
  }
  checkNumber('retry.backoff.factor', retry.backoff?.factor, { least: 1, finite: true });
  if (retry.budget === undefined || retry.budget === false) return;
  const costs = ['capacity', 'transientCost', 'throttledCost'] as const;
  checkKeys('retry.budget', retry.budget, costs, true);
  for (const name of costs) {
    checkNumber(`retry.budget.${name}`, retry.budget[name], { least: 0, finite: true });
  }
}

function checkRateLimit(rateLimit: RateLimitOptions): void {
  checkKeys('rateLimit', rateLimit, ['maxWait', 'queue', 'scope'], true);
  checkNumber('rateLimit.maxWait', rateLimit.maxWait, { least: 0 });
  const endless = rateLimit.queue === Infinity;
  if (!endless) checkNumber('rateLimit.queue', rateLimit.queue, { least: 0, whole: true });
  checkFunction('rateLimit.scope', rateLimit.scope);
}

function checkMethods(option: string, value: unknown, methods: readonly string[]): void {
  if (value === undefined) return;
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  if (methods.every((method) => typeof given[method] === 'function')) return;
  refuse(option, value, `an object with the methods ${methods.join(', ')}`);
}

/** The profile of an instance. */
export function profileOf(options: ResilienceOptions): Profile {
  return options.profile ?? graphqlOverHttp;
}
