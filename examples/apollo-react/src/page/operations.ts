import { gql } from '@apollo/client';
import type { TypedDocumentNode } from '@apollo/client';

export interface Template {
  readonly id: string;
  readonly name: string;
  readonly type_name: string;
  readonly template_number: number;
}
interface Found {
  readonly found: { readonly docs: readonly Template[] };
}
interface Filter {
  readonly filter?: { readonly field: string; readonly value: string; readonly operator: string };
}

export const TEMPLATES: TypedDocumentNode<Found, Filter> = gql`
  query Templates($filter: [PaginationFilter!]) {
    found: CredentialTemplatesV2(
      tenantIds: ["tenant-1"]
      pagination: { limit: 100, filter: $filter }
    ) {
      docs {
        id: _id
        name
        type_name
        template_number
      }
    }
  }
`;

interface Placed {
  readonly placed: { readonly credential_number: string };
}

export const ORDER: TypedDocumentNode<Placed, { readonly credential: object }> = gql`
  mutation Order($credential: CredentialOrderInput!) {
    placed: CredentialOrderV1(tenantId: "tenant-1", credential: $credential) {
      credential_number
    }
  }
`;

/** What is ordered. By its `external_id` an order can be looked up whose answer was lost. */
export function credential(template_id: string, form: FormData): { readonly credential: object } {
  const data = ['personFirstName', 'personLastName'].map((field) => ({
    data_field: field,
    string_value: form.get(field),
  }));
  return { credential: { template_id, external_id: form.get('external_id'), data } };
}
