import { afterEach, describe, expect, it } from 'vitest';
import type { BreezeOptions } from './breeze-options.ts';
import { postGraphql } from '../post-graphql.fixture.ts';
import { startBreeze } from '../start.ts';
import type { BreezeServer } from './breeze-server.ts';

let breeze: BreezeServer | undefined;

async function start(options?: BreezeOptions): Promise<BreezeServer> {
  breeze = await startBreeze(options);
  return breeze;
}

afterEach(async () => {
  await breeze?.close();
  breeze = undefined;
});

async function ask(query: string, variables: object = {}): Promise<Record<string, unknown>> {
  const response = await postGraphql(breeze?.url ?? '', query, {
    variables,
    headers: { authorization: `Bearer ${String(breeze?.issueToken())}` },
  });
  return (await response.json()) as Record<string, unknown>;
}

const ORDER = /* GraphQL */ `
  mutation Order($credential: CredentialOrderInput!, $tenantId: ID, $userId: ID) {
    CredentialOrderV1(credential: $credential, tenantId: $tenantId, userId: $userId) {
      _id
      credential_number
      status
      created
    }
  }
`;

const FIRST_NAME = { data_field: 'personFirstName', string_value: 'Ada' };

describe('Breeze operations', () => {
  it('list templates in pages', async () => {
    await start();
    const query = /* GraphQL */ `
      query Templates($pagination: PaginationOptions) {
        CredentialTemplatesV2(tenantIds: ["tenant-1"], pagination: $pagination) {
          docs {
            _id
          }
          totalDocs
          page
          totalPages
          hasNextPage
        }
      }
    `;
    const page = async (pagination?: object): Promise<unknown> => {
      const { data } = await ask(query, { pagination });
      const { CredentialTemplatesV2: found } = data as {
        CredentialTemplatesV2: { docs: { _id: string }[] };
      };
      const { docs, ...rest } = found;
      return { ...rest, first: Object.values(docs[0] ?? {})[0], length: docs.length };
    };
    const totals = { totalDocs: 12, totalPages: 2 };
    const first = { ...totals, page: 1, hasNextPage: true, first: 'template-1', length: 10 };
    expect(await page()).toEqual(first);
    const second = { ...totals, page: 2, hasNextPage: false, first: 'template-11', length: 2 };
    expect(await page({ page: 2 })).toEqual(second);
    expect(await page({ offset: 10 })).toEqual(second);
    expect(await page({ sort: '-name' })).toEqual({ ...first, first: 'template-12' });
    const filter = [{ field: 'name', operator: 'eq', value: 'Template 03' }];
    expect(await page({ filter })).toMatchObject({ first: 'template-3', totalDocs: 1 });
    expect(await ask(query, { pagination: { page: 0 } })).toMatchObject({
      data: null,
      errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  it('place orders, and a blind repeat is a second order', async () => {
    const { orders } = await start();
    const credential = { template_id: 'template-1', external_id: 'mine-7', data: [FIRST_NAME] };
    const first = await ask(ORDER, { credential });
    expect(first).toMatchObject({ data: { CredentialOrderV1: { _id: 'credential-1' } } });
    await ask(ORDER, { credential, userId: 'user-2' });
    expect(orders).toHaveLength(2);
    expect(orders[0]).toMatchObject({
      external_id: 'mine-7',
      userId: 'user-1',
      data: [FIRST_NAME],
    });
  });

  it.each([
    ['NOT_FOUND', { credential: { template_id: 'template-99', data: [] } }],
    ['NOT_FOUND', { credential: { template_id: 'template-1', data: [] }, userId: 'nobody' }],
    ['FORBIDDEN', { credential: { template_id: 'template-1', data: [] }, userId: 'user-3' }],
    ['FORBIDDEN', { credential: { template_id: 'template-1', data: [] }, tenantId: 'other' }],
    [
      'BAD_USER_INPUT',
      {
        credential: {
          template_id: 'template-1',
          data: [{ data_field: 'personFirstName', number_value: 1 }],
        },
      },
    ],
    [
      'BAD_USER_INPUT',
      { credential: { template_id: 'template-1', data: [{ ...FIRST_NAME, url_value: 'x' }] } },
    ],
    ['BAD_USER_INPUT', { credential: { template_id: 'template-1', data: [{ data_field: 'x' }] } }],
  ])('refuse an order with %s and data null', async (code, variables) => {
    const { orders } = await start();
    expect(await ask(ORDER, variables)).toMatchObject({
      data: null,
      errors: [{ path: ['CredentialOrderV1'], extensions: { code } }],
    });
    expect(orders).toEqual([]);
  });

  it('need the role user, except Me', async () => {
    const { setRoles } = await start({ roles: ['viewer'] });
    const query = '{ CredentialTemplatesV2(tenantIds: ["tenant-1"]) { totalDocs } }';
    expect(await ask(query)).toMatchObject({
      data: null,
      errors: [{ message: 'Insufficient permissions', extensions: { code: 'FORBIDDEN' } }],
    });
    expect(await ask('{ Me { roles } }')).toEqual({ data: { Me: { roles: ['viewer'] } } });
    setRoles(['user']);
    expect(await ask(query)).toEqual({ data: { CredentialTemplatesV2: { totalDocs: 12 } } });
  });

  it('F6 can succeed in part', async () => {
    await start();
    const query =
      '{ CredentialTemplatesV2(tenantIds: ["tenant-1"], pagination: { limit: 2 }) { docs { _id preview } } }';
    expect(await ask(query)).toMatchObject({
      data: {
        CredentialTemplatesV2: {
          docs: [
            { _id: 'template-1', preview: expect.any(String) },
            { _id: 'template-2', preview: null },
          ],
        },
      },
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  });
});
