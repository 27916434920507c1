import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Tokens } from '@holdfast/core';
import { Provider } from 'oidc-provider';
import type { Adapter, AdapterPayload } from 'oidc-provider';

/** A public client: the one that apps here are. */
export const CLIENT = 'app';
const SCOPE = 'openid offline_access';
const DAY = 86_400;

/** A token request, while the test has it in its hands. */
export interface TokenRequest {
  /** The query's `tab`: which tab, or which process, asks. */
  readonly tab: string;
  /** Lets the server see it. */
  proceed(): void;
  /** Whether its answer, or the want of one, is over. */
  readonly over: Promise<void>;
}

/**
 * A certified OAuth server (oidc-provider) that rotates refresh tokens and revokes the family when one is
 * used again (RFC 9700, 2.2.2).
 */
export class AuthorizationServer {
  /** Every token request that has arrived. */
  readonly calls: string[] = [];
  /** Refused as used before: each of these ended a family. */
  reuses = 0;
  /** Keeps token requests from being seen by the server, until it is told to proceed. */
  onRequest: ((request: TokenRequest) => void) | undefined;
  /** Keeps the answers back. */
  onAnswer: ((request: TokenRequest) => void) | undefined;
  readonly #live = new Set<string>();
  readonly #provider: Provider;
  readonly #handle: ReturnType<Provider['callback']>;

  /** @param grace milliseconds in which a refresh token serves again that was used before. */
  constructor(origin: string, grace = 0) {
    this.#provider = new Provider(origin, {
      clients: [
        {
          client_id: CLIENT,
          token_endpoint_auth_method: 'none',
          grant_types: ['authorization_code', 'refresh_token'],
          redirect_uris: [`${origin}/signed-in`],
          application_type: 'native',
        },
      ],
      adapter: grace === 0 ? undefined : graceful(grace),
      rotateRefreshToken: true,
      clientBasedCORS: () => true,
      findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      features: { devInteractions: { enabled: false } },
      ttl: { AccessToken: DAY, RefreshToken: DAY, Grant: DAY, IdToken: DAY },
    });
    this.#handle = this.#provider.callback();
    this.#provider.on('access_token.saved', ({ jti }) => this.#live.add(jti));
    this.#provider.on('grant.error', (_context, error) => {
      if (error.error_detail === 'refresh token already used') this.reuses++;
    });
    this.#provider.on('grant.revoked', () => this.expire());
  }

  accepts(token: string): boolean {
    return this.#live.has(token);
  }

  /** Every access token is dead from now on; refresh tokens are not. */
  expire(): void {
    this.#live.clear();
  }

  /** A user signs in elsewhere: a new family, with an access token that has expired. */
  async signIn(): Promise<Tokens> {
    const { Client, Grant, RefreshToken } = this.#provider;
    const client = await Client.find(CLIENT);
    if (client === undefined) throw new Error('The client is not known.');
    const accountId = 'user';
    const grant = new Grant({ clientId: CLIENT, accountId });
    grant.addOIDCScope(SCOPE);
    const grantId = await grant.save();
    const refresh = new RefreshToken({
      client,
      accountId,
      grantId,
      scope: SCOPE,
      gty: 'authorization_code',
      claims: {},
      acr: '0',
      amr: [],
      authTime: 1,
      nonce: '',
      resource: [],
      sessionUid: 'none',
      sid: 'none',
      expiresWithSession: false,
    } as never);
    return { accessToken: 'expired', refreshToken: await refresh.save(), expiresAt: 1 };
  }

  /** Answers what is a token request. */
  readonly answer = (request: IncomingMessage, response: ServerResponse): boolean => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname !== '/token') return false;
    const tab = searchParams.get('tab') ?? '';
    this.calls.push(tab);
    const over = new Promise<void>((resolve) => {
      response.once('close', resolve);
    });
    const end = response.end.bind(response);
    const { onAnswer } = this;
    if (onAnswer !== undefined) {
      response.end = ((...given: Parameters<typeof end>) => {
        onAnswer({ tab, over, proceed: () => void end(...given) });
        return response;
      }) as typeof response.end;
    }
    const proceed = (): void => {
      // A request whose tab has gone is never seen by the server.
      if (!response.destroyed) void this.#handle(request, response);
    };
    if (this.onRequest === undefined) proceed();
    else this.onRequest({ tab, over, proceed });
    return true;
  };
}

/** A store in which a used token still counts as unused for a while, as servers with a leeway have it. */
function graceful(grace: number): (model: string) => Adapter {
  const stored = new Map<string, AdapterPayload>();
  const used = new Map<string, number>();
  return (model): Adapter => {
    const key = (id: string): string => `${model}:${id}`;
    const none = (): Promise<undefined> => Promise.resolve(undefined);
    return {
      upsert: async (id, payload) => void stored.set(key(id), payload),
      find: async (id) => {
        const payload = stored.get(key(id));
        const since = used.get(key(id));
        return payload === undefined || since === undefined || performance.now() - since < grace
          ? payload
          : { ...payload, consumed: true };
      },
      findByUserCode: none,
      findByUid: none,
      consume: async (id) => void used.set(key(id), used.get(key(id)) ?? performance.now()),
      destroy: async (id) => void stored.delete(key(id)),
      revokeByGrantId: async (grantId) => {
        for (const [id, payload] of stored) if (payload.grantId === grantId) stored.delete(id);
      },
    };
  };
}
