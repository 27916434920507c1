import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { BatchHttpLink } from '@apollo/client/link/batch-http';
import { SetContextLink } from '@apollo/client/link/context';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { createResilience, failureOf } from '@holdfast/core';
import type { AuthOptions, Tokens } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  HELLO,
  SHORT,
  answers,
  clientOf,
  httpClient,
  run,
  scriptedLink,
  waiting,
} from './client.fixture.ts';
import { ResilienceLink } from './resilience-link.ts';

let server: FaultServer;
beforeEach(async () => {
  server = await startFaultServer();
});
afterEach(() => server.close());

const auth: AuthOptions = {
  tokens: { accessToken: 'one' },
  refresh: async () => ({ accessToken: 'two' }),
};
const refused = { status: 401, body: { errors: [{ message: 'who?' }] } } as const;

function resilience(): ResilienceLink {
  return new ResilienceLink(createResilience({ auth, retry: SHORT }));
}

function client(...links: ApolloLink[]): ApolloClient {
  return new ApolloClient({ link: ApolloLink.from(links), cache: new InMemoryCache() });
}

function tokens(): (string | undefined)[] {
  return server.requests.map(({ token }) => token);
}

describe('headers', () => {
  it('A6 the token is set at each send, and existing headers are kept', async () => {
    server.inject(refused);
    const { client: apollo } = httpClient(server.url, { auth });
    await apollo.query({ query: HELLO, context: { headers: { 'x-tenant': 't1' } } });
    expect(tokens()).toEqual(['one', 'two']);
    expect(server.requests.map(({ headers }) => headers['x-tenant'])).toEqual(['t1', 't1']);
  });

  it('A6 ours win in whatever case the others are written', async () => {
    const { client: apollo } = httpClient(server.url, { auth });
    const context = { headers: { Authorization: 'Basic abc', 'X-Tenant': 't1' } };
    await apollo.query({ query: HELLO, context });
    expect(server.requests[0]?.headers['authorization']).toBe('Bearer one');
    const below = scriptedLink(answers({ data: { hello: 'a' } }));
    await clientOf(below, { auth }).client.query({ query: HELLO, context });
    expect(below.sent[0]?.getContext()['headers']).toEqual({
      'X-Tenant': 't1',
      authorization: 'Bearer one',
    });
  });

  it('T13 A6 without a token the context’s own header goes out', async () => {
    const { client: apollo } = httpClient(server.url, { auth });
    const context = { headers: { Authorization: 'Basic abc' }, resilience: { auth: false } };
    await apollo.query({ query: HELLO, context });
    expect(server.requests[0]?.headers['authorization']).toBe('Basic abc');
  });

  it('A6 SetContextLink adds to them, above and below', async () => {
    server.inject([refused, { status: 503 }]);
    const add = (name: string): ApolloLink =>
      new SetContextLink(({ headers }) => ({ headers: { ...headers, [name]: 'yes' } }));
    const apollo = client(
      add('x-above'),
      resilience(),
      add('x-below'),
      new HttpLink({ uri: server.url }),
    );
    await apollo.query({ query: HELLO });
    expect(
      server.requests.map(({ headers, token }) => [headers['x-above'], headers['x-below'], token]),
    ).toEqual([
      ['yes', 'yes', 'one'],
      ['yes', 'yes', 'two'],
      ['yes', 'yes', 'two'],
    ]);
  });

  it('R7 A6 nothing of ours stays in the context, and what links below write does', async () => {
    const headers = Object.freeze({ 'x-tenant': 't1' });
    const operations: ApolloLink.Operation[] = [];
    const above = new ApolloLink((operation, forward) => {
      operations.push(operation);
      return forward(operation);
    });
    const below = new ApolloLink((operation, forward) => {
      operation.setContext({ seen: true });
      return forward(operation);
    });
    const apollo = client(above, resilience(), below, new HttpLink({ uri: server.url }));
    await run(apollo.link, { query: HELLO, context: { headers } }, apollo).done;
    await run(apollo.link, { query: HELLO }, apollo).done;
    const [first, second] = operations.map((operation) => operation.getContext());
    expect(first?.['headers']).toBe(headers);
    expect(first?.['seen']).toBe(true);
    expect(first?.['response']).toBeInstanceOf(Response);
    expect(Object.keys(second ?? {}).sort()).toEqual(['response', 'seen']);
  });

  it('A6 what a link above sets while the first attempt waits goes with it', async () => {
    let renew: ((tokens: Tokens) => void) | undefined;
    const refresh = (): Promise<Tokens> =>
      new Promise((resolve) => {
        renew = resolve;
      });
    const core = createResilience({ auth: { refresh }, retry: SHORT });
    const operations: ApolloLink.Operation[] = [];
    const above = new ApolloLink((operation, forward) => {
      operations.push(operation);
      return forward(operation);
    });
    const apollo = client(above, new ResilienceLink(core), new HttpLink({ uri: server.url }));
    const heard = run(apollo.link, { query: HELLO }, apollo);
    await waiting(core, 'refresh');
    operations[0]?.setContext({ headers: { 'x-tenant': 't2' } });
    renew?.({ accessToken: 'one' });
    await heard.done;
    const [sent] = server.requests;
    expect(sent?.headers).toMatchObject({ 'x-tenant': 't2', authorization: 'Bearer one' });
  });

  it('R7 an operation looks below as it does above', async () => {
    const seen: ApolloLink.Operation[] = [];
    const spy = (): ApolloLink =>
      new ApolloLink((operation, forward) => {
        seen.push(operation);
        return forward(operation);
      });
    const apollo = client(spy(), resilience(), spy(), new HttpLink({ uri: server.url }));
    await apollo.query({ query: HELLO });
    const [above, below] = seen;
    expect(Object.keys(below!)).toEqual(Object.keys(above!));
    expect(below!.client).toBe(apollo);
    expect(Object.isFrozen(below!.getContext())).toBe(true);
  });
});

