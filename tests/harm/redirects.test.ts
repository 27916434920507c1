import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { ResilienceLink } from '@holdfast/apollo';
import { ResilienceLink as ResilienceLink3 } from '@holdfast/apollo/v3';
import { createResilience, failureOf } from '@holdfast/core';
import type { Failure } from '@holdfast/core';
import { resilienceExchange } from '@holdfast/urql';
import { Client, fetchExchange } from '@urql/core';
import * as apollo3 from 'apollo-client-3/core/index.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { QUICK } from '../both-clients.ts';

const ORDER = 'mutation { createOrder { id } }';
const STATUSES = [301, 302, 303, 307, 308];

/** Sends the mutation by a client, and says what became of it. */
type Send = (url: string, fetchOptions?: RequestInit) => Promise<Failure | undefined>;

const senders: readonly { readonly client: string; readonly send: Send }[] = [
  {
    client: 'Apollo',
    async send(uri, fetchOptions) {
      const link = new ResilienceLink(instance()).concat(new HttpLink({ uri }));
      const client = new ApolloClient({ link, cache: new InMemoryCache() });
      const context = fetchOptions === undefined ? {} : { fetchOptions };
      const { error } = await client.mutate({
        mutation: gql(ORDER),
        errorPolicy: 'all',
        context,
      });
      return failureOf(error);
    },
  },
  {
    client: 'Apollo 3',
    async send(uri, fetchOptions) {
      const link = new ResilienceLink3(instance()).concat(new apollo3.HttpLink({ uri }));
      const client = new apollo3.ApolloClient({ link, cache: new apollo3.InMemoryCache() });
      const context = fetchOptions === undefined ? {} : { fetchOptions };
      return client.mutate({ mutation: gql(ORDER), context }).then(() => undefined, failureOf);
    },
  },
  {
    client: 'urql',
    async send(url, fetchOptions) {
      const exchanges = [resilienceExchange(instance()), fetchExchange];
      const client = new Client({ url, exchanges, ...(fetchOptions && { fetchOptions }) });
      const { error } = await client.mutation(ORDER, {}).toPromise();
      return failureOf(error);
    },
  },
];

function instance(): ReturnType<typeof createResilience> {
  const resilience = createResilience({
    ...QUICK,
    // What is asked again by itself, and not what is held.
    outage: false,
    auth: { tokens: { accessToken: 'one' }, refresh: async () => ({ accessToken: 'two' }) },
  });
  onTestFinished(() => resilience.dispose());
  return resilience;
}

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

/** Runs whatever it is sent, and then leads elsewhere. */
async function leading(
  status: number,
  location: string,
): Promise<{ url: string; executions: () => number }> {
  let executions = 0;
  const url = await listening((request, response) => {
    executions++;
    request.resume();
    request.on('end', () => response.writeHead(status, { location }).end());
  });
  return { url, executions: () => executions };
}

/** An address at which nobody listens. */
async function deadAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return `http://127.0.0.1:${port}/graphql`;
}

/** Somebody who lets nobody in. */
function refusing(status: number): Promise<string> {
  return listening((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status).end());
  });
}

describe.each(senders)('a mutation that ran and was led elsewhere, with $client', ({ send }) => {
  it.each(STATUSES)(
    'F9 M1 %i to an address that refuses connections: it ran once',
    async (status) => {
      const address = await deadAddress();
      const { url, executions } = await leading(status, `${address}?session=secret`);
      const failure = await send(url);
      expect(executions()).toBe(1);
      expect(failure).toMatchObject({ kind: 'bad_response', status, executed: undefined });
      expect(failure?.advice).toContain(address);
      expect(failure?.advice).toMatch(/look up/iu);
      expect(JSON.stringify(failure)).not.toContain('secret');
    },
  );

  it.each(STATUSES)('F9 M1 %i where the application follows it: it ran once', async (status) => {
    const { url, executions } = await leading(status, await deadAddress());
    const failure = await send(url, { redirect: 'follow' });
    expect(executions()).toBe(1);
    expect(failure).toMatchObject({
      kind: 'network',
      executed: undefined,
      stopped: 'unsafe_mutation',
    });
  });

  it('F9 M1 to a host that does not exist', async () => {
    const { url, executions } = await leading(303, 'http://nobody.invalid/graphql');
    const failure = await send(url, { redirect: 'follow' });
    expect([executions(), failure?.executed]).toEqual([1, undefined]);
  });

  it.each([401, 423, 425, 429])('F9 M1 to somebody who answers %i', async (status) => {
    const { url, executions } = await leading(303, await refusing(status));
    const failure = await send(url, { redirect: 'follow' });
    expect([executions(), failure?.executed]).toEqual([1, undefined]);
  });

  it('F9 M1 a redirect that is an error to the application', async () => {
    const { url, executions } = await leading(307, await deadAddress());
    const failure = await send(url, { redirect: 'error' });
    expect([executions(), failure?.executed]).toEqual([1, undefined]);
  });

  it('F9 X1 a live address elsewhere hears nothing', async () => {
    let heard = 0;
    const elsewhere = await listening((_, response) => {
      heard++;
      response.end();
    });
    const { url, executions } = await leading(307, elsewhere);
    const failure = await send(url);
    expect([executions(), heard, failure?.kind]).toEqual([1, 0, 'bad_response']);
  });
});

it.each(senders)(
  'F9 R6 with $client an address that nobody listens at is asked again',
  async ({ send }) => {
    const failure = await send(await deadAddress());
    expect(failure).toMatchObject({ kind: 'network', executed: false, stopped: 'attempts' });
    const ownWill = await send(await deadAddress(), { redirect: 'follow' });
    expect(ownWill).toMatchObject({ executed: undefined, stopped: 'unsafe_mutation', attempts: 1 });
    const strict = await send(await deadAddress(), { redirect: 'error' });
    expect(strict).toMatchObject({ executed: false, stopped: 'attempts' });
  },
);
