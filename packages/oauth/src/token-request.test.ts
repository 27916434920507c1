import { describe, expect, it } from 'vitest';
import { clientCredentials } from './grants.ts';
import {
  everything,
  refreshRequest,
  rejection,
  startEndpoint,
  type Answering,
} from './local-endpoint.fixture.ts';
import { TokenRequestError } from './token-request.ts';

const clientSecret = 'top/s3cret "quoted" ü';

/** What asking an endpoint with this answer rejects with, and the address to find in its message. */
async function refusal(answer: Answering): Promise<{ error: TokenRequestError; url: string }> {
  const { url } = await startEndpoint(answer);
  const refresh = clientCredentials({ url: `${url}?key=query-key`, clientId: 'app', clientSecret });
  const error = await rejection(refresh(refreshRequest()));
  expect(error).toBeInstanceOf(TokenRequestError);
  expect(everything(error)).not.toMatch(/s3cret|query-key/u);
  return { error: error as TokenRequestError, url };
}

describe('TokenRequestError', () => {
  it('T7 F4b says which OAuth error it was, in the server’s words', async () => {
    const body = { error: 'invalid_client', error_description: 'Invalid client credentials' };
    const { error, url } = await refusal({ status: 401, body });
    expect(error).toMatchObject({ name: 'TokenRequestError', status: 401, body });
    expect(error.message).toBe(
      `Token request to ${url} was refused: invalid_client (Invalid client credentials), HTTP 401.`,
    );
  });

  it('T7 takes an error word with status 200 for a refusal', async () => {
    const { error } = await refusal({ body: { error: 'invalid_grant' } });
    expect(error).toMatchObject({ status: 200, body: { error: 'invalid_grant' } });
    expect(error.message).toContain('was refused: invalid_grant, HTTP 200.');
  });

  it('W1 keeps what says how long to wait, and no other header', async () => {
    const kept = {
      'retry-after': '7',
      ratelimit: '"d";r=0;t=5',
      'ratelimit-reset': '5',
      'x-ratelimit-reset': '6',
      'x-rate-limit-reset': '6',
      'www-authenticate': 'Bearer error="invalid_token"',
    };
    const { error } = await refusal({
      status: 429,
      body: 'Too many requests',
      headers: { ...kept, 'set-cookie': 'session=1', 'x-powered-by': 'hope' },
    });
    expect(error).toMatchObject({ status: 429, body: 'Too many requests' });
    const { date, ...rest } = error.headers;
    expect(rest).toEqual({ ...kept, 'content-type': 'text/plain' });
    expect(date).toMatch(/GMT$/u);
    expect(error.message).toMatch(/ failed, HTTP 429\.$/u);
  });

  it.each([
    ['no token', {}],
    ['a token that is no string', { access_token: 7 }],
    ['an empty token', { access_token: '' }],
    ['a token in another place', { data: [{ token: 'eyJ.secret' }] }],
    ['null', 'null'],
    ['a list', []],
  ])('T5 F11 rejects a success with %s, and keeps only its shape', async (_, body) => {
    const { error, url } = await refusal({ body });
    expect(error.message).toBe(`Token request to ${url} was answered 200 without an access_token.`);
    expect(everything(error)).not.toContain('eyJ');
  });

  it.each(['<html>Sign in</html>', '', 'eyJ.bare.token'])(
    'F7 rejects a success that is not JSON: %j',
    async (body) => {
      const { error } = await refusal({ body });
      expect(error.message).toMatch(/ was answered 200 without JSON\.$/u);
      expect(error.status).toBe(200);
      expect(everything(error)).not.toContain('eyJ');
    },
  );

  it('F11 redacts a secret that the server echoes, in whatever spelling', async () => {
    const spellings = [
      clientSecret,
      JSON.stringify(clientSecret),
      encodeURIComponent(clientSecret),
      new URLSearchParams({ s: clientSecret }).toString(),
    ];
    for (const spelling of spellings) {
      const body = { error: 'invalid_client', error_description: `No client has ${spelling}.` };
      const { error } = await refusal({ status: 400, body });
      expect(error.message).toContain('[redacted]');
      expect(JSON.stringify(error.body)).toContain('[redacted]');
    }
    const text = await refusal({ status: 500, body: `oops ${spellings.join(' and ')}` });
    expect(text.error.body).toMatch(/^oops \[redacted\]/u);
  });

  it('F11 redacts header values, parameters and Basic credentials, but not an audience', async () => {
    const { url } = await startEndpoint((response) => {
      response.writeHead(400, { 'www-authenticate': `Basic realm="${btoa('app:pw')} key-1"` });
      response.end(`api.example app ${btoa('app:pw')} key-1 jwt-1`);
    });
    const refresh = clientCredentials({
      url,
      clientId: 'app',
      clientSecret: 'pw',
      headers: { 'x-api-key': 'key-1' },
      parameters: { audience: 'api.example', client_assertion: 'jwt-1' },
    });
    expect(await rejection(refresh(refreshRequest()))).toMatchObject({
      body: 'api.example app [redacted] [redacted] [redacted]',
      headers: { 'www-authenticate': 'Basic realm="[redacted] [redacted]"' },
    });
  });

  it.each(['s', 'to', 'many', 'error', 'client'])(
    'F11 W1 T7 takes %s out of words of its own alone: a server’s words and numbers stay what they are',
    async (secret) => {
      const body = {
        error: 'too_many_requests',
        error_description: `Not "${secret}" again! Wait 20 seconds; totals, manymore, errors, clients.`,
      };
      const { url } = await startEndpoint({ status: 429, body });
      const refresh = clientCredentials({ url, clientId: 'app', clientSecret: secret });
      expect(await rejection(refresh(refreshRequest()))).toMatchObject({
        body: {
          error: 'too_many_requests',
          error_description:
            'Not "[redacted]" again! Wait 20 seconds; totals, manymore, errors, clients.',
        },
      });
    },
  );

  it('X4 reads 64 KiB of a body that does not end, and no half of a secret at the cut', async () => {
    const { error } = await refusal((response) => {
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.write(`${'x'.repeat(64 * 1024 - 8)}${clientSecret}`);
      const more = setInterval(() => response.write('y'.repeat(1024)), 1);
      response.on('close', () => clearInterval(more));
    });
    expect(String(error.body).length).toBeLessThanOrEqual(64 * 1024);
    expect(error.body).toMatch(/^x+$/u);
  });

  it('X4 survives a body that nests without end and a description of any length', async () => {
    const nested = await refusal({ status: 500, body: '['.repeat(30_000) + ']'.repeat(30_000) });
    expect(nested.error.status).toBe(500);
    const shape = await refusal({ status: 200, body: '['.repeat(30_000) + ']'.repeat(30_000) });
    expect(shape.error.status).toBe(200);
    const body = { error: 'invalid_request', error_description: 'line\n'.repeat(5000) };
    const long = await refusal({ status: 400, body });
    expect(long.error.message.length).toBeLessThan(700);
    expect(long.error.message).not.toContain('\n');
  });

  it('X1 follows no redirect', async () => {
    const other = await startEndpoint({ body: { access_token: 'at' } });
    for (const status of [301, 302, 303, 307, 308]) {
      const { error } = await refusal({ status, headers: { location: other.url } });
      expect(error.status).toBe(status);
      expect(error.message).toMatch(/ a redirect, which is not followed, HTTP 30\d\.$/u);
    }
    expect(other.received).toEqual([]);
  });
});
