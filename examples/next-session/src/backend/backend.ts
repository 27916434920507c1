import { startApi } from './api.ts';
import type { Api } from './api.ts';
import { startLoginServer } from './login-server.ts';
import type { LoginServer } from './login-server.ts';

export interface Backend {
  readonly login: LoginServer;
  readonly api: Api;
  /** What the application finds in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * The login server and the API that the examples stand before.
 *
 * @param lifetime seconds that an access token lives. Default: an hour.
 */
export async function startBackend(lifetime: number = 3_600): Promise<Backend> {
  const { login, close } = await startLoginServer(lifetime);
  const api = await startApi(login);
  return {
    login,
    api,
    environment: {
      API_URL: api.server.url,
      LOGIN_URL: login.issuer,
      LOGIN_CLIENT_ID: login.clientId,
      LOGIN_CLIENT_SECRET: login.clientSecret,
    },
    async close() {
      await Promise.all([close(), api.server.close()]);
    },
  };
}
