import { jsonAnswer, textAnswer, withHeaders } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { createGraphqlEngine } from '../graphql-engine.ts';
import type { Executions, GraphqlEngine } from '../graphql-engine.ts';
import { createRateWindow } from '../rate-window.ts';
import type { RateWindow } from '../rate-window.ts';
import { requireNumber, requireOptions } from '../options.ts';
import { SERVER_OPTIONS } from '../test-server.ts';
import type { Emulator, Route, TestServer } from '../test-server.ts';
import { createTokenStore, tokenIn } from '../token-store.ts';
import type { TokenStore } from '../token-store.ts';
import type { BreezeOptions, BreezeOrder } from './breeze-options.ts';
import { createBreezeSchema } from './breeze-schema.ts';
import type { BreezeState } from './breeze-schema.ts';
import { createBreezeTokenEndpoint } from './token-endpoint.ts';
import type { BreezeClient } from './token-endpoint.ts';

/** A server that behaves as the Breeze API documents itself. */
export interface BreezeServer extends TestServer {
  /** `POST /oauth/token`, client credentials as JSON, as a form or as Basic authentication. */
  readonly tokenUrl: string;
  readonly clientId: string;
  /** The secret that is good now; changed by `rotateSecret`. */
  readonly clientSecret: string;
  /** Orders placed, in order; a blind repeat shows as a second one. */
  readonly orders: readonly BreezeOrder[];
  /** A good access token, without a token request. */
  issueToken(): string;
  /** Every issued token is dead from now on, before its time. */
  expireTokens(): void;
  /** Gives the client a new secret and answers it; the old one is `invalid_client`. Tokens stay good. */
  rotateSecret(): string;
  /** The client itself expires, as Breeze's do after 180 days: `invalid_client` until `rotateSecret`. */
  expireClient(): void;
  /** GraphQL requests in one window, from now on. What was used of the running window stays used. */
  setLimit(limit: number): void;
  /** Begins new windows at once, for GraphQL and for tokens. */
  resetWindow(): void;
  /** The user's roles, from now on. */
  setRoles(roles: readonly string[]): void;
}

const HOUR = 3_600_000;

function requireSense(options: BreezeOptions): void {
  requireOptions(options, {
    ...SERVER_OPTIONS,
    clientId: 'text',
    clientSecret: 'text',
    tokenLifetime: 'number',
    limit: 'number',
    window: 'number',
    tokenLimit: 'number',
    tokenWindow: 'number',
    roles: 'list',
    tenants: 'list',
    rateLimitHeaders: 'flag',
    resetUnit: ['seconds', 'milliseconds'],
    clockSkew: 'finite number',
    unauthenticatedStatus: [200, 401],
  });
  requireNumber('tokenLifetime', options.tokenLifetime, 1);
  requireNumber('limit', options.limit, 0);
  requireNumber('window', options.window, 1);
  requireNumber('tokenLimit', options.tokenLimit, 0);
  requireNumber('tokenWindow', options.tokenWindow, 1);
}

/** What a client may go by. The reset is rounded up: whoever waits for it is never too early. */
function limitHeaders(window: RateWindow, options: BreezeOptions): Record<string, string> {
  if (options.rateLimitHeaders === false) return {};
  const end = window.end + (options.clockSkew ?? 0);
  const reset = options.resetUnit === 'milliseconds' ? end : end / 1_000;
  return {
    'x-ratelimit-limit': String(window.limit),
    'x-ratelimit-remaining': String(window.remaining),
    'x-ratelimit-reset': String(Math.ceil(reset)),
  };
}

function graphqlRoute(
  engine: GraphqlEngine,
  store: TokenStore,
  window: RateWindow,
  options: BreezeOptions,
): Route {
  async function answer(...[request, { token }]: Parameters<Route>): Promise<Answer> {
    if (!window.take()) {
      return textAnswer(429, 'Too many requests from this IP, please try again later');
    }
    if (store.state(token) !== 'valid') {
      return jsonAnswer(options.unauthenticatedStatus ?? 200, {
        errors: [{ message: 'Token validation failed', extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }
    // Breeze documents plain JSON only, so what else the client would take makes no difference.
    const headers = { ...request.headers, accept: 'application/json' };
    return engine.execute({ ...request, headers }, {});
  }
  return async (request, recorded) =>
    withHeaders(await answer(request, recorded), limitHeaders(window, options));
}

/** @throws TypeError or RangeError for a malformed option. */
export async function breezeEmulator(options: BreezeOptions): Promise<Emulator<BreezeServer>> {
  requireSense(options);
  const lifetime = options.tokenLifetime ?? HOUR;
  const state: BreezeState & { readonly orders: BreezeOrder[] } = {
    roles: options.roles ?? ['user'],
    tenants: options.tenants ?? ['tenant-1'],
    orders: [],
  };
  const client: BreezeClient = {
    id: options.clientId ?? 'holdfast-client',
    secret: options.clientSecret ?? 'holdfast-secret',
    expired: false,
  };
  const store = createTokenStore(lifetime);
  const window = createRateWindow(options.limit ?? 3_600, options.window ?? HOUR);
  const tokens = createBreezeTokenEndpoint(client, store, {
    lifetime,
    limit: options.tokenLimit ?? 100,
    window: options.tokenWindow ?? HOUR,
  });
  const executions: Executions = {};
  const engine = createGraphqlEngine(createBreezeSchema(state), executions);
  return {
    service: {
      endpoint: '/graphql',
      executions,
      tokenOf: (headers) => tokenIn(headers, 'authorization', 'Bearer'),
      headers: () => ({ date: new Date(Date.now() + (options.clockSkew ?? 0)).toUTCString() }),
      graphql: { '/graphql': graphqlRoute(engine, store, window, options) },
      tokens: { '/oauth/token': async (request) => tokens.answer(request) },
    },
    complete: (server) => ({
      ...server,
      tokenUrl: `${server.origin}/oauth/token`,
      clientId: client.id,
      get clientSecret() {
        return client.secret;
      },
      orders: state.orders,
      issueToken: store.issue,
      expireTokens: store.end,
      rotateSecret() {
        client.secret = crypto.randomUUID();
        client.expired = false;
        return client.secret;
      },
      expireClient() {
        client.expired = true;
      },
      setLimit(limit) {
        requireNumber('limit', limit, 0);
        window.setLimit(limit);
      },
      resetWindow() {
        window.reset();
        tokens.resetWindows();
      },
      setRoles(roles) {
        state.roles = roles;
      },
    }),
  };
}
