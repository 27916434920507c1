import { failureOf } from '@holdfast/core';
import type { Tokens } from '@holdfast/core';
import { createTestClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { startServer } from './exchange.fixture.ts';
import { listen, startLiveClient } from './live-client.fixture.ts';
import { coded, startLive } from './live-server.fixture.ts';

describe('a socket that ends under a subscription', () => {
  it('S2 S3 W7 closed with 4401, 4403, 4429, 1006, 1012 in turn, it is opened again each time', async () => {
    const server = await startLive('graphql-ws');
    const clock = createTestClock();
    let calls = 0;
    const started = startLiveClient('graphql-ws', server.url, {
      clock,
      auth: {
        tokens: { accessToken: 'n0' },
        refresh: async () => ({ accessToken: `n${++calls}` }),
      },
    });
    const listener = listen(started);
    const closings = [
      [4401, undefined],
      [4403, undefined],
      [4429, 'rate_limit'],
      [1006, 'backoff'],
      [1012, 'backoff'],
    ] as const;
    for (const [index, [code, wait]] of closings.entries()) {
      const stream = await server.started(index + 1);
      stream.push(index);
      await listener.got(index + 1);
      if (code === 1006) stream.socket?.terminate();
      else stream.socket?.close(code);
      if (wait === undefined) continue;
      await started.waiting(wait);
      await stream.closed;
      expect(server.asked()).toBe(index + 1);
      clock.runNext();
    }
    const last = await server.started(6);
    last.push(5);
    await listener.got(6);
    expect(listener.ticks()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(listener.results.every(({ error }) => error === undefined)).toBe(true);
    expect(server.streams.map(({ token }) => token)).toEqual(['n0', 'n1', 'n2', 'n2', 'n2', 'n2']);
    expect([calls, server.most()]).toEqual([2, 1]);
    listener.leave();
  });

  it.each([4400, 4406, 4409, 4499])('S4 %i is final, and said', async (code) => {
    const server = await startLive('graphql-ws');
    const listener = listen(startLiveClient('graphql-ws', server.url));
    const stream = await server.started(1);
    stream.socket?.close(code, 'no more');
    const { error } = await listener.last;
    expect(error?.networkError).toMatchObject({ code, reason: 'no more' });
    expect(failureOf(error)).toMatchObject({ attempts: 1, message: 'no more' });
    expect(server.asked()).toBe(1);
  });

  it.each([
    ['tried as often as it may be', false, 'attempts'],
    [
      'held for as long as it endures',
      { patience: 50, probe: { base: 4, factor: 1, cap: 2_000 } },
      'outage',
    ],
  ] as const)('S2 R6 H5 no server at all: %s, then told', async (_, outage, stopped) => {
    const unused = 'ws://127.0.0.1:9/unused';
    const listener = listen(startLiveClient('graphql-ws', unused, { outage }));
    const failure = failureOf((await listener.last).error);
    expect(failure).toMatchObject({ kind: 'network', stopped });
  });

  it('S2 an error that the stream ends with, and that no retry cures, ends the subscription', async () => {
    const server = await startLive('graphql-ws');
    const started = startLiveClient('graphql-ws', server.url);
    const listener = listen(started);
    const stream = await server.started(1);
    stream.push(1);
    await listener.got(1);
    stream.fail(coded('FORBIDDEN'));
    const { data, error } = await listener.last;
    expect(data?.ticks).toBe(1);
    expect(failureOf(error)).toMatchObject({ kind: 'forbidden', stopped: 'not_retryable' });
    expect(started.events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'failure' });
    expect(server.asked()).toBe(1);
  });
});

describe('a subscription over fetch', () => {
  it('W3 W7 whose server asks for a pause gets it', async () => {
    const server = await startServer({
      faults: [{ status: 429, headers: { 'retry-after': '7' } }],
    });
    const clock = createTestClock();
    const started = startLiveClient('fetch', server.url, { clock, random: () => 0 });
    const { events, resilience } = started;
    const document = 'subscription { ticks(count: 2, every: 1) }';
    const ticks: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      started.client.subscription(document, {}).subscribe(({ data, hasNext }) => {
        ticks.push(data?.ticks);
        if (!hasNext) resolve();
      });
    });
    await started.waiting('rate_limit');
    expect(resilience.limits.get()).toHaveLength(1);
    await clock.advanceAsync(6_999);
    expect(server.requests).toHaveLength(1);
    await clock.advanceAsync(1);
    await done;
    expect(ticks).toEqual([1, 2, 2]);
    expect(events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'success' });
  });

  it('S2 a stream whose connection is lost before the first event is asked for again', async () => {
    const server = await startServer({ faults: [{ reset: 'headers' }] });
    const started = startLiveClient('fetch', server.url);
    const results: unknown[] = [];
    await new Promise<void>((resolve) => {
      started.client
        .subscription('subscription { ticks(count: 1, every: 1) }', {})
        .subscribe(({ error, hasNext }) => {
          results.push(error);
          if (!hasNext) resolve();
        });
    });
    expect(results).toEqual([undefined, undefined]);
    expect(server.requests).toHaveLength(2);
  });

  it('S2 S3 T2 E4 replaced at once with a newer token, its old request has been ended before', async () => {
    const server = await startLive('fetch');
    const source: Tokens[] = [];
    const started = startLiveClient('fetch', server.url, {
      auth: {
        tokens: { accessToken: 'n0' },
        refresh: async () => {
          source.push({ accessToken: 'unwanted' });
          return source[0];
        },
      },
    });
    const signals: AbortSignal[] = [];
    const open: number[] = [];
    const watched: typeof fetch = (input, init) => {
      open.push(signals.filter(({ aborted }) => !aborted).length);
      if (init?.signal) signals.push(init.signal);
      return fetch(input, init);
    };
    const listener = listen(started, { fetch: watched });
    for (const count of [1, 2, 3]) {
      const stream = await server.started(count);
      stream.push(count);
      await listener.got(count);
      started.resilience.session.signIn({ accessToken: `n${count}` });
      // With a path, an event; without one, what the stream ends with.
      if (count < 3) stream.push(coded('UNAUTHENTICATED', count === 1 ? ['ticks'] : undefined));
    }
    expect(listener.ticks()).toEqual([1, 2, 3]);
    expect(server.streams.map(({ token }) => token)).toEqual(['n0', 'n1', 'n2']);
    expect([open, source]).toEqual([[0, 0, 0], []]);
    listener.leave();
  });
});
