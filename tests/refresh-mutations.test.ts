import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refreshMutation } from '@holdfast/oauth';
import { saleor } from '@holdfast/profiles';
import { describe, expect, it } from 'vitest';
import { apollo3Client, bothClients, closing, everyClient } from './both-clients.ts';
import type { Connection } from './both-clients.ts';

const REFRESH =
  'mutation Refresh($token: String!) { tokenRefresh(refreshToken: $token) { token errors { code message } } }';

interface Shop {
  readonly url: string;
  /** Operation names and their `Authorization`. */
  readonly asked: (readonly [string, IncomingHttpHeaders['authorization']])[];
  close(): Promise<void>;
}

/** A shop as Saleor answers: it takes `at-2` alone, and refuses any request with a dead token, a refresh too. */
async function startShop(refreshes: 'refreshes' | 'refuses' | 'rejects'): Promise<Shop> {
  const asked: Shop['asked'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { query } = JSON.parse(Buffer.concat(chunks).toString()) as { query: string };
      const operationName = /^\w+ (\w+)/u.exec(query)?.[1] ?? '';
      const { authorization } = request.headers;
      asked.push([operationName, authorization]);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answerTo(operationName, authorization, refreshes)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}/graphql/`, asked, close };
}

function answerTo(operation: string, authorization: unknown, refreshes: string): object {
  const exception = { code: 'ExpiredSignatureError' };
  if (authorization !== undefined && authorization !== 'Bearer at-2') {
    return { errors: [{ message: 'Signature has expired', extensions: { exception } }] };
  }
  if (operation !== 'Refresh') return { data: { me: { id: '1' } } };
  const refusal = { code: 'JWT_SIGNATURE_EXPIRED', message: 'Signature has expired' };
  if (refreshes === 'rejects') {
    return { errors: [{ message: refusal.message, extensions: { code: refusal.code } }] };
  }
  const token = refreshes === 'refreshes' ? 'at-2' : null;
  return { data: { tokenRefresh: { token, errors: token === null ? [refusal] : [] } } };
}

describe.each(everyClient)('a refresh by mutation through $client itself', ({ connect }) => {
  function connected(shop: Shop): Connection {
    const refresh = refreshMutation({
      query: REFRESH,
      variables: (tokens) => ({ token: tokens?.refreshToken ?? '' }),
      send: ({ query, variables }) =>
        connection.client.mutate(query, { variables, resilience: { auth: false } }),
      read: (data: { tokenRefresh: { token: string | null } }) => data.tokenRefresh.token,
    });
    const tokens = { accessToken: 'at-1', refreshToken: 'rt-1' };
    const connection = connect(shop.url, { profile: saleor, auth: { tokens, refresh } });
    return connection;
  }

  it('T13 T1 neither waits for itself nor carries the dead token, and is sent once for all', async () => {
    const shop = closing(await startShop('refreshes'));
    const { client } = connected(shop);
    const answers = await Promise.all(
      [1, 2, 3].map((n) => client.query(`query Q${n} { me { id } }`)),
    );
    expect(answers.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    expect(shop.asked.filter(([name]) => name === 'Refresh')).toEqual([['Refresh', undefined]]);
    expect(shop.asked).toHaveLength(7);
  });

  it('T7 T8 fails for good with the code that the mutation was refused with', async () => {
    const shop = closing(await startShop('refuses'));
    const { client, resilience } = connected(shop);
    const { failure } = await client.query('query Me { me { id } }');
    expect(failure).toMatchObject({
      kind: 'unauthenticated',
      code: 'ExpiredSignatureError',
      cause: { code: 'JWT_SIGNATURE_EXPIRED', source: 'token-endpoint' },
    });
    expect(resilience.session.get().status).toBe('failed');
    expect(shop.asked).toHaveLength(2);
  });
});

// A `fetch` gives an answer, and no error that tells of it.
const errorClients = [...bothClients, apollo3Client];

describe.each(errorClients)('a refresh that throws the error which $client gave', ({ connect }) => {
  it('T7 F12 is judged by what that error says', async () => {
    const shop = closing(await startShop('rejects'));
    const connection: Connection = connect(shop.url, {
      profile: { name: 'shop', auth: { finalErrors: ['JWT_SIGNATURE_EXPIRED'] } },
      auth: {
        tokens: { accessToken: 'at-1', expiresAt: 1 },
        refresh: async () => {
          const { error } = await connection.client.mutate(REFRESH, {
            variables: { token: 'rt-1' },
            resilience: { auth: false },
          });
          throw error;
        },
      },
    });
    const { failure } = await connection.client.query('query Me { me { id } }');
    expect(failure).toMatchObject({
      kind: 'unauthenticated',
      cause: { code: 'JWT_SIGNATURE_EXPIRED', source: 'token-endpoint' },
    });
    expect(connection.resilience.session.get().status).toBe('failed');
    expect(shop.asked).toHaveLength(1);
  });
});
