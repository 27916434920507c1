import { breezeEmulator } from './breeze/breeze-server.ts';
import type { BreezeServer } from './breeze/breeze-server.ts';
import type { BreezeOptions } from './breeze/breeze-options.ts';
import { faultEmulator } from './fault-server/fault-server.ts';
import type { FaultServer, FaultServerOptions } from './fault-server/fault-server.ts';
import { startHttpServer } from './http-server.ts';
import { tbintEmulator } from './tbint/tbint-server.ts';
import type { TbintServer } from './tbint/tbint-server.ts';
import type { TbintOptions } from './tbint/tbint-options.ts';
import { run } from './test-server.ts';
import type { Emulator, TestServer, TestServerOptions } from './test-server.ts';

async function listening<Server extends TestServer>(
  { service, complete }: Emulator<Server>,
  options: TestServerOptions,
): Promise<Server> {
  const { serve, at } = run(service, options);
  const http = await startHttpServer(serve, options);
  return complete(at(http.origin, http.close));
}

/**
 * Starts a real HTTP server on 127.0.0.1 that executes any schema and fails as scripted. Endpoints:
 * `/graphql`, and `/token` for tokens.
 *
 * @throws TypeError or RangeError for a malformed option or fault; Error where the port is in use.
 *
 * @example
 * const server = await startFaultServer({ faults: [{ status: 503, times: 2 }] });
 * // … point a client at server.url; its first two requests are answered with 503 …
 * console.log(server.requests.map((request) => request.status), server.executions);
 * await server.close();
 */
export async function startFaultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  return listening(await faultEmulator(options), options);
}

/**
 * Starts a server on 127.0.0.1 that behaves as Breeze's public documentation says: tokens by client
 * credentials, `UNAUTHENTICATED` under HTTP 200, limits with their headers, `FORBIDDEN`, `NOT_FOUND`,
 * `BAD_USER_INPUT` and partial success. Endpoints: `/graphql` and `/oauth/token`.
 *
 * Operations: `Me`, `CredentialTemplatesV2` (12 templates, `template-1` to `template-12`) and
 * `CredentialOrderV1`. `preview` of `template-2` fails with `FORBIDDEN` beside good data. Orders may be
 * placed for `user-1` and `user-2`; `user-3` has no `allow_api`.
 *
 * @throws TypeError or RangeError for a malformed option or fault; Error where the port is in use.
 *
 * @example
 * const breeze = await startBreeze({ limit: 5, window: 300 });
 * const refresh = clientCredentials({
 *   url: breeze.tokenUrl, clientId: breeze.clientId, clientSecret: breeze.clientSecret, body: 'json',
 * });
 * // … point a client at breeze.url …
 * breeze.expireTokens();
 * await breeze.close();
 */
export async function startBreeze(options: BreezeOptions = {}): Promise<BreezeServer> {
  return listening(await breezeEmulator(options), options);
}

/**
 * Starts a server on 127.0.0.1 that behaves as TBInt's public documentation says: a login instead of
 * OAuth, the bare token in the header `accessToken`, a path per domain, 401 for a missing or mistyped
 * token, 403 for a dead one as well as for a missing permission, 423 with nothing else beyond the limit,
 * `field_not_found` under HTTP 200, 404 for what does not exist, 201 or 202 for an imported order.
 * Endpoints: `/sales`, `/products` and `/login`.
 *
 * Operations: `orders`, `orderByOrderRefNumber`, `orderByExtOrderId`, `importOrder`; `item`, `items`.
 *
 * @throws TypeError or RangeError for a malformed option or fault; Error where the port is in use.
 *
 * @example
 * const tbint = await startTbint({ limit: 5, window: 300 });
 * const refresh = login({
 *   url: tbint.loginUrl,
 *   body: { username: tbint.username, password: tbint.password },
 *   read: (answer) => (answer as { accessToken: string }).accessToken,
 * });
 * // … point clients at tbint.urls.sales and tbint.urls.products …
 * await tbint.close();
 */
export async function startTbint(options: TbintOptions = {}): Promise<TbintServer> {
  return listening(await tbintEmulator(options), options);
}
