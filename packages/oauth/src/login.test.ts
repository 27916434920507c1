import { describe, expect, it } from 'vitest';
import { everything, refreshRequest, rejection, startEndpoint } from './local-endpoint.fixture.ts';
import { login } from './login.ts';

const form = { username: 'ola', password: 'hunter2!' };
const read = (json: unknown): string => (json as { accessToken: string }).accessToken;

describe('login', () => {
  it('T10 sends the form as JSON and gives a bare token its lifetime', async () => {
    const { url, received } = await startEndpoint({ body: { accessToken: 'at-1' } });
    const refresh = login({ url, body: form, read, lifetime: 30 * 60_000 });
    await expect(refresh(refreshRequest())).resolves.toEqual({
      accessToken: 'at-1',
      expiresAt: 1_000_000 + 30 * 60_000,
    });
    expect(received[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(received[0]?.body ?? '')).toEqual(form);
  });

  it('T10 takes the expiry that read gives rather than the lifetime', async () => {
    const { url } = await startEndpoint({ body: {} });
    const tokens = { accessToken: 'at-1', refreshToken: 'rt-1', expiresAt: 5 };
    const refresh = login({ url, body: form, read: () => tokens, lifetime: 1000 });
    await expect(refresh(refreshRequest())).resolves.toEqual(tokens);
  });

  it('T11 asks for the form each time; none means that nobody can be signed in', async () => {
    const { url, received } = await startEndpoint({ body: { accessToken: 'at-1' } });
    const forms = [form, undefined];
    const refresh = login({ url, body: async () => forms.shift(), read });
    await expect(refresh(refreshRequest())).resolves.toEqual({ accessToken: 'at-1' });
    await expect(refresh(refreshRequest())).resolves.toBeUndefined();
    expect(received).toHaveLength(1);
  });

  it('T5 rejects where read finds nothing usable, or throws', async () => {
    const { url } = await startEndpoint({ body: { token: 'at-secret' } });
    const finds = [
      () => undefined,
      () => '',
      () => ({ accessToken: '' }),
      () => 7 as never,
      () => {
        throw new TypeError('cannot read');
      },
    ];
    for (const find of finds) {
      const failed = await rejection(login({ url, body: form, read: find })(refreshRequest()));
      expect(failed).toMatchObject({ name: 'TokenRequestError', status: 200 });
      expect(everything(failed)).not.toContain('at-secret');
    }
  });

  it('F11 repeats nothing of the form, however the server echoes it', async () => {
    const headers = { 'x-api-key': 'key-of-hunter2' };
    const echoes = [
      { error: 'invalid_login', error_description: 'no user ola with hunter2!' },
      { 'hunter2!': [{ deep: 'x hunter2! y' }] },
      'password=hunter2%21 was wrong',
      'key-of-hunter2',
    ];
    for (const body of echoes) {
      const { url } = await startEndpoint({ status: 401, body });
      const refresh = login({ url, body: form, read, headers });
      const failed = await rejection(refresh(refreshRequest()));
      expect(failed).toMatchObject({ status: 401 });
      expect(everything(failed)).not.toMatch(/hunter2|ola/u);
      expect(everything(failed)).toContain('[redacted]');
    }
  });
});
