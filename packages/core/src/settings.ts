import type { Failure } from './base/failure.ts';
import type { OperationInfo, RetryPolicy, Signal } from './base/operation.ts';
import { isPromiseLike } from './base/property.ts';
import { guarded, withValues } from './base/readable.ts';
import type { Clock } from './base/time.ts';
import { headersFault } from './base/tokens.ts';
import type { AuthOptions, Tokens } from './base/tokens.ts';
import { hintSpread } from './decision.ts';
import { graphqlOverHttp } from './failure/default-profile.ts';
import { compiled } from './failure/profile.ts';
import type { Profile } from './failure/profile.ts';
import { checkOptions, operationFault } from './options.ts';
import type { ResilienceOptions, RetryOptions } from './options.ts';
import {
  inBrowser,
  isolatesRequests,
  namesReasons,
  platformRandom,
  systemClock,
} from './platform.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

type HeaderFields = Readonly<Record<string, string>>;

/** The options of an instance with every default in its place. Times in milliseconds. */
export interface Settings {
  readonly profile: Profile;
  readonly clock: Clock;
  /** The application's own: may fail, or answer what is no number. */
  readonly random: () => unknown;
  /** The same where no operation is to blame: never throws. */
  readonly chance: () => number;
  readonly auth: AuthOptions | undefined;
  readonly refreshTimeout: number;
  /** What signs a request where the application, or its API, says how. May throw. */
  readonly headers: ((tokens: Tokens) => HeaderFields | PromiseLike<HeaderFields>) | undefined;
  /** What signs one else. */
  readonly bearer: (tokens: Tokens) => HeaderFields;
  /** Whether a request may follow redirects (X1, F9). */
  readonly redirect: (kind: OperationInfo['kind'], signed: HeaderFields) => 'follow' | 'manual';
  readonly policy: RetryPolicy;
  readonly costs: { readonly transient: number; readonly throttled: number; readonly free: 0 };
  /** `undefined`: no budget. */
  readonly capacity: number | undefined;
  readonly when: RetryOptions['when'];
  readonly idempotencyKey: string | undefined;
  readonly queue: number;
  readonly concurrency: number;
  readonly scope: ((operation: OperationInfo) => string | PromiseLike<string>) | undefined;
  /** `undefined`: nothing is held in an outage. */
  readonly patience: number | undefined;
  readonly probe: { readonly base: number; readonly factor: number; readonly cap: number };
  /** Limit of one attempt; and that of an operation of its kind. */
  readonly attempt: number;
  readonly limitOf: (operation: OperationInfo) => number;
  /** Deadline of an operation. */
  readonly total: number;
  /** What is added to a hint (W13). */
  readonly spread: (hint: number) => number;
  /**
   * W8: milliseconds to leave the scope alone after an answer that says nothing is left. `undefined`: no scope
   * is closed by a limit.
   */
  readonly quota: ((signal: Signal) => number | undefined) | undefined;
  readonly isFinal: (failure: Failure) => boolean;
  readonly outcomeUnknown: string;
  /** What is wrong with an operation's own options (X5). */
  readonly optionsFault: ((operation: OperationInfo) => string | undefined) | undefined;
  /** Timers and promises of one request never settle another one (P3). */
  readonly isolated: boolean;
}

/**
 * @param failed hears of a callback that failed where no operation is to blame.
 * @throws TypeError where an option is none, or has a value that is not allowed (X5): in development builds,
 *   but for tokens that a header cannot hold, which are refused in any (X3).
 */
