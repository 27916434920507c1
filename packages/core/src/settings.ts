import type { RetryPolicy } from './decision.ts';
import type { Profile } from './failure/profile.ts';
import { resolveProfile } from './failure/resolve-profile.ts';
import { idempotencyKey } from './idempotency-key.ts';
import type { Clock } from './model/clock.ts';
import type { Attempt, OperationInfo } from './model/operation.ts';
import type { AuthOptions, Tokens } from './model/tokens.ts';
import { profileOf } from './options.ts';
import type { RateLimitOptions, ResilienceOptions, RetryOptions } from './options.ts';
import type { Cost } from './pacing/backoff.ts';
import { inBrowser } from './pacing/session-storage.ts';
import { headersFault } from './session/token.ts';
import { systemClock } from './time/clock.ts';
import { isPromiseLike } from './time/promise-like.ts';
import { bounded, platformRandom } from './time/random.ts';

type HeaderFields = Attempt['headers'];

/** The options of an instance with every default in its place. Times in milliseconds. */
export interface Settings {
  readonly profile: Profile;
  readonly clock: Clock;
  /** In [0, 1); fails as the application's own fails. */
  readonly random: () => number | Promise<number>;
  /** The same where no operation is to blame: never throws. */
  readonly chance: () => number;
  readonly auth: (AuthOptions & { readonly refreshTimeout: number }) | undefined;
  /** The application's or the profile's header fields; `undefined`: `bearer`. May throw. */
  readonly headers: ((tokens: Tokens) => HeaderFields | PromiseLike<HeaderFields>) | undefined;
  readonly bearer: (tokens: Tokens) => HeaderFields;
  readonly policy: RetryPolicy;
  /** The same for connections, which are wanted for as long as anybody is subscribed (S4). */
  readonly connection: RetryPolicy;
  readonly costs: Readonly<Record<Cost, number>>;
  /** `undefined`: no budget. */
  readonly capacity: number | undefined;
  readonly when: RetryOptions['when'];
  readonly idempotencyKey: string | undefined;
  readonly newKey: () => string;
  /** `undefined`: no gate. */
  readonly queue: number | undefined;
  readonly scope: ((operation: OperationInfo) => string | PromiseLike<string>) | undefined;
  /** Deadline of one attempt: of a query, and of a connection until it stands. */
  readonly attempt: number;
  /** The same of a mutation: none, unless the application says so. */
  readonly mutationAttempt: number;
  /** Deadline of an operation. */
  readonly total: number;
}

/** @param failed hears of a callback that failed where no operation is to blame. */
export function settingsOf(
  options: ResilienceOptions,
  failed: (callback: string, error: unknown) => void,
): Settings {
  const profile = profileOf(options);
  const api = resolveProfile(profile).auth;
  const retry = options.retry === false ? {} : (options.retry ?? {});
  const limits = options.rateLimit === false ? undefined : (options.rateLimit ?? {});
  const budget = options.retry === false ? false : (retry.budget ?? {});
  const random = bounded(options.random ?? platformRandom);
  const drawn = (): number => {
    const value = random();
    if (typeof value === 'number') return value;
    // What it would reject with says no more than that it is no number (E4).
    value.catch(() => undefined);
    throw new TypeError('random answered a promise, not a number.');
  };
  const { auth } = options;
  const policy = policyOf(options.retry !== false, retry, limits);
  return {
    profile,
    clock: options.clock ?? systemClock,
    random,
    chance: () => {
      try {
        return drawn();
      } catch (error) {
        failed('random', error);
        return 0.5;
      }
    },
    auth: auth === undefined ? undefined : completed(auth, api),
    headers: auth === undefined ? undefined : signing(auth, api),
    bearer: bearer(),
    policy,
    connection: {
      ...policy,
      attempts: Infinity,
      backoff: {
        ...policy.backoff,
        transient: retry.backoff?.transient ?? 1_000,
        cap: retry.backoff?.cap ?? 30_000,
      },
    },
    costs:
      budget === false
        ? { transient: 0, throttled: 0 }
        : { transient: budget.transientCost ?? 14, throttled: budget.throttledCost ?? 5 },
    capacity: budget === false ? undefined : (budget.capacity ?? (inBrowser() ? 100 : 500)),
    when: retry.when?.bind(retry),
    idempotencyKey: retry.idempotencyKey,
    newKey: () => idempotencyKey(drawn),
    queue: limits === undefined ? undefined : (limits.queue ?? 100),
    scope: limits?.scope?.bind(limits),
    attempt: options.timeout?.attempt ?? 30_000,
    mutationAttempt: options.timeout?.attempt ?? Infinity,
    total: options.timeout?.total ?? 60_000,
  };
}

function policyOf(
  enabled: boolean,
  retry: RetryOptions,
  limits: RateLimitOptions | undefined,
): RetryPolicy {
  const {
    transient = 100,
    throttled = 1_000,
    locked = 250,
    factor = 2,
    cap = 20_000,
  } = retry.backoff ?? {};
  return {
    enabled,
    attempts: retry.attempts ?? 3,
    backoff: { transient, throttled, locked, factor, cap },
    mutations: retry.mutations ?? 'safe',
    keyed: retry.idempotencyKey !== undefined,
    maxWait: limits?.maxWait ?? 30_000,
  };
}

/** What the application says goes before what its API is known to need (T10). */
function completed(
  auth: AuthOptions,
  api: NonNullable<Profile['auth']>,
): NonNullable<Settings['auth']> {
  const lifetime = auth.lifetime ?? api.lifetime;
  const refreshAhead = auth.refreshAhead ?? api.refreshAhead;
  return {
    refreshTimeout: auth.refreshTimeout ?? 10_000,
    ...(auth.refresh === undefined ? {} : { refresh: auth.refresh.bind(auth) }),
    ...(auth.tokens === undefined ? {} : { tokens: auth.tokens }),
    ...(lifetime === undefined ? {} : { lifetime }),
    ...(refreshAhead === undefined ? {} : { refreshAhead }),
  };
}

/** Header fields are checked before a transport sees them: its own complaint would print a token (X3). */
function signing(auth: AuthOptions, api: NonNullable<Profile['auth']>): Settings['headers'] {
  const headers = auth.headers?.bind(auth) ?? api.headers?.bind(api);
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
