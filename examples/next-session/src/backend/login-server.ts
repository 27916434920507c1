import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Provider } from 'oidc-provider';

const CLIENT = { id: 'notes', secret: randomBytes(16).toString('hex') };
const SCOPE = 'openid';
const PASSWORD = 'nordmann';
const DAY = 86_400;

/** Who can sign in, each with the password `nordmann`. */
const USERS: Readonly<Record<string, string>> = { ola: 'Ola Nordmann', kari: 'Kari Nordmann' };

/** Whom a token stands for. */
export interface Subject {
  readonly id: string;
  readonly name: string;
}

/**
 * A certified OAuth and OpenID Connect server (oidc-provider) with a login page of its own. It rotates refresh
 * tokens, and ends the session of whoever shows one twice (RFC 9700, 2.2.2).
 */
export class LoginServer {
  readonly clientId: string = CLIENT.id;
  readonly clientSecret: string = CLIENT.secret;
  readonly issuer: string;
  /** Every token that was ever given out. */
  readonly issued: Set<string> = new Set();
  /** How many token requests have come. */
  calls = 0;
  /** How many of them showed a refresh token that had been used: each ended a session. */
  reuses = 0;
  /** Whether token requests are answered with 503. */
  isDown = false;
  readonly #accepted = new Map<string, Subject & { readonly grantId: string | undefined }>();
  readonly #provider: Provider;
  readonly #handle: ReturnType<Provider['callback']>;

  /** @param lifetime seconds that an access token lives. */
  constructor(issuer: string, lifetime: number) {
    this.issuer = issuer;
    this.#provider = new Provider(issuer, {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          // As a native app has it: the port of a loopback address may be any.
          application_type: 'native',
          grant_types: ['authorization_code', 'refresh_token'],
          redirect_uris: ['http://127.0.0.1/auth/callback'],
        },
      ],
      cookies: { keys: [randomBytes(16).toString('hex')] },
      features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
      findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      interactions: { url: (_context, { uid }) => `/sign-in/${uid}` },
      issueRefreshToken: async () => true,
      rotateRefreshToken: true,
      ttl: { AccessToken: lifetime, RefreshToken: DAY, Grant: DAY, IdToken: DAY, Session: DAY },
    });
    this.#handle = this.#provider.callback();
    this.#provider.on('access_token.saved', ({ jti, accountId, grantId }) => {
      this.issued.add(jti);
      const name = USERS[accountId] ?? accountId;
      this.#accepted.set(jti, { id: accountId, name, grantId });
    });
    this.#provider.on('refresh_token.saved', ({ jti }) => this.issued.add(jti));
    this.#provider.on('grant.error', (_context, error) => {
      if (error.error_detail === 'refresh token already used') this.reuses++;
    });
    this.#provider.on('grant.revoked', (_context, ended) => {
      for (const [token, { grantId }] of this.#accepted) {
        if (grantId === ended) this.#accepted.delete(token);
      }
    });
  }

  /** Whom an access token stands for, as long as it serves. */
  subject(token: string | undefined): Subject | undefined {
    return this.#accepted.get(token ?? '');
  }

  /** Every access token is dead from now on, before its time; refresh tokens are not. */
  expire(): void {
    this.#accepted.clear();
  }

  readonly answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, page, uid] = /^\/(sign-in|token)(?:\/([\w-]+))?/u.exec(request.url ?? '') ?? [];
    if (page === 'token') {
      this.calls++;
      if (this.isDown) return void response.writeHead(503).end();
    }
    if (page !== 'sign-in' || uid === undefined) return this.#handle(request, response);
    const { prompt, session } = await this.#provider.interactionDetails(request, response);
    if (prompt.name === 'consent') {
      const consent = { grantId: await this.#grant(session?.accountId ?? '') };
      return this.#provider.interactionFinished(request, response, { consent });
    }
    const form = new URLSearchParams(request.method === 'POST' ? await text(request) : '');
    const name = form.get('name') ?? '';
    if (form.get('password') === PASSWORD && name in USERS) {
      const login = { accountId: name };
      return this.#provider.interactionFinished(request, response, { login });
    }
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(loginPage(form.size === 0 ? '' : 'Name or password is wrong.'));
  };

  /** The one application is the login server's own: nobody is asked whether it may know him. */
  #grant(accountId: string): Promise<string> {
    const grant = new this.#provider.Grant({ clientId: CLIENT.id, accountId });
    grant.addOIDCScope(SCOPE);
    return grant.save();
  }
}

/** A login server on 127.0.0.1. Its cookies do not meet those of the application: the names differ. */
export async function startLoginServer(
  lifetime: number,
): Promise<{ readonly login: LoginServer; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    login.answer(request, response).catch((error: unknown) => {
      console.error(error);
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const login = new LoginServer(`http://127.0.0.1:${port}`, lifetime);
  return {
    login,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function loginPage(message: string): string {
  return `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width" />
  <link rel="icon" href="data:," />
  <title>Login server</title>
  <main>
    <h1>Login server</h1>
    <form method="post">
      <p><label>Name <input name="name" autocomplete="username" required /></label></p>
      <p><label>Password <input name="password" type="password" required /></label></p>
      <button>Sign in</button>
      <p role="status">${message || `ola or kari, with the password ${PASSWORD}`}</p>
    </form>
  </main>
</html>`;
}
