import type { Tokens } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rig, turn, until } from './rig.fixture.ts';
import { startSocketServer, tokenOf } from './socket-server.fixture.ts';
import type { SocketServer } from './socket-server.fixture.ts';

let server: SocketServer;
let rig: Rig;
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

beforeEach(async () => {
  server = await startSocketServer();
  process.on('unhandledRejection', onUnhandled);
});

afterEach(async () => {
  rig.end();
  for (let turns = 0; turns < 5; turns++) await turn();
  process.off('unhandledRejection', onUnhandled);
  await server.close();
  const [rejection] = unhandled.splice(0);
  if (rejection !== undefined) throw new Error('E4: unhandled', { cause: rejection });
});

function later<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

/** A network that a test switches. */
function network(): { get(): boolean; subscribe(listener: () => void): () => void; up(): void } {
  let up = false;
  const listeners = new Set<() => void>();
  return {
    get: () => up,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    up: () => {
      up = true;
      for (const listener of listeners) listener();
    },
  };
}

describe('a socket is not opened before', () => {
  it('T12 S4 the initial tokens are there', async () => {
    const tokens = later<Tokens>();
    rig = new Rig(server, { auth: { tokens: () => tokens.promise } });
    rig.subscribe();
    await rig.waitsFor('tokens');
    for (let turns = 0; turns < 5; turns++) await turn();
    expect(rig.opened).toBe(0);
    tokens.resolve({ accessToken: 't1' });
    await rig.standing(1);
    expect([tokenOf(server.current), rig.opened]).toEqual(['t1', 1]);
  });

  it('T3 S4 a refresh that runs has ended', async () => {
    const renewed = later<Tokens>();
    rig = new Rig(server);
    rig.renew = () => renewed.promise;
    void rig.resilience.session.refresh();
    rig.subscribe();
    await rig.waitsFor('refresh');
    expect(rig.opened).toBe(0);
    server.valid.add('t2');
    renewed.resolve({ accessToken: 't2' });
    await rig.standing(1);
    expect([tokenOf(server.current), rig.refreshes.length]).toEqual(['t2', 1]);
  });

  it('W11 S4 there is a network', async () => {
    const online = network();
    rig = new Rig(server, { resilience: { online } });
    const ticks = rig.subscribe();
    await rig.waitsFor('offline');
    await rig.clock.advanceAsync(59_999);
    expect([rig.opened, ticks.settled]).toEqual([0, 0]);
    online.up();
    await rig.standing(1);
  });

  it('W11 S4 but a browser that says for ever that there is none is not believed for ever', async () => {
    rig = new Rig(server, { resilience: { online: network() } });
    const ticks = rig.subscribe();
    await rig.waitsFor('offline');
    await rig.clock.advanceAsync(60_000);
    await rig.standing(1);
    await rig.receive(ticks, 1);
    server.current.socket.terminate();
    await rig.waitsFor('backoff');
    await rig.clock.advanceAsync(500);
    await rig.waitsFor('offline');
    await rig.clock.advanceAsync(60_000);
    await rig.standing(2);
    await rig.receive(ticks, 2);
    expect([ticks.values, ticks.settled]).toEqual([[1, 2], 0]);
  });
});

