import { describe, expect, it, vi } from 'vitest';
import { clientCredentials } from './grants.ts';
import { refreshRequest, rejection, startEndpoint } from './local-endpoint.fixture.ts';

const tokenAnswer = { body: { access_token: 'at-1', token_type: 'Bearer', expires_in: 3600 } };
const credentials = { clientId: 'app', clientSecret: 's3cret' };

describe('clientCredentials', () => {
  it('T10 answers the token, its expiry measured from receipt on the session’s clock', async () => {
    const { url } = await startEndpoint(tokenAnswer);
    const refresh = clientCredentials({ url, ...credentials });
    await expect(refresh(refreshRequest())).resolves.toEqual({
      accessToken: 'at-1',
      expiresAt: 1_000_000 + 3_600_000,
    });
  });

  it('X1 sends a form with the client in a Basic header, and accepts JSON', async () => {
    const { url, received } = await startEndpoint(tokenAnswer);
    await clientCredentials({ url, ...credentials, scope: 'a b' })(refreshRequest());
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      method: 'POST',
      body: 'grant_type=client_credentials&scope=a+b',
      headers: {
        accept: 'application/json',
        authorization: `Basic ${btoa('app:s3cret')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    expect(received[0]?.headers.cookie).toBeUndefined();
  });

  it('X1 form-encodes id and secret before base64, whatever characters they have', async () => {
    const { url, received } = await startEndpoint(tokenAnswer);
    const refresh = clientCredentials({ url, clientId: 'a:b c', clientSecret: 'pä%ß+/日本' });
    await refresh(refreshRequest());
    const sent = received[0]?.headers.authorization?.replace('Basic ', '') ?? '';
    expect(atob(sent)).toBe('a%3Ab+c:p%C3%A4%25%C3%9F%2B%2F%E6%97%A5%E6%9C%AC');
  });

  it('X1 sends JSON with the client in the body, as Breeze documents it', async () => {
    const { url, received } = await startEndpoint(tokenAnswer);
    await clientCredentials({ url, ...credentials, body: 'json' })(refreshRequest());
    expect(received[0]?.headers['content-type']).toBe('application/json');
    expect(received[0]?.headers.authorization).toBeUndefined();
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      grant_type: 'client_credentials',
      client_id: 'app',
      client_secret: 's3cret',
    });
  });

  it('X1 does each combination that is asked for, with extra parameters and headers', async () => {
    const { url, received } = await startEndpoint(tokenAnswer);
    const extra = { parameters: { audience: 'api' }, headers: { 'X-Tenant': 't1' } };
    const asked = { url, ...credentials, ...extra };
    await clientCredentials({ ...asked, authentication: 'body' })(refreshRequest());
    await clientCredentials({ ...asked, body: 'json', authentication: 'basic' })(refreshRequest());
    expect(Object.fromEntries(new URLSearchParams(received[0]?.body))).toEqual({
      audience: 'api',
      grant_type: 'client_credentials',
      client_id: 'app',
      client_secret: 's3cret',
    });
    expect(received[0]?.headers['x-tenant']).toBe('t1');
    expect(received[0]?.headers.authorization).toBeUndefined();
    expect(JSON.parse(received[1]?.body ?? '')).toEqual({
      audience: 'api',
      grant_type: 'client_credentials',
    });
    expect(received[1]?.headers.authorization).toBe(`Basic ${btoa('app:s3cret')}`);
  });

  it('T5 ends when its signal aborts, before the answer and in the middle of the body', async () => {
    const silent = await startEndpoint(() => undefined);
    const stalling = await startEndpoint((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"access_token":');
    });
    for (const { url, received } of [silent, stalling]) {
      const reason = new Error('too late');
      const ending = new AbortController();
      const refresh = clientCredentials({ url, ...credentials });
      const failed = rejection(refresh(refreshRequest(undefined, ending.signal)));
      await vi.waitFor(() => expect(received).toHaveLength(1));
      ending.abort(reason);
      expect(await failed).toBe(reason);
    }
  });

  it('E2 sends nothing with a signal that has aborted already', async () => {
    const { url, received } = await startEndpoint(tokenAnswer);
    const refresh = clientCredentials({ url, ...credentials });
    const failed = await rejection(refresh(refreshRequest(undefined, AbortSignal.abort())));
    expect(failed).toHaveProperty('name', 'AbortError');
    expect(received).toEqual([]);
  });

  it('F8 rejects with the error of fetch itself where nobody answers', async () => {
    const refresh = clientCredentials({ url: 'http://127.0.0.1:1/token', ...credentials });
    const failed = await rejection(refresh(refreshRequest()));
    expect(failed).toBeInstanceOf(TypeError);
    expect(failed).toHaveProperty('cause');
  });

  it('E5 looks fetch up when a token is asked for, and uses a given one', async () => {
    const { url, received } = await startEndpoint(tokenAnswer);
    const given = vi.fn<typeof fetch>((input, init) => fetch(input, init));
    await clientCredentials({ url, ...credentials, fetch: given })(refreshRequest());
    expect(given).toHaveBeenCalledOnce();
    const refresh = clientCredentials({ url, ...credentials });
    const late = vi.spyOn(globalThis, 'fetch');
    try {
      await refresh(refreshRequest());
      expect(late).toHaveBeenCalledOnce();
    } finally {
      late.mockRestore();
    }
    expect(received).toHaveLength(2);
  });
});
