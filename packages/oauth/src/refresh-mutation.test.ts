import { createResilience, failureOf } from '@holdfast/core';
import type { Resilience } from '@holdfast/core';
import { saleor } from '@holdfast/profiles';
import { describe, expect, it } from 'vitest';
import { everything, refreshRequest, rejection, startEndpoint } from './local-endpoint.fixture.ts';
import { refreshMutation, type RefreshMutationOptions } from './refresh-mutation.ts';

const query =
  'mutation ($token: String!) { tokenRefresh(refreshToken: $token) { token errors { code message } } }';
const held = { accessToken: 'at-1', refreshToken: 'rt-secret' };

/** As its documentation has it. */
const tokenRefresh: Omit<RefreshMutationOptions, 'url' | 'send'> = {
  query,
  variables: (tokens) =>
    tokens?.refreshToken === undefined ? undefined : { token: tokens.refreshToken },
  read: (data) => (data as { tokenRefresh: { token: string | null } }).tokenRefresh.token,
};

function payload(token: string | null, errors: readonly unknown[] = []): unknown {
  return { data: { tokenRefresh: { token, errors } } };
}

const expired = payload(null, [
  { code: 'JWT_SIGNATURE_EXPIRED', message: 'Signature of rt-secret has expired' },
]);

describe('refreshMutation', () => {
  it('T13 X1 sends the mutation by itself, without the token that it replaces', async () => {
    const { url, received } = await startEndpoint({ body: payload('at-2') });
    const refresh = refreshMutation({ url, ...tokenRefresh, headers: { 'X-Channel': 'web' } });
    await expect(refresh(refreshRequest(held))).resolves.toEqual({ accessToken: 'at-2' });
    expect(received).toHaveLength(1);
    expect(received[0]?.headers.authorization).toBeUndefined();
    expect(received[0]?.headers['x-channel']).toBe('web');
    expect(received[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      query,
      variables: { token: 'rt-secret' },
    });
  });

  it('T10 reads all tokens, or gives a bare one its lifetime, as Lumar’s session key has it', async () => {
    const body = { data: { createSessionUsingUserKey: { token: 'at-1' } } };
    const { url, received } = await startEndpoint({ body });
    const refresh = refreshMutation({
      url,
      query: 'mutation ($input: Key!) { createSessionUsingUserKey(input: $input) { token } }',
      variables: { input: { userKeyId: '7', secret: 's' } },
      read: (data) => (data as typeof body.data).createSessionUsingUserKey.token,
      lifetime: 60_000,
    });
    const expiresAt = 1_060_000;
    await expect(refresh(refreshRequest())).resolves.toEqual({ accessToken: 'at-1', expiresAt });
    expect(received[0]?.body).toContain('"secret":"s"');
    const tokens = { accessToken: 'a', refreshToken: 'r', expiresAt: 5 };
    const whole = refreshMutation({ url, query, read: () => tokens });
    await expect(whole(refreshRequest())).resolves.toEqual(tokens);
  });

  it('T11 answers undefined, and sends nothing, without anything to refresh with', async () => {
    const { url, received } = await startEndpoint({ body: payload('at-2') });
    const refresh = refreshMutation({ url, ...tokenRefresh });
    await expect(refresh(refreshRequest({ accessToken: 'at-1' }))).resolves.toBeUndefined();
    await expect(refresh(refreshRequest())).resolves.toBeUndefined();
    expect(received).toEqual([]);
  });

  it('T7 rejects with the code of a payload’s errors, and repeats no variable', async () => {
    const { url } = await startEndpoint({ body: expired });
    const failed = await rejection(refreshMutation({ url, ...tokenRefresh })(refreshRequest(held)));
    expect(failed).toMatchObject({
      name: 'TokenRequestError',
      status: 200,
      body: {
        error: 'JWT_SIGNATURE_EXPIRED',
        error_description: 'Signature of [redacted] has expired',
      },
      message: `Token request to ${url} was refused: JWT_SIGNATURE_EXPIRED (Signature of [redacted] has expired), HTTP 200.`,
    });
    expect(everything(failed)).not.toContain('rt-secret');
  });

  it.each([
    ['userErrors', { error: 'refused', error_description: 'no' }, [{ message: 'no' }]],
    ['errors', { error: 'refused', error_description: 'no' }, ['no']],
    ['accountErrors', { error: 'GONE', error_description: undefined }, [{ code: 'GONE' }]],
    ['errors', { error: 'refused', error_description: undefined }, [null]],
  ])('T7 F1 reads %s as %j from %j', async (name, said, list) => {
    const { url } = await startEndpoint({ body: { data: { refresh: { [name]: list } } } });
    const refresh = refreshMutation({ url, query, read: () => undefined });
    expect(await rejection(refresh(refreshRequest()))).toMatchObject({ body: said });
  });

  it.each([
    [200, { errors: [{ message: 'Wrong key', extensions: { code: 'BAD_KEY' } }] }],
    [401, { errors: [{ message: 'Wrong key', extensions: { code: 'BAD_KEY' } }], data: null }],
  ])('T7 rejects with the entries of errors, at %i, and not with data', async (status, body) => {
    const { url } = await startEndpoint({ status, body });
    const failed = await rejection(refreshMutation({ url, ...tokenRefresh })(refreshRequest(held)));
    expect(failed).toMatchObject({
      status,
      body: { errors: body.errors },
      message: `Token request to ${url} was refused: BAD_KEY (Wrong key), HTTP ${status}.`,
    });
    expect((failed as { body: object }).body).not.toHaveProperty('data');
  });

  it('T5 takes a token that stands beside an error of another field: there is no other', async () => {
    const body = {
      ...(payload('at-2') as object),
      errors: [{ message: 'no user', path: ['user'] }],
    };
    const { url } = await startEndpoint({ body });
    const refresh = refreshMutation({ url, ...tokenRefresh });
    await expect(refresh(refreshRequest(held))).resolves.toEqual({ accessToken: 'at-2' });
  });

  it.each([
    ['<html>', 'was answered 200 without JSON.'],
    [{ data: { tokenRefresh: { token: null, errors: [] } } }, 'was answered 200 without a token.'],
    [{ data: { tokenRefresh: null } }, 'was answered 200 but reading tokens from it failed.'],
    [{ data: null }, 'was answered 200 without a token.'],
    [[], 'was answered 200 without a token.'],
  ])('T5 F7 rejects an answer without tokens: %j', async (body, said) => {
    const { url } = await startEndpoint({ body });
    const failed = await rejection(refreshMutation({ url, ...tokenRefresh })(refreshRequest(held)));
    expect((failed as Error).message).toBe(`Token request to ${url} ${said}`);
  });

  it('W1 keeps the wait that a limit names', async () => {
    const { url } = await startEndpoint({ status: 429, headers: { 'retry-after': '7' } });
    const failed = await rejection(refreshMutation({ url, ...tokenRefresh })(refreshRequest(held)));
    expect(failed).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
  });
});

