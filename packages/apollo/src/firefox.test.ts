import { HttpLink } from '@apollo/client';
import type { ApolloClient } from '@apollo/client';
import { failureOf } from '@holdfast/core';
import { HttpLink as HttpLink3 } from 'apollo-client-3/core/index.js';
import { describe, expect, it } from 'vitest';
import { ADD, HELLO, TICKS, clientOf, listen } from './client.fixture.ts';
import { clientOf as clientOf3 } from './v3.fixture.ts';

const HEADERS = { 'content-type': 'application/json' };
const STREAM = { 'content-type': 'multipart/mixed; boundary="graphql"' };
const PART = 'content-type: application/json\r\n\r\n';
const EVENT = `--graphql\r\n${PART}{"payload":{"data":{"ticks":1}}}\r\n--graphql\r\n`;

/** A `fetch` as Firefox has it: a connection that is lost inside an answer is told of as of an abort. */
function lossy(begins: string, headers: HeadersInit = HEADERS): typeof fetch {
  let sent = 0;
  return async () => {
    sent += 1;
    if (sent > 1) return Response.json({ data: { hello: 'at last', ticks: 2 } });
    const chunks = [new TextEncoder().encode(begins)];
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const chunk = chunks.shift();
        if (chunk !== undefined) return controller.enqueue(chunk);
        controller.error(new DOMException('The operation was aborted. ', 'AbortError'));
      },
    });
    return new Response(body, { headers });
  };
}

const uri = 'https://api.test/graphql';
const clients: Record<string, (send: typeof fetch) => ApolloClient> = {
  'Apollo Client 4': (send) => clientOf(new HttpLink({ uri, fetch: send })).client,
  // What is called here has the same form in both versions.
  'Apollo Client 3': (send) =>
    clientOf3(new HttpLink3({ uri, fetch: send })).client as unknown as ApolloClient,
};

describe.each(Object.entries(clients))('%s, a connection lost inside an answer', (_, start) => {
  it('F8 P2 is a network failure: a query goes on', async () => {
    const { data } = await start(lossy('{"data":')).query({ query: HELLO });
    expect(data).toMatchObject({ hello: 'at last' });
  });

  it('F8 M1 leaves open whether a mutation ran', async () => {
    const sent = start(lossy('{"data":')).mutate({ mutation: ADD, variables: { name: 'buoy' } });
    const error: unknown = await sent.catch((thrown: unknown) => thrown);
    expect(failureOf(error)).toMatchObject({
      kind: 'network',
      executed: undefined,
      stopped: 'unsafe_mutation',
    });
  });

  it('S2 starts a subscription over HTTP again', async () => {
    const heard = listen(start(lossy(EVENT, STREAM)).subscribe({ query: TICKS }));
    await heard.done;
    expect(heard.said).toMatchObject([{ data: { ticks: 1 } }, { data: { ticks: 2 } }, 'complete']);
  });
});
