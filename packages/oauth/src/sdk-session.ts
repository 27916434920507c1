import type { AuthOptions, Awaitable, RefreshRequest, Tokens } from '@holdfast/core';
import { checkChoice, checkFunction, checkNames, checkObject, isRecord } from './options.ts';
import { foundTokens } from './token-answer.ts';
import { textOf, TokenRequestError } from './token-request.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** What an SDK gives: a token, or nothing where nobody is signed in. */
type Given = Tokens | string | null | undefined;

/** What the error of an SDK means, in OAuth's words. */
export interface SdkRefusal {
  /**
   * `login_required`: only a sign-in helps. `temporarily_unavailable`, `too_many_requests`: asking again later
   * does.
   */
  readonly error: 'login_required' | 'temporarily_unavailable' | 'too_many_requests';
  /** Seconds to wait, where the SDK knows them. */
  readonly retryAfter?: number | undefined;
}

/** Options of {@link sdkSession}. */
export interface SdkSessionOptions {
  /** The token that the SDK has at hand. It may get a new one where that one has expired. */
  held(): Awaitable<Given>;
  /** Makes the SDK get a new one from its server, whatever it has at hand. */
  renew(): Awaitable<Given>;
  /**
   * What an error of the SDK's means; `undefined`: what it says by itself, as by a `status`. Default: that for
   * each.
   */
  meaning?(error: unknown): SdkRefusal | SdkRefusal['error'] | undefined;
}

/** The `auth` of a session that an SDK keeps. */
export interface SdkSession extends AuthOptions {
  /** The token that the SDK has at hand; `undefined` where nobody is signed in. */
  tokens(): Promise<Tokens | undefined>;
}

/**
 * A session that an SDK keeps: who is signed in, where its tokens are stored and how they are renewed stays the
 * SDK's business, and Holdfast only asks it for a token. For an SDK that has no function of its own here.
 *
 * A token that the SDK has renewed already, for itself or in another tab, is taken as it is; only where it still has
 * the one that is to be replaced is a new one asked for. Refresh tokens stay with the SDK. Where it has no token at all,
 * nobody is signed in. Who signs in or out with the SDK later is told to the session by `session.signIn(tokens)`, with what
 * `auth.tokens()` then gives, and `session.signOut()`.
 *
 * @returns the `auth` of `createResilience`; spread it to set `headers` beside.
 * @throws TypeError in a development build, for an option that is no function.
 *
 * @example
 * const resilience = createResilience({
 *   auth: sdkSession({
 *     held: () => msal.acquireTokenSilent({ scopes }).then((result) => result.accessToken),
 *     renew: () =>
 *       msal.acquireTokenSilent({ scopes, forceRefresh: true }).then((result) => result.accessToken),
 *     meaning: (error) =>
 *       error instanceof InteractionRequiredAuthError ? 'login_required' : undefined,
 *   }),
 * });
 */
export function sdkSession(options: SdkSessionOptions): SdkSession {
  if (process.env.NODE_ENV !== 'production') {
    checkNames(options, ['held', 'renew', 'meaning']);
    const { held: has, renew, meaning } = options;
    checkFunction('held', 'that asks the SDK for a token', has);
    checkFunction('renew', 'that asks the SDK for a token', renew);
    if (meaning !== undefined) checkFunction('meaning', 'that reads an error of the SDK', meaning);
  }
  const held = async (): Promise<Tokens | undefined> => read(await options.held());
  const next = async ({ reason, tokens }: RefreshRequest): Promise<Tokens | undefined> => {
    // Who asks by name wants what is new on the server, such as another role; or somebody has signed in.
    if (reason !== 'requested' || tokens === undefined) {
      const token = await held();
      if (token !== undefined && token.accessToken !== tokens?.accessToken) return token;
    }
    return read(await options.renew());
  };
  return {
    tokens: held,
    async refresh(request) {
      try {
        return await next(request);
      } catch (error) {
        const meant = options.meaning?.(error);
        const refusal = typeof meant === 'string' ? { error: meant } : meant;
        if (refusal === undefined) throw error;
        // Without tokens there was no session that could have ended: nobody has signed in yet (T11).
        if (refusal.error === 'login_required' && request.tokens === undefined) return undefined;
        throw refused(refusal, error);
      }
    },
  };
}