describe('other links', () => {
  it('A6 BatchHttpLink: a batch that was refused is sent again with the new token', async () => {
    server.inject(refused);
    const apollo = client(resilience(), new BatchHttpLink({ uri: server.url, batchInterval: 1 }));
    const names = ['a', 'b', 'c'];
    const results = await Promise.all(
      names.map((name) => apollo.query({ query: HELLO, variables: { name } })),
    );
    expect(results.map(({ data }) => data)).toEqual(
      names.map((name) => ({ hello: `Hello, ${name}!` })),
    );
    expect(tokens()).toEqual(['one', 'two']);
  });

  it('A6 R10 BatchHttpLink: one error for all leads to a failure', async () => {
    server.inject({ status: 403, times: Infinity });
    const apollo = client(resilience(), new BatchHttpLink({ uri: server.url, batchInterval: 1 }));
    const errors = await Promise.all(
      ['a', 'b'].map((name) =>
        apollo.query({ query: HELLO, variables: { name } }).catch((error: unknown) => error),
      ),
    );
    expect(errors[0]).toBe(errors[1]);
    expect(failureOf(errors[0])).toMatchObject({ kind: 'forbidden', status: 403 });
  });

  it.each(['above', 'below'])(
    'A6 F4 PersistedQueryLink %s: it answers its own codes',
    async (at) => {
      const unknown = { message: 'PersistedQueryNotFound' };
      const extensions = { code: 'PERSISTED_QUERY_NOT_FOUND' };
      server.inject([
        refused,
        { body: { errors: [{ ...unknown, extensions }] } },
        { status: 503, after: 1 },
      ]);
      const persisted = new PersistedQueryLink({ sha256: () => 'hash' });
      const links = at === 'above' ? [persisted, resilience()] : [resilience(), persisted];
      const apollo = client(...links, new HttpLink({ uri: server.url }));
      const { data } = await apollo.query({ query: HELLO });
      expect(data).toEqual({ hello: 'Hello, world!' });
      expect(server.requests.map(({ query }) => query !== undefined)).toEqual([false, false, true]);
      expect(tokens()).toEqual(['one', 'two', 'two']);
    },
  );

  it('A6 split: each side is sent to, and sent to again', async () => {
    const other = await startFaultServer({ faults: [{ status: 503 }] });
    server.inject(refused);
    const apollo = client(
      resilience(),
      ApolloLink.split(
        (operation) => operation.getContext()['side'] === 'left',
        new HttpLink({ uri: server.url }),
        new HttpLink({ uri: other.url }),
      ),
    );
    await apollo.query({ query: HELLO, context: { side: 'left' } });
    await apollo.query({ query: HELLO, fetchPolicy: 'network-only' });
    expect(tokens()).toEqual(['one', 'two']);
    expect(other.requests.map(({ status }) => status)).toEqual([503, 200]);
    await other.close();
  });

  it('A6 W7 the endpoint is the context’s, and a limit of one does not hold up another', async () => {
    const other = await startFaultServer();
    const { client: apollo, resilience: instance } = clientOf(new HttpLink({ uri: server.url }), {
      rateLimit: { maxWait: 1 },
    });
    other.inject({ status: 429, headers: { 'retry-after': '60' } });
    const there = { uri: `${other.url}?key=secret` };
    await apollo.query({ query: HELLO, context: there, errorPolicy: 'all' });
    expect(instance.limits.get().map(({ scope }) => scope)).toEqual([other.url]);
    const { error } = await apollo.query({ query: HELLO });
    expect(error).toBeUndefined();
    await other.close();
  });
});
