import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { startFaultServer } from '@holdfast/testing';
import cors from 'cors';
import express from 'express';
import { GraphQLError } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';

const readable = [
  'Retry-After',
  'RateLimit',
  'RateLimit-Reset',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'Date',
  'WWW-Authenticate',
];

const app = express();
app.use(cors({ origin: 'https://app.example', exposedHeaders: readable }));

const exposing: ApolloServerPlugin = {
  async requestDidStart() {
    return {
      async willSendResponse({ response }) {
        response.http.headers.set('access-control-expose-headers', readable.join(', '));
      },
    };
  },
};

/** The status of an answer, and the headers that it says a page may read. */
async function exposed(url: string, query: string): Promise<[number, string[] | undefined]> {
  const headers = { origin: 'https://app.example', 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const list = answer.headers.get('access-control-expose-headers');
  return [answer.status, list?.split(/, ?/)];
}

it('W12 Express lists them on an answer of 429', async () => {
  app.post('/graphql', (_, response) => {
    response.status(429).set('retry-after', '2').end();
  });
  const server = app.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/graphql`;
  expect(await exposed(url, '{ hello }')).toEqual([429, readable]);
});

it('W12 Apollo Server lists them on data and on errors', async () => {
  const limited = (): never => {
    const extensions = { code: 'RATE_LIMITED', http: { status: 429 } };
    throw new GraphQLError('Slow down.', { extensions });
  };
  const server = new ApolloServer({
    typeDefs: 'type Query { hello: String, limited: String! }',
    resolvers: { Query: { hello: () => 'world', limited } },
    plugins: [exposing],
  });
  onTestFinished(() => server.stop());
  const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
  expect(await exposed(url, '{ hello }')).toEqual([200, readable]);
  expect(await exposed(url, '{ limited }')).toEqual([429, readable]);
});

it('W12 the server for tests hides them where it is bare', async () => {
  const limit = { status: 429, headers: { 'retry-after': '600' }, times: 2 };
  const bare = await startFaultServer({ faults: [limit], cors: 'bare' });
  const open = await startFaultServer({ faults: [limit] });
  expect(await exposed(bare.url, '{ hello }')).toEqual([429, undefined]);
  expect(await exposed(open.url, '{ hello }')).toEqual([429, expect.arrayContaining(readable)]);
  await Promise.all([bare.close(), open.close()]);
});