function read(given: unknown): Tokens | undefined {
  const tokens = foundTokens(given, 0, undefined);
  if (tokens !== undefined || given === undefined || given === null) return tokens;
  throw new TypeError('The SDK gave neither a token nor nothing.');
}

/** The SDK's error in the form that the core reads (T7). Not as its `cause`: what is in there would be read too. */
function refused({ error, retryAfter }: SdkRefusal, own: unknown): TokenRequestError {
  const said = textOf(own, 'message') ?? error;
  const status = isRecord(own) ? own['status'] : undefined;
  return new TokenRequestError({
    message: `The SDK gave no token: ${said}`,
    status: typeof status === 'number' ? status : 0,
    headers: retryAfter === undefined ? {} : { 'retry-after': `${retryAfter}` },
    body: { error, error_description: said },
  });
}

/** A word for each code, as an SDK's error has it at `key`. */
function meaningOf(
  words: Readonly<Partial<Record<SdkRefusal['error'], readonly string[]>>>,
  key: string,
): (error: unknown) => SdkRefusal['error'] | undefined {
  return (error) => {
    const code = textOf(error, key) ?? '';
    const known = Object.entries(words) as [SdkRefusal['error'], readonly string[]][];
    return known.find(([, codes]) => codes.includes(code))?.[0];
  };
}

/** What is asked of `Auth` of `firebase/auth`. */
export interface FirebaseAuth {
  readonly currentUser: { getIdToken(forceRefresh?: boolean): Promise<string> } | null;
  authStateReady(): Promise<void>;
}

/**
 * A session of Firebase Authentication: its ID tokens. See {@link sdkSession}.
 *
 * Source: `firebase/auth` 1.13.6, whose `getIdToken` signs a user out after `user-token-expired` and `user-disabled`.
 *
 * @param auth what `getAuth()` answers.
 *
 * @example
 * const auth = firebaseSession(getAuth());
 * const { session } = createResilience({ auth });
 * onAuthStateChanged(getAuth(), async () => {
 *   const tokens = await auth.tokens();
 *   if (tokens) session.signIn(tokens);
 *   else session.signOut();
 * });
 */
export function firebaseSession(auth: FirebaseAuth): SdkSession {
  if (process.env.NODE_ENV !== 'production') {
    checkObject('auth', 'what `getAuth()` of Firebase answers', ['authStateReady'], auth);
  }
  const token = async (isForced: boolean): Promise<Given> => {
    // Until then a user who is signed in looks like nobody.
    await auth.authStateReady();
    return auth.currentUser?.getIdToken(isForced);
  };
  return sdkSession({
    held: () => token(false),
    renew: () => token(true),
    meaning: firebaseMeaning,
  });
}

const firebaseMeaning = /* @__PURE__ */ meaningOf(
  {
    login_required: [
      'auth/user-token-expired',
      'auth/user-disabled',
      'auth/invalid-user-token',
      'auth/invalid-refresh-token',
    ],
    // The second is made by the SDK out of what Google's servers say at 500.
    temporarily_unavailable: ['auth/network-request-failed', 'auth/internal-error-encountered.'],
    too_many_requests: ['auth/too-many-requests', 'auth/quota-exceeded'],
  },
  'code',
);

interface SupabaseAnswer {
  readonly data: {
    readonly session: { readonly access_token: string; readonly expires_at?: number } | null;
  };
  readonly error: unknown;
}

/** What is asked of `supabase.auth`. */
export interface SupabaseAuth {
  getSession(): Promise<SupabaseAnswer>;
  refreshSession(): Promise<SupabaseAnswer>;
}

/**
 * A session of Supabase Auth. See {@link sdkSession}.
 *
 * Source: `@supabase/auth-js` 2.109.0, and the codes in its `error-codes`.
 *
 * @param auth `supabase.auth`.
 *
 * @example
 * const resilience = createResilience({ profile: pgGraphql, auth: supabaseSession(supabase.auth) });
 */
