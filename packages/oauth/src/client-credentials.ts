import type { RefreshRequest, Tokens } from '@holdfast/core';
import { client, type ClientOptions } from './client-request.ts';
import { readSecret } from './options.ts';

/** Options of {@link clientCredentials}. */
export interface ClientCredentialsOptions extends ClientOptions {
  readonly clientSecret: string;
}

/**
 * The client credentials grant (RFC 6749, section 4.4): a machine that signs in as itself.
 *
 * @returns a `refresh` function, for `createResilience({ auth: { refresh } })`. It rejects with a
 * {@link TokenRequestError} where the endpoint refuses, else with what `fetch` rejects with.
 * @throws TypeError for an option that cannot be used (X5).
 *
 * @example
 * const refresh = clientCredentials({
 *   url: 'https://system.idportal.no/oauth/token',
 *   clientId,
 *   clientSecret,
 *   body: 'json',
 * });
 */
export function clientCredentials(
  options: ClientCredentialsOptions,
): (request: RefreshRequest) => Promise<Tokens> {
  readSecret('clientSecret', options.clientSecret);
  const grant = client(options);
  return (request) => grant({ grant_type: 'client_credentials' }, request, []);
}
