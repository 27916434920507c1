import { ApolloLink, HttpLink } from '@apollo/client';
import type { ApolloClient } from '@apollo/client';
import { failureOf } from '@holdfast/core';
import type { ResilienceOptions } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import { Observable, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  ADD,
  HELLO,
  TICKS,
  answers,
  clientOf,
  clockedClient,
  fails,
  hangs,
  listen,
  run,
  scriptedLink,
  serverError,
} from './client.fixture.ts';
import type { Script } from './client.fixture.ts';

const hello = answers({ data: { hello: 'a' } });
const never = (): Promise<never> => new Promise(() => {});
const tokens = { accessToken: 'one' };
const offline = { get: () => false, subscribe: () => () => {} };

/** Everything an operation can wait for, and how it comes to. */
const waits: readonly [string, ResilienceOptions, Script, number][] = [
  ['tokens', { auth: { tokens: never, refresh: never } }, hello, 0],
  ['refresh', { auth: { refresh: never } }, hello, 0],
  ['refresh', { auth: { tokens, refresh: never } }, fails(serverError(401)), 1],
  ['backoff', {}, fails(serverError(503)), 1],
  ['rate_limit', {}, fails(serverError(429, { headers: { 'retry-after': '5' } })), 1],
  ['offline', { online: offline }, hello, 0],
];

describe.each(waits)('a wait for %s %#', (reason, options, script, sent) => {
  it('E1 ends when nobody listens any more, and nothing is sent afterwards', async () => {
    const below = scriptedLink(script);
    const { client, clock, resilience } = clockedClient(below, options);
    const heard = run(client.link, { query: HELLO }, client);
    await clock.advanceAsync(0);
    expect(resilience.activity.get()).toMatchObject([{ reason, attempt: sent + 1 }]);
    heard.unsubscribe();
    expect(resilience.activity.get()).toEqual([]);
    await clock.advanceAsync(120_000);
    expect(below.sent.length).toBe(sent);
    expect(heard.said).toEqual([]);
  });

  it('E2 ends as aborted when the signal aborts', async () => {
    const below = scriptedLink(script);
    const { client, clock } = clockedClient(below, options);
    const controller = new AbortController();
    const context = { fetchOptions: { signal: controller.signal } };
    const result = client.query({ query: HELLO, context, errorPolicy: 'all' });
    await clock.advanceAsync(0);
    controller.abort();
    const { error } = await result;
    expect(error?.name).toBe('AbortError');
    // A server that has answered has the last word on why; the abort is why it ended.
    expect(failureOf(error)?.stopped).toBe('aborted');
    await clock.advanceAsync(120_000);
    expect(below.sent.length).toBe(sent);
  });
});

