import { breeze, tbint } from '@holdfast/profiles';
import type { ResilienceOptions } from '@holdfast/core';
import { clientCredentials, login } from '@holdfast/oauth';
import type { BreezeServer, TbintServer } from '@holdfast/testing';

/** All that an application says to work with Breeze. */
export function breezeOptions(server: BreezeServer): ResilienceOptions {
  return {
    profile: breeze,
    auth: {
      refresh: clientCredentials({
        url: server.tokenUrl,
        clientId: server.clientId,
        clientSecret: server.clientSecret,
        body: 'json',
      }),
    },
  };
}

/** All that an application says to work with TBInt. */
export function tbintOptions(server: TbintServer): ResilienceOptions {
  return {
    profile: tbint,
    auth: {
      refresh: login({
        url: server.loginUrl,
        body: { username: server.username, password: server.password },
        read: (answer) => (answer as { readonly accessToken: string }).accessToken,
      }),
    },
  };
}

export const ME = 'query Me { Me { _id name roles } }';
export const TEMPLATES = `query Templates($page: Int) {
  CredentialTemplatesV2(tenantIds: ["tenant-1"], pagination: { page: $page }) { docs { _id name } totalDocs }
}`;
export const PREVIEWS = `query Previews {
  CredentialTemplatesV2(tenantIds: ["tenant-1"]) { docs { _id preview } }
}`;
export const ORDER = `mutation Order($id: String) {
  CredentialOrderV1(
    credential: {
      template_id: "template-1"
      data: [{ data_field: "personFirstName", string_value: "Kari" }]
      external_id: $id
    }
  ) { _id status }
}`;
export const ORDERS = `query Orders($skip: Int) {
  orders(salesChannel: "web", skip: $skip) { orderId }
}`;