export function supabaseSession(auth: SupabaseAuth): SdkSession {
  if (process.env.NODE_ENV !== 'production') {
    checkObject('auth', 'the `auth` of a Supabase client', ['getSession', 'refreshSession'], auth);
  }
  const token = async (answering: Promise<SupabaseAnswer>): Promise<Given> => {
    const { data, error } = await answering;
    // It has none, or its server knows it no more.
    if (textOf(error, 'name') === 'AuthSessionMissingError') return undefined;
    if (error !== null && error !== undefined) throw error;
    if (data.session === null) return undefined;
    const { access_token: accessToken, expires_at: seconds } = data.session;
    return { accessToken, ...(seconds === undefined ? {} : { expiresAt: seconds * 1000 }) };
  };
  return sdkSession({
    held: () => token(auth.getSession()),
    renew: () => token(auth.refreshSession()),
    meaning: (error) => supabaseCode(error) ?? supabaseName(error),
  });
}

const supabaseCode = /* @__PURE__ */ meaningOf(
  {
    login_required: [
      'refresh_token_not_found',
      'refresh_token_already_used',
      'session_expired',
      'session_not_found',
      'user_banned',
      'user_not_found',
    ],
    too_many_requests: ['over_request_rate_limit'],
  },
  'code',
);

const supabaseName = /* @__PURE__ */ meaningOf(
  {
    // Discarded: another tab was faster, or somebody signs out; what it has at hand then tells which.
    temporarily_unavailable: ['AuthRetryableFetchError', 'AuthRefreshDiscardedError'],
  },
  'name',
);

/** `getTokenSilently` of a client of `@auth0/auth0-spa-js`, or `getAccessTokenSilently` of `@auth0/auth0-react`. */
export type Auth0GetToken = (options: {
  readonly cacheMode: 'off' | 'cache-only';
  readonly authorizationParams?: Auth0Parameters;
}) => Promise<string | undefined>;

/** What a token is asked for with, in Auth0's words. */
export interface Auth0Parameters {
  readonly audience?: string;
  readonly scope?: string;
  readonly [name: string]: unknown;
}

/**
 * A session of Auth0 in a single-page application. See {@link sdkSession}.
 *
 * Source: `@auth0/auth0-spa-js` 2.28.3, and RFC 6749 and OpenID Connect for the words that it hands on.
 *
 * @param getToken the SDK's function.
 * @param authorizationParams such as `audience`; default: those of the SDK's client.
 *
 * @example
 * const resilience = createResilience({
 *   auth: auth0Session((options) => auth0.getTokenSilently(options)),
 * });
 */
export function auth0Session(
  getToken: Auth0GetToken,
  authorizationParams?: Auth0Parameters,
): SdkSession {
  if (process.env.NODE_ENV !== 'production') {
    checkFunction('getToken', 'such as `(options) => auth0.getTokenSilently(options)`', getToken);
  }
  const parameters = authorizationParams === undefined ? {} : { authorizationParams };
  return sdkSession({
    held: () => getToken({ cacheMode: 'cache-only', ...parameters }),
    renew: () => getToken({ cacheMode: 'off', ...parameters }),
    meaning: (error) =>
      textOf(error, 'message') === "Timeout when executing 'fetch'"
        ? 'temporarily_unavailable'
        : auth0Meaning(error),
  });
}

const auth0Meaning = /* @__PURE__ */ meaningOf(
  {
    login_required: [
      'login_required',
      'invalid_grant',
      'missing_refresh_token',
      'consent_required',
      'interaction_required',
      'account_selection_required',
      'mfa_required',
    ],
    // No word: an answer that was no refusal of OAuth's.
    temporarily_unavailable: ['timeout', 'request_error'],
  },
  'error',
);

interface AmplifyToken {
  readonly payload: { readonly exp?: number };
  toString(): string;
}

/** What is asked of `fetchAuthSession` of `aws-amplify/auth`. */
export type FetchAuthSession = (options: { readonly forceRefresh: boolean }) => Promise<{
  readonly tokens?: { readonly accessToken: AmplifyToken; readonly idToken?: AmplifyToken };
}>;

/**
 * A session of Amazon Cognito that Amplify keeps. See {@link sdkSession}.
 *
 * Source: `@aws-amplify/auth` 6.21.1, whose `TokenOrchestrator` names the exceptions after which it forgets the tokens,
 * and `@aws-amplify/core` 6.19.2 for those that pass.
 *
 * @param fetchAuthSession the SDK's function.
 * @param use which of the two tokens; default the access token.
 *
 * @example
 * const resilience = createResilience({ profile: appsync, auth: amplifySession(fetchAuthSession) });
 */
