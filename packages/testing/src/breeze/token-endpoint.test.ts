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

function send(token: string | undefined): Promise<Response> {
  return postGraphql(breeze?.url ?? '', '{ Me { _id } }', {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
}

function requestToken(
  body: object | URLSearchParams,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(breeze?.tokenUrl ?? '', {
    method: 'POST',
    headers:
      body instanceof URLSearchParams
        ? headers
        : { 'content-type': 'application/json', ...headers },
    body: body instanceof URLSearchParams ? body : JSON.stringify(body),
  });
}

function credentials(secret = breeze?.clientSecret): Record<string, string> {
  return {
    grant_type: 'client_credentials',
    client_id: breeze?.clientId ?? '',
    client_secret: secret ?? '',
  };
}

describe('Breeze tokens', () => {
  it('are had with client credentials: JSON, form, or Basic', async () => {
    await start();
    const { grant_type, client_id, client_secret } = credentials();
    const basic = Buffer.from(`${client_id}:${client_secret}`).toString('base64');
    const answers = [
      await requestToken(credentials()),
      await requestToken(new URLSearchParams(credentials())),
      await requestToken(new URLSearchParams({ grant_type: grant_type ?? '' }), {
        authorization: `Basic ${basic}`,
      }),
    ];
    for (const answer of answers) {
      const body = (await answer.json()) as { access_token: string };
      expect(body).toEqual({
        access_token: expect.stringMatching(/^eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9\./),
        token_type: 'Bearer',
        expires_in: 3_600,
      });
      expect(await (await send(body.access_token)).json()).toEqual({
        data: { Me: { _id: 'user-1' } },
      });
    }
    expect(breeze?.tokenRequests).toHaveLength(3);
  });

  it('T7 are refused with the documented words', async () => {
    const { rotateSecret, clientSecret, expireClient } = await start();
    const refusals: unknown[] = [];
    const note = async (response: Response): Promise<void> => {
      const { error, error_description } = (await response.json()) as Record<string, string>;
      refusals.push([response.status, error, error_description]);
    };
    await note(await requestToken({ grant_type: 'client_credentials' }));
    await note(await requestToken({ ...credentials(), grant_type: 'password' }));
    await note(await requestToken({ ...credentials(), client_id: 'nobody' }));
    rotateSecret();
    await note(await requestToken(credentials(clientSecret)));
    expireClient();
    await note(await requestToken(credentials()));
    rotateSecret();
    expect((await requestToken(credentials())).status).toBe(200);
    expect(refusals).toEqual([
      [400, 'invalid_request', 'Missing parameter: client_id, client_secret'],
      [400, 'unsupported_grant_type', 'Grant type password is not supported'],
      [401, 'invalid_client', 'Client not found'],
      [401, 'invalid_client', 'Invalid client secret'],
      [401, 'invalid_client', 'Client has expired'],
    ]);
  });

  it('W1 are limited per client, and the wait stands in prose only', async () => {
    const { resetWindow } = await start({ tokenLimit: 2 });
    await requestToken(credentials());
    await requestToken(credentials());
    const answer = await requestToken(credentials());
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(await answer.json()).toEqual({
      error: 'too_many_requests',
      error_description: expect.stringMatching(
        /^Rate limit exceeded for OAuth token requests\. Maximum 2 requests per hour allowed\. Try again in 3[56]\d\d seconds\.$/,
      ),
    });
    expect((await requestToken({ ...credentials(), client_id: 'other' })).status).toBe(401);
    resetWindow();
    expect((await requestToken(credentials())).status).toBe(200);
  });

  it.each([200, 401] as const)(
    'that are dead, wrong or missing are UNAUTHENTICATED under %i',
    async (status) => {
      const { issueToken, expireTokens, executions } = await start({
        unauthenticatedStatus: status,
      });
      const token = issueToken();
      expireTokens();
      for (const given of [token, 'wrong', undefined]) {
        const answer = await send(given);
        expect(answer.status).toBe(status);
        expect(await answer.json()).toEqual({
          errors: [{ message: 'Token validation failed', extensions: { code: 'UNAUTHENTICATED' } }],
        });
      }
      expect(executions).toEqual({});
    },
  );

  it('end when the server says so', async () => {
    const { issueToken } = await start({ tokenLifetime: 1_000 });
    const token = issueToken();
    expect(await (await send(token)).json()).toHaveProperty('data');
    const answer = async (): Promise<unknown> => (await send(token)).json();
    await expect.poll(answer, { timeout: 10_000 }).toHaveProperty('errors');
    expect(await (await requestToken(credentials())).json()).toHaveProperty('expires_in', 1);
  });
});
