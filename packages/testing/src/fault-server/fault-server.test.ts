import { afterEach, describe, expect, it } from 'vitest';
import { startFaultServer } from '../start.ts';
import type { FaultServer, FaultServerOptions } from './fault-server.ts';
import { postGraphql } from '../post-graphql.fixture.ts';

let server: FaultServer | undefined;

async function start(options?: FaultServerOptions): Promise<FaultServer> {
  server = await startFaultServer(options);
  return server;
}

afterEach(async () => {
  await server?.close();
  server = undefined;
});

function ask(query: string, headers: Record<string, string> = {}): Promise<Response> {
  return postGraphql(server?.url ?? '', query, { headers });
}

describe('tokens of the fault server', () => {
  it.each([
    ['graphql', 200, true],
    ['401', 401, true],
    ['401-empty', 401, false],
    ['403', 403, false],
  ] as const)('are asked for as %s', async (reject, status, withBody) => {
    const { issueToken, expireTokens, executions } = await start({ auth: { reject } });
    const token = issueToken();
    const good = await ask('{ hello }', { authorization: `Bearer ${token}` });
    expect(await good.json()).toEqual({ data: { hello: 'Hello, world!' } });
    expireTokens();
    for (const headers of [{ authorization: `Bearer ${token}` }, undefined]) {
      const bad = await ask('{ hello }', headers);
      const body = await bad.text();
      expect(bad.status).toBe(status);
      expect(body.includes('UNAUTHENTICATED')).toBe(withBody);
      expect(body).not.toContain('data');
    }
    expect(executions).toEqual({ hello: 1 });
  });

  it('A5 are refused in the media type that the client prefers', async () => {
    await start({ auth: { reject: '401' } });
    const response = await ask('{ hello }', { accept: 'application/graphql-response+json' });
    expect(response.headers.get('content-type')).toContain('application/graphql-response+json');
    expect(response.headers.get('www-authenticate')).toContain('invalid_token');
  });

  it('M2 can be asked for by a field, beside data of other fields', async () => {
    await start({ auth: { reject: 'field' } });
    const response = await ask(
      'mutation { add(name: "x") { id } rename(id: 1, name: "y") { id } }',
    );
    expect(await response.json()).toMatchObject({
      data: { add: { id: '3' }, rename: null },
      errors: [{ path: ['rename'], extensions: { code: 'UNAUTHENTICATED' } }],
    });
  });

  it('are checked in another header, by another rule', async () => {
    const { requests } = await start({
      auth: { header: 'accessToken', scheme: '', valid: (token) => token === 'mine' },
    });
    expect(await (await ask('{ hello }', { accessToken: 'mine' })).json()).toHaveProperty('data');
    expect(await (await ask('{ hello }', { accessToken: 'no' })).json()).toHaveProperty('errors');
    expect(requests.map((request) => request.token)).toEqual(['mine', 'no']);
  });

  it('come from the token endpoint', async () => {
    const { tokenUrl, tokenRequests } = await start({ auth: { lifetime: 90_000 } });
    const response = await fetch(tokenUrl, { method: 'POST' });
    const body = (await response.json()) as { access_token: string };
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 90,
    });
    const answer = await ask('{ hello }', { authorization: `Bearer ${body.access_token}` });
    expect(await answer.json()).toHaveProperty('data');
    expect(tokenRequests.map((request) => request.status)).toEqual([200]);
  });

  it('T15 come with refresh tokens that serve once, and reuse ends the family', async () => {
    const { tokenUrl, issueRefreshToken } = await start({ auth: { refreshTokens: true } });
    const refresh = async (token: string): Promise<Record<string, string>> => {
      const response = await fetch(tokenUrl, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }),
      });
      return (await response.json()) as Record<string, string>;
    };
    const first = issueRefreshToken();
    const second = (await refresh(first))['refresh_token'] ?? '';
    expect((await refresh(first))['error']).toBe('invalid_grant');
    expect(await refresh(second)).toMatchObject({
      error: 'invalid_grant',
      error_description: 'The refresh token was revoked.',
    });
  });
});
