import { afterEach, describe, expect, it } from 'vitest';
import { postGraphql } from '../post-graphql.fixture.ts';
import type { TbintOptions } from './tbint-options.ts';
import { startTbint } from '../start.ts';
import type { TbintServer } from './tbint-server.ts';

let tbint: TbintServer | undefined;

async function start(options?: TbintOptions): Promise<TbintServer> {
  tbint = await startTbint(options);
  return tbint;
}

afterEach(async () => {
  await tbint?.close();
  tbint = undefined;
});

function send(
  query: string,
  token: string | undefined = tbint?.issueToken(),
  url: string = tbint?.url ?? '',
): Promise<Response> {
  return postGraphql(url, query, { headers: token === undefined ? {} : { accessToken: token } });
}

function logIn(body: object): Promise<Response> {
  return fetch(tbint?.loginUrl ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function text(response: Response): Promise<[number, string]> {
  return [response.status, await response.text()];
}

const ORDERS = '{ orders(salesChannel: "web") { extOrderId } }';

const IMPORT = /* GraphQL */ `
  mutation Import {
    importOrder(
      salesChannel: "web"
      extOrderId: "mine-7"
      lines: [{ model: "1001", color: "navy", quantity: 2 }]
    ) {
      orderRefNumber
    }
  }
`;

describe('TBInt tokens', () => {
  it('come from a login and serve every domain', async () => {
    const { username, password, urls, requests, tokenRequests } = await start();
    const { accessToken } = (await (await logIn({ username, password })).json()) as {
      accessToken: string;
    };
    expect(await text(await send(ORDERS, accessToken))).toEqual([200, '{"data":{"orders":[]}}']);
    const items = await send(
      '{ items(salesChannel: "web", take: 1) { model } }',
      accessToken,
      urls.products,
    );
    expect(await text(items)).toEqual([200, '{"data":{"items":[{"model":"1001"}]}}']);
    expect(requests.map(({ path, token }) => [path, token])).toEqual([
      ['/sales', accessToken],
      ['/products', accessToken],
    ]);
    expect(tokenRequests.map(({ path, status }) => [path, status])).toEqual([['/login', 200]]);
  });

  it('come in whatever form a test wants to see', async () => {
    const { username, password } = await start({
      tokenLifetime: 5_000,
      loginAnswer: (token, lifetime) => ({ data: { token, ttl: lifetime / 1_000 } }),
    });
    expect(await (await logIn({ username, password })).json()).toEqual({
      data: { token: expect.any(String), ttl: 5 },
    });
  });

  it('are refused for a wrong password and a malformed login', async () => {
    const { username } = await start();
    expect(await text(await logIn({ username, password: 'wrong' }))).toEqual([401, '']);
    expect(await text(await logIn({ username }))).toEqual([400, '']);
  });

  it('that are missing or mistyped give 401, dead ones 403', async () => {
    const { issueToken, expireTokens, url } = await start();
    const token = issueToken();
    expect(await text(await send(ORDERS, 'typo'))).toEqual([401, '']);
    const bare = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await text(bare)).toEqual([401, '']);
    expireTokens();
    expect(await text(await send(ORDERS, token))).toEqual([403, '']);
    expect((await send(ORDERS)).status).toBe(200);
  });

  it('without a permission give the same 403, and 401 where the test says so', async () => {
    const { urls, setPermissions } = await start({
      permissions: ['products'],
      deadTokenStatus: 401,
    });
    expect((await send(ORDERS)).status).toBe(403);
    const items = '{ items(salesChannel: "web") { model } }';
    expect((await send(items, undefined, urls.products)).status).toBe(200);
    setPermissions(['sales']);
    expect((await send(ORDERS)).status).toBe(200);
    const token = tbint?.issueToken();
    tbint?.expireTokens();
    expect((await send(ORDERS, token)).status).toBe(401);
  });
});

describe('TBInt limits', () => {
  it('are 423 and nothing else', async () => {
    const { setLimit, resetWindow } = await start({ limit: 1 });
    expect((await send(ORDERS)).status).toBe(200);
    const locked = await send(ORDERS);
    expect(await text(locked)).toEqual([423, '']);
    const names = [...locked.headers.keys()];
    expect(names.filter((name) => /ratelimit|retry/.test(name))).toEqual([]);
    resetWindow();
    expect((await send(ORDERS)).status).toBe(200);
    setLimit(2);
    expect((await send(ORDERS)).status).toBe(200);
    expect((await send(ORDERS)).status).toBe(423);
  });

  it('are over after the window', async () => {
    await start({ limit: 1, window: 1_000 });
    await send(ORDERS);
    expect((await send(ORDERS)).status).toBe(423);
    const status = async (): Promise<number> => (await send(ORDERS)).status;
    await expect.poll(status, { timeout: 10_000 }).toBe(200);
  });
});

describe('TBInt operations', () => {
  it('F11 tell an unknown field under 200, with type, code and docs_url', async () => {
    const { executions } = await start();
    const answer = await send('{ orders(salesChannel: "web") { colour } }');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      errors: [
        {
          message: expect.stringContaining('Cannot query field "colour" on type "Order"'),
          locations: [{ line: 1, column: 33 }],
          path: ['colour'],
          extensions: {
            type: 'field_not_found',
            code: '404',
            docs_url: expect.stringContaining('https://docs.tbint.app/'),
          },
        },
      ],
    });
    expect(executions).toEqual({});
  });

  it('tell other errors without extensions, and malformed requests with 400', async () => {
    const { url, issueToken } = await start();
    const answer = await send('{ orders { extOrderId } }');
    const { errors } = (await answer.json()) as { errors: object[] };
    expect(answer.status).toBe(200);
    expect(errors[0]).not.toHaveProperty('extensions');
    const headers = { 'content-type': 'application/json', accessToken: issueToken() };
    expect((await fetch(url, { method: 'POST', headers, body: '{' })).status).toBe(400);
  });

  it('import an order with 201, which can then be looked up', async () => {
    const { orders, executions } = await start();
    expect(await text(await send(IMPORT))).toEqual([
      201,
      '{"data":{"importOrder":{"orderRefNumber":"R-1001"}}}',
    ]);
    const byId =
      '{ orderByExtOrderId(salesChannel: "web", extOrderId: "mine-7") { orderRefNumber } }';
    expect((await send(byId)).status).toBe(200);
    const missing = await send(byId.replace('mine-7', 'mine-8'));
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({
      errors: [{ path: ['orderByExtOrderId'], extensions: { type: 'not_found', code: '404' } }],
    });
    expect(orders).toHaveLength(1);
    expect(executions).toEqual({ importOrder: 1, orderByExtOrderId: 2 });
  });

  it('accept an order with 202 where it is not finished at once', async () => {
    await start({ accepted: true });
    expect((await send(IMPORT)).status).toBe(202);
  });

  it('M1 show a lost answer as an order that is there', async () => {
    const { inject, orders } = await start();
    inject({ html: true, execute: true });
    expect((await send(IMPORT)).headers.get('content-type')).toContain('text/html');
    expect(orders).toHaveLength(1);
  });

  it('list items sorted, searched and cut to a page', async () => {
    const { urls } = await start();
    const query =
      '{ items(salesChannel: "web", sortBy: "name", sortOrder: DESC, searchInput: "1002", page: 2, take: 2) { name } }';
    expect(await (await send(query, undefined, urls.products)).json()).toEqual({
      data: { items: [{ name: 'Model 1002, black' }] },
    });
    const many = '{ items(salesChannel: "web", take: 1001) { name } }';
    expect(await (await send(many, undefined, urls.products)).json()).toMatchObject({
      errors: [{ extensions: { type: 'bad_input', code: '400' } }],
    });
  });
});