describe('unsubscribing', () => {
  const gone = async (end: () => void): Promise<void> => {
    end();
    await rig.clock.advanceAsync(60_000);
    for (let turns = 0; turns < 5; turns++) await turn();
    expect([rig.waits, rig.clock.pending]).toEqual([[], 0]);
  };

  it('E1 during a wait for tokens: nothing is opened', async () => {
    const tokens = later<Tokens>();
    rig = new Rig(server, { auth: { tokens: () => tokens.promise } });
    const ticks = rig.subscribe();
    await rig.waitsFor('tokens');
    await gone(() => {
      ticks.end();
      tokens.resolve({ accessToken: 't1' });
    });
    expect([rig.opened, ticks.errors, ticks.completions]).toEqual([0, [], 1]);
  });

  it.each([
    ['backoff', 1012],
    ['rate_limit', 4429],
    ['refresh', 4403],
  ])('E1 during a wait of the kind %s: nothing is opened', async (reason, code) => {
    const renewed = later<Tokens>();
    rig = new Rig(server);
    rig.renew = () => renewed.promise;
    const ticks = rig.subscribe();
    await rig.standing(1);
    server.current.socket.close(code);
    await rig.waitsFor(reason);
    await gone(() => {
      ticks.end();
      renewed.resolve({ accessToken: 't2' });
    });
    expect([rig.opened, ticks.errors, ticks.completions]).toEqual([1, [], 1]);
  });

  it('E1 a wait that nobody wants ends with the run, at its own end', async () => {
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.standing(1);
    server.current.socket.close(1012);
    await rig.waitsFor('backoff');
    ticks.end();
    await rig.clock.advanceAsync(500);
    expect([rig.opened, rig.clock.pending, rig.types('operation_ended')]).toEqual([1, 0, 1]);
  });

  it('E1 and subscribing again during one wait opens one socket after it', async () => {
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.standing(1);
    server.current.socket.close(1012);
    await rig.waitsFor('backoff');
    ticks.end();
    const again = rig.subscribe();
    await rig.clock.advanceAsync(499);
    expect(rig.opened).toBe(1);
    await rig.clock.advanceAsync(1);
    await rig.standing(2);
    await rig.receive(again, 5);
    expect(rig.opened).toBe(2);
  });

  it('E1 after a wait that was in vain, a later subscription is connected at once', async () => {
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.standing(1);
    server.current.socket.close(1012);
    await rig.waitsFor('backoff');
    await gone(() => ticks.end());
    rig.subscribe();
    await rig.standing(2);
    expect(rig.opened).toBe(2);
  });

  it('E1 from an open socket closes it with 1000, and nothing is left', async () => {
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.standing(1);
    ticks.end();
    await until(() => server.current.code === 1000);
    expect([ticks.completions, rig.clock.pending]).toEqual([1, 0]);
    expect(rig.types('operation_ended')).toBe(1);
  });
});

describe('the end of the instance', () => {
  it('E3 S4 closes an open socket and tells the subscriber', async () => {
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.standing(1);
    rig.resilience.dispose();
    await until(() => server.current.code === 1000 && ticks.settled === 1);
    expect(ticks.failure).toMatchObject({ kind: 'aborted', stopped: 'aborted' });
  });

  it.each([1012, 4429])('E3 E4 during the wait after a %i tells the subscriber', async (code) => {
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.standing(1);
    server.current.socket.close(code);
    await until(() => rig.waits.length === 1);
    rig.resilience.dispose();
    await until(() => ticks.settled === 1);
    expect(ticks.failure).toMatchObject({ kind: 'aborted' });
    expect([rig.opened, rig.clock.pending]).toEqual([1, 0]);
  });

  it('E3 E4 while the initial tokens are awaited tells the subscriber, and opens nothing', async () => {
    rig = new Rig(server, { auth: { tokens: () => new Promise(() => {}) } });
    const ticks = rig.subscribe();
    await rig.waitsFor('tokens');
    rig.resilience.dispose();
    await until(() => ticks.settled === 1);
    expect([ticks.failure?.kind, rig.opened]).toEqual(['aborted', 0]);
  });

  it('E3 E4 whoever subscribes after it is told at once', async () => {
    rig = new Rig(server);
    rig.resilience.dispose();
    const ticks = rig.subscribe();
    await until(() => ticks.settled === 1);
    expect([ticks.failure?.kind, rig.opened]).toEqual(['aborted', 0]);
  });

  it('T8 E4 a session that has failed is told at once, and again later', async () => {
    server.valid.clear();
    rig = new Rig(server);
    rig.renew = () => Promise.resolve(undefined);
    rig.resilience.session.signOut();
    for (const nth of [1, 2]) {
      const ticks = rig.subscribe();
      await until(() => ticks.settled === 1);
      expect(ticks.errors).toMatchObject([{ code: 4403 }]);
      expect([rig.opened, rig.refreshes.length]).toEqual([nth, 0]);
    }
  });
});
