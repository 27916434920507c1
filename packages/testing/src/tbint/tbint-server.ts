import { emptyAnswer, jsonAnswer } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { createGraphqlEngine } from '../graphql-engine.ts';
import type { Executions, GraphqlEngine } from '../graphql-engine.ts';
import type { HttpRequest } from '../recorded-request.ts';
import { createRateWindow } from '../rate-window.ts';
import type { RateWindow } from '../rate-window.ts';
import { requireNumber, requireOptions } from '../options.ts';
import { SERVER_OPTIONS } from '../test-server.ts';
import type { Emulator, Route, TestServer } from '../test-server.ts';
import { readParameters } from '../token-parameters.ts';
import { createTokenStore, tokenIn } from '../token-store.ts';
import type { TokenStore } from '../token-store.ts';
import { inTbintForm } from './error-form.ts';
import type { TbintDomain, TbintOptions, TbintOrder } from './tbint-options.ts';
import { createProductsSchema, createSalesSchema } from './tbint-schemas.ts';
import type { TbintContext } from './tbint-schemas.ts';

/** A server that behaves as the TBInt API documents itself. */
export interface TbintServer extends TestServer {
  /** The endpoint of each domain; one token serves all. `url` is that of `sales`. */
  readonly urls: Readonly<Record<TbintDomain, string>>;
  /** `POST /login`, `{ username, password }` as JSON. */
  readonly loginUrl: string;
  readonly username: string;
  readonly password: string;
  /** Orders imported, in order; a blind repeat shows as a second one. */
  readonly orders: readonly TbintOrder[];
  /** A good token, without a login. */
  issueToken(): string;
  /** Every issued token is dead from now on: 403, before its time. */
  expireTokens(): void;
  /** GraphQL requests in one window, from now on. What was used of the running window stays used. */
  setLimit(limit: number): void;
  /** Begins a new window at once. */
  resetWindow(): void;
  /** The domains that the user may use, from now on. */
  setPermissions(permissions: readonly TbintDomain[]): void;
}

interface Desk {
  readonly store: TokenStore;
  readonly window: RateWindow;
  readonly options: TbintOptions;
  permissions: readonly TbintDomain[];
}

/** The answer to a request that does not get through; `undefined` where it does. */
function refusal(desk: Desk, domain: TbintDomain, token: string | undefined): Answer | undefined {
  if (!desk.window.take()) return emptyAnswer(423);
  const state = desk.store.state(token);
  if (state === 'unknown') return emptyAnswer(401);
  if (state === 'dead') return emptyAnswer(desk.options.deadTokenStatus ?? 403);
  if (desk.permissions.includes(domain)) return undefined;
  return emptyAnswer(desk.options.forbiddenStatus ?? 403);
}

function graphqlRoute(desk: Desk, domain: TbintDomain, engine: GraphqlEngine): Route {
  return async (request, { token }) => {
    const refused = refusal(desk, domain, token);
    if (refused !== undefined) return refused;
    const context: TbintContext = { outcome: { imported: false, missing: false } };
    const headers = { ...request.headers, accept: 'application/json' };
    const answer = await engine.execute({ ...request, headers }, context);
    return inTbintForm(answer, context.outcome, desk.options.accepted ?? false);
  };
}

/** @throws TypeError or RangeError for a malformed option. */
export async function tbintEmulator(options: TbintOptions): Promise<Emulator<TbintServer>> {
  requireOptions(options, {
    ...SERVER_OPTIONS,
    username: 'text',
    password: 'text',
    tokenLifetime: 'number',
    loginAnswer: 'function',
    limit: 'number',
    window: 'number',
    permissions: 'list',
    deadTokenStatus: [401, 403],
    forbiddenStatus: [401, 403],
    accepted: 'flag',
  });
  requireNumber('tokenLifetime', options.tokenLifetime, 1);
  requireNumber('limit', options.limit, 0);
  requireNumber('window', options.window, 1);
  const username = options.username ?? 'holdfast-user';
  const password = options.password ?? 'holdfast-password';
  const lifetime = options.tokenLifetime ?? 1_800_000;
  const orders: TbintOrder[] = [];
  const desk: Desk = {
    store: createTokenStore(lifetime),
    window: createRateWindow(options.limit ?? Infinity, options.window ?? 60_000),
    options,
    permissions: options.permissions ?? ['sales', 'products'],
  };
  const executions: Executions = {};
  const sales = createGraphqlEngine(createSalesSchema(orders), executions);
  const products = createGraphqlEngine(createProductsSchema(), executions);

  function login(request: HttpRequest): Answer {
    const sent = readParameters(request);
    if (sent['username'] === undefined || sent['password'] === undefined) return emptyAnswer(400);
    if (sent['username'] !== username || sent['password'] !== password) return emptyAnswer(401);
    const token = desk.store.issue();
    return jsonAnswer(200, options.loginAnswer?.(token, lifetime) ?? { accessToken: token });
  }

  return {
    service: {
      endpoint: '/sales',
      executions,
      tokenOf: (headers) => tokenIn(headers, 'accessToken', ''),
      graphql: {
        '/sales': graphqlRoute(desk, 'sales', sales),
        '/products': graphqlRoute(desk, 'products', products),
      },
      tokens: { '/login': async (request) => login(request) },
    },
    complete: (server) => ({
      ...server,
      urls: { sales: server.url, products: `${server.origin}/products` },
      loginUrl: `${server.origin}/login`,
      username,
      password,
      orders,
      issueToken: desk.store.issue,
      expireTokens: desk.store.end,
      setLimit(limit) {
        requireNumber('limit', limit, 0);
        desk.window.setLimit(limit);
      },
      resetWindow: desk.window.reset,
      setPermissions(permissions) {
        desk.permissions = permissions;
      },
    }),
  };
}