describe('E1 leaving', () => {
  it('E1 ends the attempt in flight', () => {
    const count = { closed: 0 };
    const { client, clock } = clockedClient(scriptedLink(hangs(count)));
    run(client.link, { query: HELLO }, client).unsubscribe();
    expect(count.closed).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('E1 closes a source that emits at once, and for ever', async () => {
    let emitted = 0;
    const endless: Script = () =>
      new Observable((observer) => {
        while (!observer.closed) observer.next({ data: { ticks: (emitted += 1) } });
      });
    const { client, clock, events } = clockedClient(scriptedLink(endless));
    const source = ApolloLink.execute(client.link, { query: TICKS }, { client });
    const heard = listen(source.pipe(take(2)));
    await heard.done;
    expect(heard.said.length).toBe(3);
    expect(emitted).toBe(2);
    expect(events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'cancelled' });
    expect(clock.pending).toBe(0);
  });

  it('E1 what fails at once after its listener left is not sent again', () => {
    const rejected: Script = () =>
      new Observable((observer) => {
        observer.next({ data: { ticks: 1 } });
        observer.error(serverError(401));
      });
    const below = scriptedLink(rejected);
    const { client, clock } = clockedClient(below, {
      auth: { tokens, refresh: async () => ({ accessToken: 'two' }) },
    });
    const source = ApolloLink.execute(client.link, { query: TICKS }, { client });
    const heard = listen(source.pipe(take(1)));
    expect(heard.said.length).toBe(2);
    expect(below.sent.length).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('E1 aborts the request on its socket', async () => {
    const server = await startFaultServer({ faults: [{ hang: true }] });
    let aborted = (): void => {};
    const gone = new Promise<void>((resolve) => {
      aborted = resolve;
    });
    const { client } = clientOf(
      new HttpLink({
        uri: server.url,
        fetch: async (url, init) => {
          init?.signal?.addEventListener('abort', aborted);
          return fetch(url, init);
        },
      }),
    );
    const heard = run(client.link, { query: HELLO }, client);
    await server.received(1);
    heard.unsubscribe();
    await gone;
    expect(heard.said).toEqual([]);
    await server.close();
  });
});

describe('E2 signals', () => {
  it('E2 one that is aborted already sends nothing', async () => {
    const below = scriptedLink(hello);
    const { client } = clockedClient(below);
    const context = { fetchOptions: { signal: AbortSignal.abort() } };
    await expect(client.mutate({ mutation: ADD, context })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(below.sent.length).toBe(0);
  });

  it('E2 F8 one that aborts during an attempt over a socket ends the operation', async () => {
    const server = await startFaultServer({ faults: [{ hang: true, times: Infinity }] });
    const { client } = clientOf(new HttpLink({ uri: server.url }));
    const controller = new AbortController();
    const context = { fetchOptions: { signal: controller.signal } };
    const result = client.query({ query: HELLO, context, errorPolicy: 'all' });
    await server.received(1);
    controller.abort();
    const { error } = await result;
    expect(failureOf(error)).toMatchObject({ kind: 'aborted', stopped: 'aborted', attempts: 1 });
    expect(server.requests.length).toBe(1);
    await server.close();
  });

  it('E3 dispose ends what waits', async () => {
    const below = scriptedLink(fails(serverError(503)));
    const { client, clock, resilience } = clockedClient(below);
    const result = client.query({ query: HELLO, errorPolicy: 'all' });
    await clock.advanceAsync(0);
    resilience.dispose();
    const { error } = await result;
    expect(failureOf(error)?.kind).toBe('aborted');
    expect(clock.pending).toBe(0);
  });
});

describe('A7 while operations wait', () => {
  const limited = fails(serverError(429, { headers: { 'retry-after': '5' } }));

  it.each(['clearStore', 'resetStore'] as const)(
    'A7 %s ends a query as Apollo does, and a mutation is answered',
    async (reset) => {
      const below = scriptedLink(limited, answers({ data: { add: { id: '1' } } }));
      const { client, clock } = clockedClient(below);
      const mutation = client.mutate({ mutation: ADD, variables: { name: 'a' } });
      const query = client.query({ query: HELLO }).catch((error: unknown) => error);
      await clock.advanceAsync(0);
      await client[reset]();
      expect(String(await query)).toMatch(/store reset while query was in flight/iu);
      await clock.advanceAsync(30_000);
      expect((await mutation).data).toEqual({ add: { id: '1' } });
      expect(below.sent.map(({ operationName }) => operationName)).toEqual(['Add', 'Add']);
    },
  );

  it('A7 resetStore fetches a watched query anew, once', async () => {
    const below = scriptedLink(limited, hello);
    const { client, clock } = clockedClient(below);
    const watched = listen(client.watchQuery({ query: HELLO }));
    await clock.advanceAsync(0);
    const reset: Promise<unknown> = client.resetStore();
    await clock.advanceAsync(30_000);
    await reset;
    expect(watched.said.at(-1)).toMatchObject({ data: { hello: 'a' }, loading: false });
    expect(below.sent.length).toBe(2);
    watched.unsubscribe();
  });

  it('A7 E1 client.stop ends them', async () => {
    const below = scriptedLink(limited, hello);
    const { client, clock, resilience } = clockedClient(below);
    const query = stopped(client);
    await clock.advanceAsync(0);
    client.stop();
    await query;
    expect(resilience.activity.get()).toEqual([]);
    await clock.advanceAsync(60_000);
    expect(below.sent.length).toBe(1);
  });
});

function stopped(client: ApolloClient): Promise<unknown> {
  return client.query({ query: HELLO }).catch((error: unknown) => error);
}