describe('refreshMutation through a client', () => {
  it('T13 hands it the mutation and the signal, and reads its result', async () => {
    const sent: unknown[] = [];
    const refresh = refreshMutation({
      ...tokenRefresh,
      send: async (mutation) => {
        sent.push(mutation);
        return payload('at-2');
      },
    });
    const request = refreshRequest(held);
    await expect(refresh(request)).resolves.toEqual({ accessToken: 'at-2' });
    const { signal } = request;
    expect(sent).toEqual([{ query, variables: { token: 'rt-secret' }, signal }]);
  });

  it('T7 rejects with the error of its result untouched, else with what the answer says', async () => {
    const own = new Error('the client’s own');
    const failing = refreshMutation({ ...tokenRefresh, send: async () => ({ error: own }) });
    expect(await rejection(failing(refreshRequest(held)))).toBe(own);
    const throwing = refreshMutation({
      ...tokenRefresh,
      send: async () => {
        throw own;
      },
    });
    expect(await rejection(throwing(refreshRequest(held)))).toBe(own);
    const refused = refreshMutation({ ...tokenRefresh, send: async () => expired });
    expect(await rejection(refused(refreshRequest(held)))).toMatchObject({
      status: 0,
      body: { error: 'JWT_SIGNATURE_EXPIRED' },
      message:
        'Token request through the client was refused: JWT_SIGNATURE_EXPIRED (Signature of [redacted] has expired).',
    });
    for (const nothing of [undefined, null, {}, 7]) {
      const empty = refreshMutation({ ...tokenRefresh, send: async () => nothing });
      expect((await rejection(empty(refreshRequest(held)))) as Error).toMatchObject({
        message: 'Token request through the client was answered without a token.',
      });
    }
  });
});

