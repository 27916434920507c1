import { failureOf } from '@holdfast/core';
import type { OperationResult } from '@urql/core';
import { describe, expect, it } from 'vitest';
import { pipe, subscribe } from 'wonka';
import { startClient } from './exchange.fixture.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const EVENTS = { 'content-type': 'text/event-stream' };

/** A `fetch` as Firefox has it: a connection that is lost inside an answer is told of as of an abort. */
function lossy(begins: string, headers: HeadersInit = JSON_TYPE): typeof fetch {
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

const start = (send: typeof fetch, fetchSubscriptions = false) =>
  startClient('https://api.test/graphql', {}, { fetch: send, fetchSubscriptions }).client;

describe('a connection lost inside an answer, as Firefox tells of it', () => {
  it('F8 P2 is a network failure: a query goes on', async () => {
    const { data, error } = await start(lossy('{"data":')).query('{ hello }', {}).toPromise();
    expect(error).toBeUndefined();
    expect(data).toMatchObject({ hello: 'at last' });
  });

  it('F8 M1 leaves open whether a mutation ran', async () => {
    const { error } = await start(lossy('{"data":')).mutation('mutation { add }', {}).toPromise();
    expect(failureOf(error)).toMatchObject({
      kind: 'network',
      executed: undefined,
      stopped: 'unsafe_mutation',
    });
  });

  it('S2 starts a subscription over HTTP again', async () => {
    const event = 'event: next\ndata: {"data":{"ticks":1}}\n\n';
    const results = await new Promise<OperationResult[]>((resolve) => {
      const said: OperationResult[] = [];
      pipe(
        start(lossy(event, EVENTS), true).subscription('subscription { ticks }', {}),
        subscribe((result) => {
          if (said.push(result) === 2) resolve(said);
        }),
      );
    });
    expect(results).toMatchObject([{ data: { ticks: 1 } }, { data: { ticks: 2 } }]);
    expect(results.map(({ error }) => error)).toEqual([undefined, undefined]);
  });
});
