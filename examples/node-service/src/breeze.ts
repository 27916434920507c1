import { createResilience } from '@holdfast/core';
import { breeze } from '@holdfast/profiles';
import type { Resilience } from '@holdfast/core';
import { clientCredentials } from '@holdfast/oauth';
import { instrument } from '@holdfast/opentelemetry';
import { resilienceExchange } from '@holdfast/urql';
import { Client, fetchExchange } from '@urql/core';

/** Where Breeze is, and who this service is to it. */
export interface BreezeSettings {
  readonly url: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A user of ours waits for the answer, so nobody waits longer than this. */
const timeout = { attempt: 5_000, total: 10_000 };

/** One for the whole process: all its requests share the token, and what Breeze says about limits. */
export function machineResilience(settings: BreezeSettings): Resilience {
  const { tokenUrl: url, clientId, clientSecret } = settings;
  const refresh = clientCredentials({ url, clientId, clientSecret, body: 'json' });
  return reported('machine', createResilience({ profile: breeze, auth: { refresh }, timeout }));
}

/** One for each request of a user: it knows this user's token, and has no way to another (E6). */
export function userResilience(accessToken: string): Resilience {
  const refresh = (): Promise<undefined> => Promise.resolve(undefined);
  const auth = { tokens: { accessToken }, refresh };
  return reported('user', createResilience({ profile: breeze, auth, timeout }));
}

/** What the dashboard tells apart: two names, however many users there are. It ends with the instance. */
function reported(name: 'machine' | 'user', resilience: Resilience): Resilience {
  instrument(resilience, { name });
  return resilience;
}

/** No cache: in a server it would hand the answer for one user to the next. */
export function connect(url: string, resilience: Resilience): Client {
  return new Client({
    url,
    preferGetMethod: false,
    exchanges: [resilienceExchange(resilience), fetchExchange],
  });
}

export const TEMPLATES = `query Templates($page: Int) {
  CredentialTemplatesV2(tenantIds: ["tenant-1"], pagination: { page: $page }) { docs { _id name } }
}`;

export const ORDER = `mutation Order($credential: CredentialOrderInput!) {
  CredentialOrderV1(credential: $credential) { _id status }
}`;