describe('a session that refreshes by mutation', () => {
  /** Sends one operation that is rejected until it carries `at-2`. */
  async function operation(resilience: Resilience): Promise<unknown> {
    return new Promise((resolve) => {
      resilience.execute<number>(
        { kind: 'query', name: 'Me' },
        {
          send: ({ headers }, receiver) => {
            if (headers['authorization'] === 'Bearer at-2') {
              receiver.next(200);
              receiver.complete();
            } else receiver.error(Object.assign(new Error('dead'), { status: 401 }));
            return () => undefined;
          },
          read: (status) => ({ status, data: {} }),
        },
        { next: () => undefined, error: resolve, complete: () => resolve(undefined) },
      );
    });
  }

  it('T1 T2 goes on with the token that the mutation brought', async () => {
    const { url } = await startEndpoint({ body: payload('at-2') });
    const refresh = refreshMutation({ url, ...tokenRefresh });
    const resilience = createResilience({ profile: saleor, auth: { tokens: held, refresh } });
    expect(await operation(resilience)).toBeUndefined();
    expect(resilience.session.get()).toMatchObject({ status: 'active', generation: 2 });
    resilience.dispose();
  });

  it('T7 fails for good where Saleor’s refresh token has expired', async () => {
    const { url, received } = await startEndpoint({ body: expired });
    const refresh = refreshMutation({ url, ...tokenRefresh });
    const resilience = createResilience({ profile: saleor, auth: { tokens: held, refresh } });
    const failure = failureOf(await operation(resilience));
    expect(failure).toMatchObject({
      kind: 'unauthenticated',
      cause: { code: 'JWT_SIGNATURE_EXPIRED', source: 'token-endpoint' },
    });
    expect(resilience.session.get().status).toBe('failed');
    await operation(resilience);
    expect(received).toHaveLength(1);
    resilience.dispose();
  });
});

describe('options of refreshMutation', () => {
  const good = { url: 'https://shop.test/graphql/', query, read: () => 'token' };

  it.each([
    [{ url: undefined }, 'Give either url or send: where the mutation goes, or what sends it.'],
    [
      { send: async () => undefined },
      'Give either url or send: where the mutation goes, or what sends it.',
    ],
    [
      { url: undefined, send: 'x' },
      'send must be a function that sends the mutation, but it is a string.',
    ],
    [{ url: '/graphql' }, 'url must be an absolute http or https URL, but it is "/graphql".'],
    [{ query: '' }, 'query must be a non-empty string, but it is empty.'],
    [
      { variables: 'x' },
      'variables must be an object, or a function that gives one, but it is a string.',
    ],
    [{ read: 7 }, 'read must be a function that picks the tokens from the answer, but it is 7.'],
    [{ lifetime: -1 }, 'lifetime must be a positive number of milliseconds, but it is -1.'],
  ])('X5 with %j says what is wrong', (bad, message) => {
    expect(() => refreshMutation({ ...good, ...bad } as never)).toThrow(new TypeError(message));
  });
});