export function settingsOf(
  options: ResilienceOptions,
  failed: (callback: string, error: unknown) => void,
): Settings {
  if (process.env.NODE_ENV !== 'production') checkOptions(options);
  const { auth, timeout } = options;
  const profile = options.profile ?? graphqlOverHttp;
  const api = compiled(profile);
  const clock = options.clock ?? systemClock;
  const retry = options.retry || {};
  const limits = options.rateLimit || {};
  const outage = options.outage === false ? undefined : (options.outage ?? {});
  const budget = options.retry !== false && (retry.budget ?? {});
  const { transientCost = 14, throttledCost = 5 } = budget || {};
  const random: () => unknown = options.random ?? platformRandom;
  const chance = (): number => drawn(guarded(random, (error) => failed('random', error)));
  const backoff = { transient: 100, throttled: 1_000, locked: 250, factor: 2, cap: 20_000 };
  const given = withValues(retry.backoff ?? {});
  const policy: RetryPolicy = {
    enabled: options.retry !== false,
    attempts: retry.attempts ?? 4,
    backoff: { ...backoff, ...given },
    given,
    mutations: retry.mutations ?? 'safe',
    keyed: retry.idempotencyKey !== undefined,
    maxWait: limits.maxWait ?? 30_000,
    spread: limits.spread ?? 0.5,
  };
  const attempt = timeout?.attempt ?? 30_000;
  return {
    profile,
    clock,
    random,
    chance,
    // What the application says goes before what its API is known to need (T10).
    auth: auth === undefined ? undefined : { ...api.auth, ...bound(auth) },
    refreshTimeout: auth?.refreshTimeout ?? 10_000,
    headers: signing(auth, api.auth.headers),
    bearer: bearer(),
    redirect: (kind, signed) =>
      exposes(signed) || (kind === 'mutation' && namesReasons()) ? 'manual' : 'follow',
    policy,
    costs: { transient: transientCost, throttled: throttledCost, free: 0 },
    capacity: budget ? (budget.capacity ?? (inBrowser() ? 100 : 500)) : undefined,
    when: retry.when?.bind(retry),
    idempotencyKey: retry.idempotencyKey,
    queue: limits.queue ?? 1_000,
    concurrency: limits.concurrency ?? Infinity,
    scope: limits.scope?.bind(limits),
    patience: outage && (outage.patience ?? 15_000),
    probe: { base: 1_000, factor: 2, cap: 5_000, ...withValues(outage?.probe ?? {}) },
    attempt,
    limitOf: ({ kind, connection }) =>
      kind === 'query' || connection !== undefined
        ? attempt
        : (kind === 'mutation' && timeout?.attempt) || Infinity,
    total: timeout?.total ?? 60_000,
    spread: (hint) => hintSpread(hint, policy.spread, chance()),
    quota: options.rateLimit === false ? undefined : (signal) => api.quota(signal, clock.wall()),
    isFinal: api.isFinal,
    outcomeUnknown: api.outcomeUnknown,
    optionsFault:
      process.env.NODE_ENV === 'production'
        ? undefined
        : (operation) => (operation.options === undefined ? undefined : operationFault(operation)),
    isolated: isolatesRequests(),
  };
}

function bound(auth: AuthOptions): AuthOptions {
  const { tokens, lifetime, refreshAhead, refresh } = auth;
  return withValues({
    tokens: typeof tokens === 'function' ? tokens.bind(auth) : tokens,
    lifetime,
    refreshAhead,
    refresh: refresh?.bind(auth),
  }) as AuthOptions;
}

/** Header fields are checked before a transport sees them: its own complaint would print a token (X3). */
function signing(
  auth: AuthOptions | undefined,
  usual: ((tokens: Tokens) => Record<string, string>) | undefined,
): Settings['headers'] {
  const headers = auth?.headers?.bind(auth) ?? usual;
  if (headers === undefined) return undefined;
  const checked = (fields: HeaderFields): HeaderFields => {
    const fault = headersFault(fields);
    if (fault !== undefined) throw new TypeError(`auth.headers: ${fault}.`);
    return fields;
  };
  return (tokens) => {
    const fields = headers({ ...tokens }) as HeaderFields | PromiseLike<HeaderFields>;
    return isPromiseLike(fields) ? fields.then(checked) : checked(fields);
  };
}

/** `authorization: Bearer <token>`, made once for each token (RFC 6750 2.1). */
function bearer(): Settings['bearer'] {
  let last: Tokens | undefined;
  let fields: HeaderFields = {};
  return (tokens) => {
    if (tokens !== last) {
      last = tokens;
      fields = { authorization: `Bearer ${tokens.accessToken}` };
    }
    return fields;
  };
}

/** `fetch` takes off `authorization` where a request is led to another origin, and no other field (X1). */
function exposes(signed: HeaderFields): boolean {
  for (const name in signed) {
    if (name !== 'authorization' && name.toLowerCase() !== 'authorization') return true;
  }
  return false;
}

/** A number in [0, 1), whatever an application's random source has answered (W5). */
export function drawn(value: unknown): number {
  return typeof value === 'number' && value >= 0 && value < 1 ? value : 0.5;
}
