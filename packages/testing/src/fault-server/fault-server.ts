import type { GraphQLSchema } from 'graphql';
import { emptyAnswer, jsonAnswer } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { createGraphqlEngine } from '../graphql-engine.ts';
import type { Executions, SchemaParts } from '../graphql-engine.ts';
import type { HttpRequest } from '../recorded-request.ts';
import { requireNumber, requireOptions } from '../options.ts';
import { SERVER_OPTIONS } from '../test-server.ts';
import type { Emulator, TestServer, TestServerOptions } from '../test-server.ts';
import { createTokenStore, tokenIn } from '../token-store.ts';
import { createDefaultSchema } from './default-schema.ts';
import type { FaultServerContext } from './default-schema.ts';
import { createTokenEndpoint } from './token-endpoint.ts';

/** How the fault server checks tokens. */
export interface FaultServerAuth {
  /** Header field that carries the token. Default `authorization`. */
  readonly header?: string;
  /** Word before the token; an empty string for a bare token. Default `Bearer`. */
  readonly scheme?: string;
  /**
   * What happens to a request without a good token, before anything runs:
   *
   * - `graphql` (default): HTTP 200 and `errors` with `UNAUTHENTICATED`, without a `data` key
   * - `401`: HTTP 401 with the same body, as `application/graphql-response+json` where the client takes it
   * - `401-empty`: HTTP 401 and no body
   * - `403`: HTTP 403 and no body
   * - `field`: it runs, and the fields that need a token (`me`, `rename`, or what your resolvers do with
   *   `context.authorized`) fail by themselves: partial data
   */
  readonly reject?: 'graphql' | '401' | '401-empty' | '403' | 'field';
  /** Milliseconds that a token issued by this server serves. Default 3,600,000. */
  readonly lifetime?: number;
  /** Hands out refresh tokens; each serves once, and a second use ends all that came from it. Default `false`. */
  readonly refreshTokens?: boolean;
  /** Tokens that are good besides those that this server issued. Default: none. */
  readonly valid?: (token: string) => boolean;
}

/** What {@link startFaultServer} takes. */
export interface FaultServerOptions extends TestServerOptions {
  /**
   * What to serve: a schema, or its source text with resolvers. Default: a small one with queries `hello`,
   * `slow(ms)`, `items`, `item(id)`, `me`, mutations `add(name)`, `rename(id, name)` and subscription
   * `ticks(count, every)`. Resolvers find a {@link FaultServerContext} in their context.
   */
  readonly schema?: GraphQLSchema | SchemaParts;
  /** Checks tokens; `true` with all defaults. Default: every request is let in. */
  readonly auth?: FaultServerAuth | true;
}

/** A GraphQL server that fails as it is told to. */
export interface FaultServer extends TestServer {
  /** Answers a POST with `{ access_token, token_type, expires_in }`, whoever asks. */
  readonly tokenUrl: string;
  /** A good token, without a token request. */
  issueToken(): string;
  /** A good refresh token, without a token request. Only of use with `auth.refreshTokens`. */
  issueRefreshToken(): string;
  /** Every access token that this server issued is dead from now on. */
  expireTokens(): void;
  /** Every access token and refresh token that this server issued is dead from now on. */
  revokeTokens(): void;
}

const AUTH_OPTIONS = {
  header: 'text',
  scheme: 'text',
  reject: ['graphql', '401', '401-empty', '403', 'field'],
  lifetime: 'number',
  refreshTokens: 'flag',
  valid: 'function',
} as const;

const REFUSAL = {
  errors: [{ message: 'Sign in first.', extensions: { code: 'UNAUTHENTICATED' } }],
};

const CHALLENGE = { 'www-authenticate': 'Bearer error="invalid_token"' };

function reject(how: FaultServerAuth['reject'], request: HttpRequest): Answer {
  if (how === '403') return emptyAnswer(403);
  if (how === '401-empty') return emptyAnswer(401, CHALLENGE);
  if (how !== '401') return jsonAnswer(200, REFUSAL);
  const accepted = request.headers['accept'] ?? '';
  const type = accepted.includes('application/graphql-response+json')
    ? 'application/graphql-response+json; charset=utf-8'
    : 'application/json; charset=utf-8';
  return jsonAnswer(401, REFUSAL, { ...CHALLENGE, 'content-type': type });
}

/** @throws TypeError or RangeError for a malformed option. */
export async function faultEmulator(options: FaultServerOptions): Promise<Emulator<FaultServer>> {
  requireOptions(options, { ...SERVER_OPTIONS, schema: 'object', auth: 'anything' });
  const auth = options.auth === true ? {} : options.auth;
  if (auth !== undefined) requireOptions(auth, AUTH_OPTIONS, 'auth');
  requireNumber('auth.lifetime', auth?.lifetime, 1);
  const lifetime = auth?.lifetime ?? 3_600_000;
  const store = createTokenStore(lifetime);
  const endpoint = createTokenEndpoint(store, {
    lifetime,
    refreshTokens: auth?.refreshTokens ?? false,
  });
  const executions: Executions = {};
  const engine = createGraphqlEngine(options.schema ?? createDefaultSchema(), executions);

  function isGood(token: string | undefined): boolean {
    if (auth === undefined || store.state(token) === 'valid') return true;
    return token !== undefined && (auth.valid?.(token) ?? false);
  }

  return {
    service: {
      endpoint: '/graphql',
      executions,
      tokenOf: (headers) =>
        tokenIn(headers, auth?.header ?? 'authorization', auth?.scheme ?? 'Bearer'),
      graphql: {
        '/graphql': async (request, { token }) => {
          const authorized = isGood(token);
          if (!authorized && auth?.reject !== 'field') return reject(auth?.reject, request);
          const context: FaultServerContext = { token, authorized, headers: request.headers };
          return engine.execute(request, context);
        },
      },
      tokens: { '/token': async (request) => endpoint.answer(request) },
    },
    complete: (server) => ({
      ...server,
      tokenUrl: `${server.origin}/token`,
      issueToken: store.issue,
      issueRefreshToken: endpoint.issueRefreshToken,
      expireTokens: store.end,
      revokeTokens() {
        store.end();
        endpoint.end();
      },
    }),
  };
}
