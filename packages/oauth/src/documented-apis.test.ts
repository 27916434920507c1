import { createResilience } from '@holdfast/core';
import { github } from '@holdfast/profiles';
import { startBreeze, startTbint } from '@holdfast/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clientCredentials, refreshToken } from './grants.ts';
import { refreshRequest, rejection, startEndpoint } from './local-endpoint.fixture.ts';
import { login } from './login.ts';

async function running<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const server = await starting;
  onTestFinished(() => server.close());
  return server;
}

describe('Breeze', () => {
  it('T10 gives a token that its API takes, for the hour that it says', async () => {
    const breeze = await running(startBreeze());
    const { tokenUrl: url, clientId, clientSecret } = breeze;
    const refresh = clientCredentials({ url, clientId, clientSecret, body: 'json' });
    const tokens = await refresh(refreshRequest());
    expect(tokens.expiresAt).toBe(1_000_000 + 3_600_000);
    const response = await fetch(breeze.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${tokens.accessToken}`,
      },
      body: JSON.stringify({ query: '{ Me { __typename } }' }),
    });
    const answer = await response.json();
    expect(answer).toHaveProperty('data.Me');
    expect(answer).not.toHaveProperty('errors');
  });

  it('T7 F4b tells in the description which fault of the client it is', async () => {
    const { tokenUrl: url, clientId } = await running(startBreeze());
    const refresh = clientCredentials({ url, clientId, clientSecret: 'old', body: 'json' });
    expect(await rejection(refresh(refreshRequest()))).toMatchObject({
      status: 401,
      body: { error: 'invalid_client', error_description: 'Invalid client secret' },
    });
  });

  it('W1 keeps the prose that names the wait, also in the message', async () => {
    const { tokenUrl: url, clientId, clientSecret } = await running(startBreeze({ tokenLimit: 0 }));
    const refresh = clientCredentials({ url, clientId, clientSecret, body: 'json' });
    const failed = await rejection(refresh(refreshRequest()));
    const prose = /Try again in \d+ seconds\./u;
    expect(failed).toMatchObject({
      status: 429,
      message: expect.stringMatching(prose),
      body: { error: 'too_many_requests', error_description: expect.stringMatching(prose) },
    });
  });
});

describe('TBInt', () => {
  it('T10 gives a token that its API takes, for the half hour that it is documented to live', async () => {
    const { url, loginUrl, username, password } = await running(startTbint());
    const refresh = login({
      url: loginUrl,
      body: { username, password },
      read: (json) => (json as { accessToken?: string }).accessToken,
      lifetime: 1_800_000,
    });
    const tokens = await refresh(refreshRequest());
    expect(tokens?.expiresAt).toBe(1_000_000 + 1_800_000);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accessToken: tokens?.accessToken ?? '' },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it('T6 rejects with the status where the password is wrong', async () => {
    const { loginUrl: url, username } = await running(startTbint());
    const body = { username, password: 'wrong' };
    const refresh = login({ url, body, read: () => 'never asked' });
    expect(await rejection(refresh(refreshRequest()))).toMatchObject({ status: 401 });
  });
});

describe('GitHub', () => {
  it('T7 a refresh token that it refuses with 200 ends the session at once', async () => {
    const { url, received } = await startEndpoint({
      body: {
        error: 'bad_refresh_token',
        error_description: 'The refresh token passed is incorrect or expired.',
      },
    });
    const resilience = createResilience({
      profile: github,
      auth: {
        tokens: { accessToken: 'old', refreshToken: 'used', expiresAt: Date.now() - 1_000 },
        refresh: refreshToken({ url, clientId: 'app', clientSecret: 'secret' }),
      },
    });
    onTestFinished(() => resilience.dispose());
    await rejection(resilience.session.refresh());
    expect(resilience.session.get()).toMatchObject({
      status: 'failed',
      failure: { kind: 'unauthenticated', code: 'bad_refresh_token', source: 'token-endpoint' },
    });
    expect(received).toHaveLength(1);
  });
});
