import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createResilience } from '@holdfast/core';
import type { Resilience } from '@holdfast/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nextTokenFetch, type NextTokenOptions } from './next-token-fetch.ts';
import { instance } from './session.fixture.ts';

/** An API that hands out t1, t2, … with its answers, each good for one request. */
async function sliding(status = 200): Promise<{ url: string; asked: (string | undefined)[] }> {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    const next = `t${asked.length}`;
    response.writeHead(status, { authorization: `Bearer ${next}`, 'x-next': next, 'x-ttl': '60' });
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked };
}

function slidingInstance(options?: NextTokenOptions): {
  resilience: Resilience;
  send(url: string): Promise<void>;
} {
  const resilience = instance({ tokens: { accessToken: 't0' } });
  const next = nextTokenFetch(resilience.session, options);
  return {
    resilience,
    send: (url) =>
      new Promise((resolve, reject) => {
        resilience.execute<Response>(
          { kind: 'query' },
          {
            send: ({ headers }, receiver) => {
              next(url, { headers }).then(
                (response) => {
                  receiver.next(response);
                  receiver.complete();
                },
                (error: unknown) => receiver.error(error),
              );
              return () => undefined;
            },
            read: ({ status }) => ({ status, data: {} }),
          },
          { next: () => undefined, error: reject, complete: resolve },
        );
      }),
  };
}

describe('nextTokenFetch', () => {
  it.each([undefined, { header: 'x-next' }, { read: (headers: Headers) => headers.get('x-next') }])(
    'T18 the session goes on with the token that came with the last answer: %j',
    async (options) => {
      const { url, asked } = await sliding();
      const { resilience, send } = slidingInstance(options);
      for (let sent = 0; sent < 3; sent++) await send(url);
      expect(asked).toEqual(['Bearer t0', 'Bearer t1', 'Bearer t2']);
      expect(resilience.session.get()).toMatchObject({ status: 'active', generation: 4 });
    },
  );

  it('T11 brings no token back to life after a sign-out, and gives way to a sign-in', async () => {
    const { url } = await sliding();
    const { resilience, send } = slidingInstance();
    await send(url);
    const late = send(url);
    resilience.session.signOut();
    await late.catch(() => undefined);
    expect(resilience.session.get().status).toBe('signed-out');
    const own = nextTokenFetch(resilience.session);
    const answer = own(url);
    resilience.session.signIn({ accessToken: 'mine' });
    const { generation } = resilience.session.get();
    await answer;
    expect(resilience.session.get()).toMatchObject({ status: 'active', generation });
  });

  it('T11 of answers to requests that began together, the first counts', async () => {
    const { url } = await sliding();
    const { resilience } = slidingInstance();
    const next = nextTokenFetch(resilience.session);
    await Promise.all([next(url), next(url), next(url)]);
    expect(resilience.session.get().generation).toBe(2);
  });

  it.each([
    [401, {}],
    [200, { header: 'x-missing' }],
    [200, { read: () => null }],
  ])('X1 takes nothing from %i with %j', async (status, options) => {
    const { url } = await sliding(status);
    const resilience = createResilience({ auth: { tokens: { accessToken: 't0' } } });
    const response = await nextTokenFetch(resilience.session, options)(url);
    expect(response.status).toBe(status);
    expect(resilience.session.get().generation).toBe(1);
    resilience.dispose();
  });

  it('X5 says what is wrong', () => {
    const { session } = instance({});
    expect(() => nextTokenFetch(session, { header: '' })).toThrow(
      new TypeError('header must be a non-empty string, but it is empty.'),
    );
  });
});
