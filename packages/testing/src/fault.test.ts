import { afterEach, describe, expect, it } from 'vitest';
import type { Fault } from './fault.ts';
import { startFaultServer } from './start.ts';
import type { FaultServer, FaultServerOptions } from './fault-server/fault-server.ts';
import { failure } from './settled-failure.fixture.ts';
import { postGraphql } from './post-graphql.fixture.ts';

let server: FaultServer | undefined;

async function start(options?: FaultServerOptions): Promise<FaultServer> {
  server = await startFaultServer(options);
  return server;
}

afterEach(async () => {
  await server?.close();
  server = undefined;
});

function ask(query: string, headers: Record<string, string> = {}): Promise<Response> {
  return postGraphql(server?.url ?? '', query, { headers });
}

describe('faults', () => {
  it('answer in the place of the server, in order, as often as they say', async () => {
    const { requests, executions } = await start({
      faults: [
        { name: 'busy', status: 503, headers: { 'Retry-After': '7' }, times: 2 },
        { body: { errors: [{ message: 'x' }] } },
        { status: 418, body: 'teapot' },
      ],
    });
    const seen: unknown[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const response = await ask('{ hello }');
      seen.push([response.status, response.headers.get('retry-after'), await response.text()]);
    }
    expect(seen).toEqual([
      [503, '7', ''],
      [503, '7', ''],
      [200, null, '{"errors":[{"message":"x"}]}'],
      [418, null, 'teapot'],
      [200, null, '{"data":{"hello":"Hello, world!"}}'],
    ]);
    expect(requests.map((request) => request.fault)).toEqual([
      'busy',
      'busy',
      'fault',
      'fault',
      undefined,
    ]);
    expect(executions).toEqual({ hello: 1 });
  });

  it('meet the requests that they are meant for', async () => {
    const { inject, tokenUrl, clearFaults } = await start();
    inject([
      { on: { type: 'mutation' }, status: 500 },
      { on: { operationName: 'B' }, status: 501 },
      { on: { path: '/token' }, status: 502 },
      { on: (request) => request.headers['x-mine'] === '1', status: 504, after: 1 },
      { on: 'token', status: 403, times: Infinity },
    ]);
    const statuses = [];
    statuses.push((await ask('query A { hello }')).status);
    statuses.push((await ask('query B { hello }')).status);
    statuses.push((await ask('mutation M { add(name: "x") { id } }')).status);
    statuses.push((await fetch(tokenUrl, { method: 'POST' })).status);
    statuses.push((await ask('query A { hello }', { 'x-mine': '1' })).status);
    statuses.push((await ask('query A { hello }', { 'x-mine': '1' })).status);
    statuses.push((await fetch(tokenUrl, { method: 'POST' })).status);
    clearFaults();
    statuses.push((await fetch(tokenUrl, { method: 'POST' })).status);
    expect(statuses).toEqual([200, 501, 500, 502, 200, 504, 403, 200]);
  });

  it('F7 send an HTML page, text cut short or a wrong media type', async () => {
    await start({
      faults: [
        { html: true },
        { html: true, status: 200 },
        { truncate: 9 },
        { truncate: true },
        { contentType: 'text/plain' },
      ],
    });
    const seen: [number, string | null, string][] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const response = await ask('{ hello }');
      seen.push([response.status, response.headers.get('content-type'), await response.text()]);
    }
    expect(seen[0]).toEqual([
      500,
      'text/html; charset=utf-8',
      expect.stringContaining('<!DOCTYPE html>'),
    ]);
    expect(seen[1]?.[0]).toBe(200);
    expect(seen[2]?.[2]).toBe('{"data":{');
    expect(seen[3]?.[2]).toBe('{"data":{"hello":');
    expect(seen[4]).toEqual([200, 'text/plain', '{"data":{"hello":"Hello, world!"}}']);
  });

  it.each<[Fault, boolean]>([
    [{ reset: 'before' }, false],
    [{ reset: 'before', execute: true }, true],
    [{ reset: 'after-execute' }, true],
    [{ reset: 'headers' }, true],
    [{ reset: 'headers', status: 503 }, false],
  ])('M1 cut the connection without an answer: %j', async (fault, ran) => {
    const { requests, executions } = await start({ faults: [fault] });
    const error = await failure(ask('mutation { add(name: "x") { id } }'));
    expect(error.message).toBe('fetch failed');
    expect(requests[0]).toMatchObject({ status: undefined, fault: 'fault' });
    expect(executions).toEqual(ran ? { add: 1 } : {});
    expect((await ask('{ hello }')).status).toBe(200);
  });

  it('cut the connection within the body', async () => {
    const { requests } = await start({ faults: [{ reset: 'body' }] });
    const response = await ask('{ hello }');
    expect(response.status).toBe(200);
    expect((await failure(response.text())).message).toBe('terminated');
    expect(requests[0]?.status).toBeUndefined();
  });

  it('S2 cut a stream after its first event', async () => {
    await start({ faults: [{ reset: 'body' }, { truncate: true }] });
    const query = 'subscription { ticks(count: 9, every: 5) }';
    const lost = await ask(query, { accept: 'text/event-stream' });
    const reader = lost.body?.getReader();
    let text = '';
    const error = await failure(
      (async () => {
        for (;;) {
          const next = await reader?.read();
          if (next === undefined || next.done) return;
          text += new TextDecoder().decode(next.value);
        }
      })(),
    );
    expect(error.message).toBe('terminated');
    expect(text).toContain('"ticks":1');
    expect(text).not.toContain('"ticks":2');
    const ended = await (await ask(query, { accept: 'text/event-stream' })).text();
    expect(ended).toContain('"ticks":1');
    expect(ended).not.toContain('"ticks":2');
  });

  it('M1 lose the answer of an operation that ran', async () => {
    const { executions } = await start({ faults: [{ status: 502, execute: true }] });
    expect((await ask('mutation { add(name: "x") { id } }')).status).toBe(502);
    expect(executions).toEqual({ add: 1 });
  });

  it('hold an answer back, and the verdict is that of the arrival', async () => {
    const { issueToken, expireTokens, inject, received } = await start({ auth: true });
    inject({ delay: 30 });
    const pending = ask('{ hello }', { authorization: `Bearer ${issueToken()}` });
    await received(1);
    expireTokens();
    expect(await (await pending).json()).toEqual({ data: { hello: 'Hello, world!' } });
  });

  it('never answer until the server is closed', async () => {
    const { requests, executions, received, close } = await start({ faults: [{ hang: true }] });
    const pending = failure(ask('{ hello }'));
    await received(1);
    await close();
    expect((await pending).message).toBe('fetch failed');
    expect(requests[0]?.status).toBeUndefined();
    expect(executions).toEqual({});
  });

  it.each<[unknown, string]>([
    [
      { times: 0 },
      'Fault field "times" was given 0; a whole number from 1, or Infinity, is allowed.',
    ],
    [
      { status: 99 },
      'Fault field "status" was given 99; a whole number from 200 to 599 is allowed.',
    ],
    [{ reset: 'later' }, 'Fault field "reset" was given "later"; one of before,'],
    [{ delay: Infinity }, 'Fault field "delay" was given Infinity; a number of milliseconds'],
    [{ on: 'login' }, 'Fault field "on" was given "login"; \'graphql\', \'token\''],
    [{ on: { operation: 'A' } }, 'Fault field "on" was given {"operation":"A"}'],
    [{ stauts: 500 }, 'A fault has no field "stauts"; its fields are name, on,'],
    [{ html: true, body: 'x' }, 'Fault fields "html" and "body" were both given'],
    [{ hang: true, reset: 'before' }, 'Fault fields "hang" and "reset" were both given'],
    ['x', 'A fault was given as "x"; an object is allowed.'],
  ])('that make no sense are refused in one sentence: %j', async (fault, sentence) => {
    const { inject } = await start();
    expect(() => inject(fault as Fault)).toThrow(sentence);
    await expect(startFaultServer({ faults: [fault as Fault] })).rejects.toThrow(sentence);
  });

  it('whose function throws are told to the client', async () => {
    await start({
      faults: [
        {
          on: () => {
            throw new Error('my bug');
          },
        },
      ],
    });
    const response = await ask('{ hello }');
    expect([response.status, await response.text()]).toEqual([
      500,
      'The test server failed: Error: my bug\n',
    ]);
  });
});
