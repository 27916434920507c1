import { tbint } from '@holdfast/profiles';
import type { ResilienceOptions } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { everyClient, closing, QUICK } from './both-clients.ts';

const HELLO = 'query Hello { hello }';

describe.each(everyClient)('redirects with $client', ({ connect }) => {
  it.each([
    ['a field of its own', { profile: tbint }],
    ['Authorization', {}],
  ] satisfies [string, ResilienceOptions][])(
    'X1 a token in %s does not follow a redirect to another origin',
    async (_, profile) => {
      const elsewhere = closing(await startFaultServer({}));
      const server = closing(await startFaultServer({}));
      server.inject({ status: 307, headers: { location: elsewhere.url }, times: Infinity });
      const { client } = connect(server.url, {
        ...QUICK,
        ...profile,
        auth: { tokens: { accessToken: 'secret-token' }, refresh: async () => undefined },
      });
      await client.query(HELLO);
      expect(JSON.stringify(server.requests.map(({ headers }) => headers))).toContain(
        'secret-token',
      );
      const arrived = elsewhere.requests.map(({ headers }) => headers);
      expect(JSON.stringify(arrived)).not.toContain('secret-token');
    },
  );

  it('X1 F7 a redirect that is not followed is a bad response, and is not asked for again', async () => {
    const elsewhere = closing(await startFaultServer({}));
    const server = closing(await startFaultServer({}));
    server.inject({ status: 307, headers: { location: elsewhere.url }, times: Infinity });
    const { client } = connect(server.url, {
      ...QUICK,
      profile: tbint,
      auth: { tokens: { accessToken: 'secret-token' }, refresh: async () => undefined },
    });
    const { failure } = await client.query(HELLO);
    expect(failure).toMatchObject({ kind: 'bad_response', status: 307, stopped: 'not_retryable' });
    expect(elsewhere.requests).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });
});
