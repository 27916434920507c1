import { gql } from '@apollo/client';
import { failureOf } from '@holdfast/core';
import { breeze, tbint } from '@holdfast/profiles';
import { startBreeze, startTbint } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { httpClient, tokenFrom } from './client.fixture.ts';

describe('APIs as they are documented', () => {
  it('T1 Breeze: an expired token is renewed', async () => {
    const api = await startBreeze();
    const credentials = {
      grant_type: 'client_credentials',
      client_id: api.clientId,
      client_secret: api.clientSecret,
    };
    const { client } = httpClient(api.url, {
      profile: breeze,
      auth: { refresh: () => tokenFrom(api.tokenUrl, credentials) },
    });
    const query = gql('query Me { Me { __typename } }');
    await client.query({ query });
    api.expireTokens();
    await client.query({ query, fetchPolicy: 'network-only' });
    expect(api.tokenRequests.length).toBe(2);
    expect(api.requests.length).toBe(3);
    await api.close();
  });

  it('T1 TBInt: a 403 for a dead token is renewed, under its own header', async () => {
    const api = await startTbint();
    const form = { username: api.username, password: api.password };
    const { client } = httpClient(api.url, {
      profile: tbint,
      auth: { refresh: () => tokenFrom(api.loginUrl, form) },
    });
    const query = gql('query Orders { orders(salesChannel: "nl") { __typename } }');
    await client.query({ query });
    api.expireTokens();
    await client.query({ query, fetchPolicy: 'network-only' });
    expect(api.tokenRequests.length).toBe(2);
    expect(api.requests.map(({ status }) => status)).toEqual([200, 403, 200]);
    await api.close();
  });

  it('F10 TBInt: one order that is not ours keeps no dead token from being replaced', async () => {
    const api = await startTbint();
    const form = { username: api.username, password: api.password };
    const { client } = httpClient(api.url, {
      profile: tbint,
      auth: { refresh: () => tokenFrom(api.loginUrl, form) },
    });
    const query = gql(
      'query ($ours: Boolean!) { __typename mine: __typename @include(if: $ours) }',
    );
    const ask = (ours: boolean): Promise<{ error?: Error | undefined }> =>
      client.query({ query, variables: { ours }, fetchPolicy: 'no-cache', errorPolicy: 'all' });
    api.setPermissions([]);
    for (let poll = 0; poll < 5; poll++) {
      expect(failureOf((await ask(false)).error)?.kind).toBe('forbidden');
    }
    expect(api.tokenRequests.length).toBe(2);
    api.setPermissions(['sales']);
    api.expireTokens();
    expect((await ask(true)).error).toBeUndefined();
    expect(api.tokenRequests.length).toBe(3);
    await api.close();
  });
});
