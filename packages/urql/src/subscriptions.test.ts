import { failureOf } from '@holdfast/core';
import type { ResilienceOptions } from '@holdfast/core';
import { createTestClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { deferred } from './exchange.fixture.ts';
import { listen, startLiveClient, TICKS } from './live-client.fixture.ts';
import type { Listener } from './live-client.fixture.ts';
import { CARRIERS, coded, startLive } from './live-server.fixture.ts';

/** Tokens n1, n2, …, one for each call. */
function counting(before: (call: number) => unknown = () => {}): {
  calls: () => number;
  auth: NonNullable<ResilienceOptions['auth']>;
} {
  let calls = 0;
  return {
    calls: () => calls,
    auth: {
      tokens: { accessToken: 'n0' },
      refresh: async () => {
        calls++;
        await before(calls);
        return { accessToken: `n${calls}` };
      },
    },
  };
}

describe.each(CARRIERS)('a subscription over %s', (carrier) => {
  it('S3 one that is refused as UNAUTHENTICATED is started again with a new token', async () => {
    const server = await startLive(carrier);
    server.refuse(coded('UNAUTHENTICATED'));
    const source = counting();
    const started = startLiveClient(carrier, server.url, { auth: source.auth });
    const listener = listen(started);
    const stream = await server.started(1);
    stream.push(1);
    await listener.got(1);
    expect(listener.ticks()).toEqual([1]);
    expect(listener.results[0]?.error).toBeUndefined();
    expect(stream.token).toBe('n1');
    expect([source.calls(), server.asked()]).toEqual([1, 2]);
    listener.leave();
    await stream.closed;
  });

  it('S3 UNAUTHENTICATED on the stream: it is closed, then refreshed, then started again', async () => {
    const server = await startLive(carrier);
    // The refresh ends only when the server has seen the old stream end.
    const source = counting(async () => (await server.started(1)).closed);
    const started = startLiveClient(carrier, server.url, { auth: source.auth });
    const listener = listen(started);
    const first = await server.started(1);
    first.push(1, coded('UNAUTHENTICATED', ['ticks']));
    const second = await server.started(2);
    second.push(2);
    await listener.got(2);
    expect(listener.ticks()).toEqual([1, 2]);
    expect(listener.results.every(({ error }) => error === undefined)).toBe(true);
    expect([first.token, second.token]).toEqual(['n0', 'n1']);
    expect([source.calls(), server.most(), server.asked()]).toEqual([1, 1, 2]);
    listener.leave();
    await second.closed;
  });

  it('S3 a second expiry on the same subscription is cured as the first', async () => {
    const server = await startLive(carrier);
    const source = counting();
    const listener = listen(startLiveClient(carrier, server.url, { auth: source.auth }));
    for (const count of [1, 2, 3]) {
      const stream = await server.started(count);
      stream.push(count);
      await listener.got(count);
      if (count < 3) stream.push(coded('UNAUTHENTICATED', ['ticks']));
    }
    expect(listener.ticks()).toEqual([1, 2, 3]);
    expect(server.streams.map(({ token }) => token)).toEqual(['n0', 'n1', 'n2']);
    expect(source.calls()).toBe(2);
    listener.leave();
  });

  it('S3 T4 rejected again with the fresh token, it gets the answer and is not started again', async () => {
    const server = await startLive(carrier);
    server.refuse(coded('UNAUTHENTICATED'), coded('UNAUTHENTICATED'));
    const source = counting();
    const started = startLiveClient(carrier, server.url, { auth: source.auth });
    const listener = listen(started);
    const { error } = await listener.last;
    expect(error?.graphQLErrors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(failureOf(error)).toMatchObject({ kind: 'unauthenticated', attempts: 2 });
    expect(listener.results).toHaveLength(1);
    expect([source.calls(), server.asked()]).toEqual([1, 2]);
  });

  it('S3 an event with an error, then healthy events, on one stream', async () => {
    const server = await startLive(carrier);
    const source = counting();
    const started = startLiveClient(carrier, server.url, { auth: source.auth });
    const listener = listen(started);
    const stream = await server.started(1);
    stream.push(1, coded('FORBIDDEN', ['ticks']), 2, coded('INTERNAL_SERVER_ERROR', ['ticks']), 3);
    await listener.got(5);
    // urql repeats what came last: data beside an event's error, errors beside healthy data.
    expect(listener.ticks()).toEqual([1, 1, 2, 2, 3]);
    const codes = listener.results.map(
      ({ error }) => error?.graphQLErrors[0]?.extensions?.['code'],
    );
    expect(codes).toEqual([
      undefined,
      'FORBIDDEN',
      'FORBIDDEN',
      'INTERNAL_SERVER_ERROR',
      'INTERNAL_SERVER_ERROR',
    ]);
    expect(failureOf(listener.results[1]?.error)).toMatchObject({ kind: 'forbidden' });
    expect(started.events.filter(({ type }) => type === 'gave_up')).toHaveLength(2);
    expect([server.asked(), stream.isOpen, source.calls()]).toEqual([1, true, 0]);
    listener.leave();
    await stream.closed;
  });

  it('S2 one that is refused for now is started again after a backoff', async () => {
    const server = await startLive(carrier);
    server.refuse(coded('SERVICE_UNAVAILABLE'), coded('SERVICE_UNAVAILABLE'));
    const clock = createTestClock();
    const started = startLiveClient(carrier, server.url, { clock });
    const listener = listen(started);
    for (const asked of [1, 2]) {
      await started.waiting('backoff');
      expect(server.asked()).toBe(asked);
      clock.runNext();
    }
    const stream = await server.started(1);
    stream.push(1);
    await listener.got(1);
    expect(listener.ticks()).toEqual([1]);
    expect(listener.results[0]?.error).toBeUndefined();
    listener.leave();
  });

  it('S2 R10 one that is refused each time ends with the answer', async () => {
    const server = await startLive(carrier);
    server.refuse(...Array.from({ length: 4 }, () => coded('SERVICE_UNAVAILABLE')));
    const listener = listen(startLiveClient(carrier, server.url));
    const { error } = await listener.last;
    expect(failureOf(error)).toMatchObject({
      kind: 'unavailable',
      attempts: 4,
      stopped: 'attempts',
    });
    expect([listener.results.length, server.asked()]).toEqual([1, 4]);
  });

  it('S2 what feeds the stream fails: started again, the attempts counted anew after each event', async () => {
    const server = await startLive(carrier);
    const retry = { attempts: 3 };
    const listener = listen(startLiveClient(carrier, server.url, { retry }));
    // Five failures, and three attempts allowed: an event between them makes them count anew.
    for (const count of [1, 2, 3, 4, 5]) {
      const stream = await server.started(count);
      stream.push(count);
      await listener.got(count);
      stream.fail(coded('INTERNAL_SERVER_ERROR'));
    }
    const last = await server.started(6);
    last.push(6);
    await listener.got(6);
    expect(listener.ticks()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(server.most()).toBe(1);
    listener.leave();
  });

  it('S5 a complete ends it, and is no failure', async () => {
    const server = await startLive(carrier);
    const started = startLiveClient(carrier, server.url);
    const listener = listen(started);
    const stream = await server.started(1);
    stream.push(1);
    await listener.got(1);
    stream.end();
    expect((await listener.last).error).toBeUndefined();
    expect(started.events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'success' });
    expect(server.asked()).toBe(1);
  });

  // Over fetch, urql makes an error of an answer without a single event.
  it.skipIf(carrier === 'fetch')('S5 a complete without an event ends it, too', async () => {
    const server = await startLive(carrier);
    const started = startLiveClient(carrier, server.url);
    const listener = listen(started);
    const stream = await server.started(1);
    stream.end();
    expect(await started.heard('operation_ended')).toMatchObject({ outcome: 'success' });
    expect(listener.results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(server.asked()).toBe(1);
  });

  it('R2 after an event, it has no deadline', async () => {
    const server = await startLive(carrier);
    const clock = createTestClock();
    const started = startLiveClient(carrier, server.url, { clock });
    const listener = listen(started, { resilience: { timeout: 5_000 } });
    const stream = await server.started(1);
    stream.push(1);
    await listener.got(1);
    await clock.advanceAsync(3_600_000);
    stream.push(2);
    await listener.got(2);
    expect(listener.ticks()).toEqual([1, 2]);
    expect([server.asked(), stream.isOpen, clock.pending]).toEqual([1, true, 0]);
    listener.leave();
  });

  it('E1 E4 who leaves on hearing an event ends the stream, and can come back at once', async () => {
    const server = await startLive(carrier);
    const started = startLiveClient(carrier, server.url);
    const back = deferred<Listener>();
    const { unsubscribe } = started.client.subscription(TICKS, {}).subscribe(() => {
      unsubscribe();
      back.resolve(listen(started));
    });
    const first = await server.started(1);
    first.push(1);
    const listener = await back.promise;
    const second = await server.started(2);
    await first.closed;
    second.push(2);
    await listener.got(1);
    expect(listener.ticks()).toEqual([2]);
    expect(second.isOpen).toBe(true);
    listener.leave();
    await second.closed;
  });
});