export function amplifySession(
  fetchAuthSession: FetchAuthSession,
  use: 'accessToken' | 'idToken' = 'accessToken',
): SdkSession {
  if (process.env.NODE_ENV !== 'production') {
    checkFunction('fetchAuthSession', 'as `aws-amplify/auth` has it', fetchAuthSession);
  }
  if (process.env.NODE_ENV !== 'production') checkChoice('use', use, ['accessToken', 'idToken']);
  const token = async (forceRefresh: boolean): Promise<Given> => {
    const { tokens } = await fetchAuthSession({ forceRefresh });
    return tokens?.[use]?.toString();
  };
  return sdkSession({
    held: () => token(false),
    renew: () => token(true),
    meaning: (error) => {
      const metadata = isRecord(error) ? error['$metadata'] : undefined;
      const status = isRecord(metadata) ? metadata['httpStatusCode'] : undefined;
      if (typeof status === 'number' && status >= 500) return 'temporarily_unavailable';
      return status === 429 ? 'too_many_requests' : amplifyMeaning(error);
    },
  });
}

const amplifyMeaning = /* @__PURE__ */ meaningOf(
  {
    login_required: [
      'NotAuthorizedException',
      'TokenRevokedException',
      'UserNotFoundException',
      'PasswordResetRequiredException',
      'UserNotConfirmedException',
      'RefreshTokenReuseException',
      'UserUnAuthenticatedException',
      'TokenRefreshException',
    ],
    temporarily_unavailable: [
      'NetworkError',
      'TimeoutError',
      'RequestTimeout',
      'RequestTimeoutException',
    ],
    too_many_requests: [
      'LimitExceededException',
      'RequestLimitExceeded',
      'ThrottledException',
      'Throttling',
      'ThrottlingException',
      'TooManyRequestsException',
    ],
  },
  'name',
);

/** Which of Clerk's tokens is asked for. */
export interface ClerkTokenOptions {
  readonly template?: string;
  readonly organizationId?: string;
}

/** `getToken` of Clerk: of `@clerk/nextjs`, of `useAuth()`, or of a session. */
export type ClerkGetToken = (
  options: ClerkTokenOptions & { readonly skipCache: boolean },
) => Promise<string | null>;

/**
 * A session of Clerk: its session tokens. See {@link sdkSession}.
 *
 * Source: `@clerk/shared` 4.41.0, whose `isUnauthenticatedError` says when a session is over, and `@clerk/clerk-js` 6.40.0.
 *
 * @param getToken the SDK's function.
 * @param options such as `template`.
 *
 * @example
 * const resilience = createResilience({ auth: clerkSession(getToken, { template: 'hasura' }) });
 */
export function clerkSession(getToken: ClerkGetToken, options?: ClerkTokenOptions): SdkSession {
  if (process.env.NODE_ENV !== 'production') {
    checkFunction('getToken', 'as `useAuth()` of Clerk answers it', getToken);
  }
  const token = (skipCache: boolean): Promise<Given> => getToken({ ...options, skipCache });
  return sdkSession({ held: () => token(false), renew: () => token(true), meaning: clerkMeaning });
}

function clerkMeaning(error: unknown): SdkRefusal | SdkRefusal['error'] | undefined {
  if (!isRecord(error)) return undefined;
  const { status, errors, code, retryAfter } = error;
  if (
    code === 'network_error' ||
    code === 'clerk_offline' ||
    code === 'clerk_runtime_load_timeout'
  ) {
    return 'temporarily_unavailable';
  }
  if (status === 401 || status === 422) return 'login_required';
  if (status === 429) {
    const wait = typeof retryAfter === 'number' ? { retryAfter } : {};
    return { error: 'too_many_requests', ...wait };
  }
  const codes = Array.isArray(errors) ? errors.map((entry) => textOf(entry, 'code')) : [];
  const isBanned = codes.includes('user_banned') || codes.includes('user_deactivated');
  if (status === 403 && isBanned) return 'login_required';
  return typeof status === 'number' && status >= 500 ? 'temporarily_unavailable' : undefined;
}
