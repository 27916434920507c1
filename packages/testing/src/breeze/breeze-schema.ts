import { createGraphQLError } from 'graphql-yoga';
import type { SchemaParts } from '../graphql-engine.ts';
import type { BreezeOrder, BreezeOrderValue } from './breeze-options.ts';
import { TEMPLATES, badInput, templatePage } from './templates.ts';
import type { Pagination, Template, TemplatePage } from './templates.ts';

/** Operations, arguments and order fields are Breeze's public ones. `Me`'s fields and `preview` are ours. */
const typeDefs = /* GraphQL */ `
  type Query {
    Me: User!
    CredentialTemplatesV2(
      tenantIds: [ID!]!
      credentialTemplateTypes: [CredentialTemplateTypes]
      pagination: PaginationOptions
    ): CredentialTemplatePage!
  }
  type Mutation {
    CredentialOrderV1(credential: CredentialOrderInput!, tenantId: ID, userId: ID): Credential!
  }
  type User {
    _id: ID!
    name: String!
    roles: [String!]!
    tenants: [ID!]!
  }
  enum CredentialTemplateTypes {
    TPL_CardCredential
    TPL_MobileCredential
  }
  input PaginationOptions {
    page: Int
    limit: Int
    offset: Int
    sort: String
    filter: [PaginationFilter!]
  }
  input PaginationFilter {
    field: String!
    value: String!
    operator: String!
  }
  type CredentialTemplatePage {
    docs: [CredentialTemplate!]!
    totalDocs: Int!
    page: Int!
    totalPages: Int!
    hasNextPage: Boolean!
  }
  type CredentialTemplate {
    _id: ID!
    name: String!
    type_name: CredentialTemplateTypes!
    order_type: String
    template_number: Int
    template_fields: TemplateFields!
    "FORBIDDEN for template-2: a partial success."
    preview: String
  }
  type TemplateFields {
    all_used_fields: [TemplateField!]!
  }
  type TemplateField {
    name: String!
    field_type: String!
    manual_input: Boolean!
  }
  input CredentialOrderInput {
    template_id: ID!
    data: [CredentialOrderDataFieldInput]!
    external_id: String
    order_reference: String
    object_id: ID
    quantity: Int
  }
  input CredentialOrderDataFieldInput {
    data_field: String!
    string_value: String
    number_value: Float
    bool_value: Boolean
    date_value: String
    base64_value: String
    url_value: String
  }
  type Credential {
    _id: ID!
    credential_number: String!
    status: String!
    created: String!
  }
`;

/** What the schema needs to know, and where it puts its orders. */
export interface BreezeState {
  roles: readonly string[];
  readonly tenants: readonly string[];
  readonly orders: BreezeOrder[];
}

interface OrderArguments {
  readonly credential: {
    readonly template_id: string;
    readonly data: readonly (BreezeOrderValue | null)[];
    readonly external_id?: string | null;
  };
  readonly tenantId?: string | null;
  readonly userId?: string | null;
}

interface TemplateArguments {
  readonly tenantIds: readonly string[];
  readonly credentialTemplateTypes?: readonly string[] | null;
  readonly pagination?: Pagination | null;
}

const OWN_USER = 'user-1';

/** Users that orders may be placed for, and whether they have `allow_api`. */
const ALLOW_API: Readonly<Record<string, boolean>> = {
  [OWN_USER]: true,
  'user-2': true,
  'user-3': false,
};

const VALUE_KEYS: Readonly<Record<string, readonly string[]>> = {
  string: ['string_value'],
  number: ['number_value'],
  boolean: ['bool_value'],
  date: ['date_value'],
  buffer: ['base64_value', 'url_value'],
};

function forbidden(message: string): Error {
  return createGraphQLError(message, { extensions: { code: 'FORBIDDEN' } });
}

function notFound(message: string): Error {
  return createGraphQLError(message, { extensions: { code: 'NOT_FOUND' } });
}

function requireRole(state: BreezeState): void {
  if (!state.roles.includes('user')) throw forbidden('Insufficient permissions');
}

function requireTenant(state: BreezeState, tenant: string | undefined): string {
  if (tenant !== undefined && state.tenants.includes(tenant)) return tenant;
  throw forbidden(`No access to tenant ${String(tenant)}`);
}

function requireUser(user: string): string {
  const allowed = ALLOW_API[user];
  if (allowed === undefined) throw notFound(`User ${user} not found`);
  if (!allowed) throw forbidden(`User ${user} may not use the API`);
  return user;
}

/** "Use exactly one value key per entry", and the one that fits the field's type. */
function requireValue(template: Template, value: BreezeOrderValue): void {
  const { _id: id, template_fields: fields } = template;
  const field = fields.all_used_fields.find(({ name }) => name === value.data_field);
  if (field === undefined) throw badInput(`Template ${id} has no field ${value.data_field}`);
  const keys = Object.keys(value).filter((key) => key !== 'data_field' && value[key] !== null);
  const [key] = keys;
  if (keys.length !== 1 || key === undefined) {
    throw badInput(`Field ${field.name} was given ${keys.length} values; it takes exactly one`);
  }
  const allowed = VALUE_KEYS[field.field_type] ?? [];
  if (!allowed.includes(key)) {
    throw badInput(`Field ${field.name} was given ${key}; it takes ${allowed.join(' or ')}`);
  }
}

function order(state: BreezeState, { credential, tenantId, userId }: OrderArguments): BreezeOrder {
  requireRole(state);
  const tenant = requireTenant(state, tenantId ?? state.tenants[0]);
  const user = requireUser(userId ?? OWN_USER);
  const template = TEMPLATES.find(({ _id }) => _id === credential.template_id);
  if (template === undefined) throw notFound(`Template ${credential.template_id} not found`);
  const data = credential.data.filter((value) => value !== null);
  for (const value of data) requireValue(template, value);
  const number = state.orders.length + 1;
  const placed: BreezeOrder = {
    _id: `credential-${number}`,
    credential_number: String(100_000 + number),
    status: 'IN_PRODUCTION',
    created: new Date().toISOString(),
    template_id: credential.template_id,
    tenantId: tenant,
    userId: user,
    external_id: credential.external_id ?? undefined,
    data,
  };
  state.orders.push(placed);
  return placed;
}

function templates(state: BreezeState, given: TemplateArguments): TemplatePage {
  requireRole(state);
  for (const tenant of given.tenantIds) requireTenant(state, tenant);
  return templatePage(given.credentialTemplateTypes, given.pagination ?? {});
}

export function createBreezeSchema(state: BreezeState): SchemaParts {
  return {
    typeDefs,
    resolvers: {
      Query: {
        Me: () => ({
          _id: OWN_USER,
          name: 'API user',
          roles: state.roles,
          tenants: state.tenants,
        }),
        CredentialTemplatesV2: (_: unknown, given: TemplateArguments) => templates(state, given),
      },
      CredentialTemplate: {
        preview({ _id }: Template) {
          if (_id === 'template-2') throw forbidden('Insufficient permissions');
          return `https://preview.invalid/${_id}.png`;
        },
      },
      Mutation: {
        CredentialOrderV1: (_: unknown, given: OrderArguments) => order(state, given),
      },
    },
  };
}
