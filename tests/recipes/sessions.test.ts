import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { ResilienceLink } from '@holdfast/apollo';
import { createResilience } from '@holdfast/core';
import type { Resilience, Share } from '@holdfast/core';
import { refreshToken } from '@holdfast/oauth';
import { createMemoryStore, startFaultServer } from '@holdfast/testing';
import { resilienceExchange } from '@holdfast/urql';
import { cacheExchange, Client, fetchExchange } from '@urql/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clients } from '../../examples/report/src/client.ts';
import { closing } from '../both-clients.ts';
import { run, samplesOf } from '../samples/samples.ts';

const [apiKey] = samplesOf('docs/recipes/api-key.md');
const [leaving, wayBack] = samplesOf('docs/recipes/login-page.md');
const [perUser] = samplesOf('docs/recipes/client-of-user.md');

function ending(resilience: Resilience): Resilience {
  onTestFinished(() => resilience.dispose());
  return resilience;
}

/** A page's address, and where the page was sent. */
function pageAt(path: string): { readonly page: Location; readonly sent: string[] } {
  const sent: string[] = [];
  const { origin, pathname, search } = new URL(path, 'https://app.example');
  const page = { origin, pathname, search, assign: (to: string) => sent.push(to) };
  return { page: page as unknown as Location, sent };
}

describe.each(clients.map((make) => ({ name: make.name, make })))('with $name', ({ make }) => {
  it('T19 an API key is sent as it is, and a rejected one is delivered at once', async () => {
    const auth = {
      header: 'x-api-key',
      scheme: '',
      reject: '401',
      valid: (key: string) => key === 'good',
    } as const;
    const server = closing(await startFaultServer({ auth }));
    const answers = [];
    for (const secret of ['good', 'bad']) {
      const { resilience } = await run(apiKey!, { secret });
      answers.push(await make(ending(resilience as Resilience), server.url).query('{ hello }'));
    }
    expect(answers.map(({ failure }) => failure?.kind)).toEqual([undefined, 'unauthenticated']);
    expect(server.requests.map(({ token }) => token)).toEqual(['good', 'bad']);
  });

  it('T7 the page leaves for the login page once, however many operations fail, and not for an outage', async () => {
    const server = closing(await startFaultServer({ auth: { refreshTokens: true } }));
    const { leaveForLogin } = (await run(leaving!, { location: undefined })) as {
      leaveForLogin: (resilience: Resilience, page: Location) => void;
    };
    const tokens = { accessToken: 'dead', refreshToken: server.issueRefreshToken() };
    const refresh = refreshToken({ url: server.tokenUrl, clientId: 'web' });
    const resilience = ending(createResilience({ auth: { tokens, refresh } }));
    const { page, sent } = pageAt('/orders?open=1');
    leaveForLogin(resilience, page);
    const client = make(resilience, server.url);
    server.inject({ on: 'token', status: 503 });
    expect((await client.query('{ hello }')).error).toBeUndefined();
    expect(sent).toEqual([]);
    server.revokeTokens();
    await Promise.all([1, 2, 3].map(() => client.query('{ hello }')));
    await client.query('{ hello }');
    expect(sent).toEqual(['/sign-in?to=%2Forders%3Fopen%3D1']);
    // The login page itself stays where it is.
    const there = pageAt('/sign-in?to=%2Forders');
    leaveForLogin(resilience, there.page);
    expect(there.sent).toEqual([]);
  });
});

it.each([
  ['/sign-in?to=%2Forders%3Fopen%3D1', '/orders?open=1'],
  ['/sign-in?to=%2Fsign-in', '/'],
  ['/sign-in?to=https%3A%2F%2Fevil.example%2F', '/'],
  ['/sign-in?to=%2F%2Fevil.example', '/'],
  ['/sign-in', '/'],
])('the way back from %s is %s', async (address, expected) => {
  const sample = (await run(wayBack!)) as { wayBack: (page: Location) => string };
  expect(sample.wayBack(pageAt(address).page)).toBe(expected);
});

/** Clients with a cache, as an application has them. */
const cached = {
  Apollo: (resilience: Resilience, url: string) => {
    const link = new ResilienceLink(resilience).concat(new HttpLink({ uri: url }));
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    return () => client.query({ query: gql('{ me { id name } }') });
  },
  urql: (resilience: Resilience, url: string) => {
    const exchanges = [cacheExchange, resilienceExchange(resilience), fetchExchange];
    const client = new Client({ url, exchanges, preferGetMethod: false });
    return () => client.query('{ me { id name } }', {}).toPromise();
  },
};

describe.each(['Apollo', 'urql'] as const)('a client for each user, with %s', (name) => {
  it('T11 T14 what one user has read is asked for anew by the next, in every tab', async () => {
    const server = closing(await startFaultServer({ auth: { valid: () => true } }));
    const sample = (await run(perUser!)) as {
      clientOfUser: <C>(resilience: Resilience, make: () => C) => { get(): C };
    };
    const store = createMemoryStore();
    const tab = (share: Share) => {
      const auth = { tokens: { accessToken: 'ola' } };
      const resilience = ending(createResilience({ auth, share }));
      const users = sample.clientOfUser(resilience, () => cached[name](resilience, server.url));
      return { resilience, ask: () => users.get()() };
    };
    const [first, second] = [tab(store.open()), tab(store.open())];
    for (const { ask } of [first, second, first, second]) await ask();
    expect(server.requests.map(({ token }) => token)).toEqual(['ola', 'ola']);
    first.resilience.session.signOut();
    await expect.poll(() => second.resilience.session.get().status).toBe('signed-out');
    first.resilience.session.signIn({ accessToken: 'kari' });
    await expect.poll(() => second.resilience.session.get().status).toBe('active');
    for (const { ask } of [first, second]) await ask();
    expect(server.requests.map(({ token }) => token)).toEqual(['ola', 'ola', 'kari', 'kari']);
  });
});
