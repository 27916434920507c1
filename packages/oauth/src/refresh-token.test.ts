import { describe, expect, it } from 'vitest';
import { refreshRequest, rejection, startEndpoint } from './local-endpoint.fixture.ts';
import { refreshToken } from './grants.ts';

const tokenAnswer = { body: { access_token: 'at-2', refresh_token: 'rt-2', expires_in: '60' } };
const held = { accessToken: 'at-1', refreshToken: 'rt 1' };

describe('refreshToken', () => {
  it('X1 sends the refresh token of the session; a client without a secret names itself', async () => {
    const { url, received } = await startEndpoint(tokenAnswer);
    const tokens = await refreshToken({ url, clientId: 'web' })(refreshRequest(held));
    expect(tokens).toEqual({ accessToken: 'at-2', refreshToken: 'rt-2', expiresAt: 1_060_000 });
    expect(received[0]?.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(received[0]?.body))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'rt 1',
      client_id: 'web',
    });
  });

  it('X1 authenticates a client that has a secret', async () => {
    const { url, received } = await startEndpoint(tokenAnswer);
    await refreshToken({ url, clientId: 'web', clientSecret: 's' })(refreshRequest(held));
    expect(received[0]?.headers.authorization).toBe(`Basic ${btoa('web:s')}`);
    expect(received[0]?.body).toBe('grant_type=refresh_token&refresh_token=rt+1');
  });

  it('X1 X5 a public client has no secret, and one that is given is refused', async () => {
    const { url, received } = await startEndpoint(tokenAnswer);
    const options = { url, clientId: 'web', public: true };
    await refreshToken(options)(refreshRequest(held));
    expect(new URLSearchParams(received[0]?.body).get('client_id')).toBe('web');
    expect(() => refreshToken({ ...options, clientSecret: 'shh' })).toThrow(
      'clientSecret must be left out where public is true: a page can keep no secret.',
    );
  });

  it('T11 resolves to undefined, and sends nothing, without a refresh token', async () => {
    const { url, received } = await startEndpoint(tokenAnswer);
    const refresh = refreshToken({ url, clientId: 'web' });
    await expect(refresh(refreshRequest())).resolves.toBeUndefined();
    await expect(refresh(refreshRequest({ accessToken: 'at-1' }))).resolves.toBeUndefined();
    expect(received).toEqual([]);
  });

  it('T16 invents no refresh token where the answer holds none', async () => {
    const { url } = await startEndpoint({ body: { access_token: 'at-2' } });
    const tokens = await refreshToken({ url, clientId: 'web' })(refreshRequest(held));
    expect(tokens).toEqual({ accessToken: 'at-2' });
  });

  it('T7 rejects with the error word and description of an invalid_grant', async () => {
    const body = { error: 'invalid_grant', error_description: 'Token rt 1 was used before' };
    const { url } = await startEndpoint({ status: 400, body });
    const failed = await rejection(refreshToken({ url, clientId: 'web' })(refreshRequest(held)));
    expect(failed).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Token [redacted] was used before' },
      message: `Token request to ${url} was refused: invalid_grant (Token [redacted] was used before), HTTP 400.`,
    });
  });
});
