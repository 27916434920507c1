import { createResilience } from '@holdfast/core';
import { createClient } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { resilientSocket } from './index.ts';
import { Rig, turn, until } from './rig.fixture.ts';
import { startSocketServer, tokenOf } from './socket-server.fixture.ts';
import type { SocketServer } from './socket-server.fixture.ts';

let server: SocketServer;
let rig: Rig;

beforeEach(async () => {
  server = await startSocketServer();
});

afterEach(async () => {
  rig.end();
  await server.close();
});

describe('a client that is not lazy', () => {
  it('S4 keeps its socket through refresh and backoff, and hears of a final code', async () => {
    const onNonLazyError = vi.fn<(error: unknown) => void>();
    rig = new Rig(server, { client: { lazy: false, onNonLazyError } });
    await until(() => server.sockets.length === 1 && server.current.acknowledged);
    server.current.socket.close(4403);
    await until(() => server.sockets.length === 2 && server.current.acknowledged);
    server.current.socket.close(1012);
    await rig.waitsFor('backoff');
    await rig.clock.advanceAsync(500);
    await until(() => server.sockets.length === 3 && server.current.acknowledged);
    server.current.socket.close(4400);
    await until(() => onNonLazyError.mock.calls.length === 1);
    expect(onNonLazyError.mock.calls).toMatchObject([[{ code: 4400 }]]);
    expect([rig.refreshes.length, server.sockets.map(tokenOf)]).toEqual([1, ['t1', 't2', 't2']]);
  });

  it('E3 client.dispose() leaves nothing', async () => {
    rig = new Rig(server, { client: { lazy: false } });
    await until(() => server.sockets.length === 1 && server.current.acknowledged);
    await rig.client.dispose();
    await until(() => server.current.code === 1000);
    await rig.clock.advanceAsync(60_000);
    expect([rig.opened, rig.waits]).toEqual([1, []]);
  });
});

describe('what is graphql-ws’s own', () => {
  it('S4 client.terminate() gives up a socket that hangs, and opens another', async () => {
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.standing(1);
    rig.client.terminate();
    await rig.waitsFor('backoff');
    await rig.clock.advanceAsync(500);
    await rig.standing(2);
    await rig.receive(ticks, 1);
    expect(ticks.values).toEqual([1]);
  });

  it('S4 keepAlive pings, and a pong is no reason to forget a rejection', async () => {
    rig = new Rig(server, { client: { keepAlive: 1 } });
    let pongs = 0;
    rig.client.on('pong', () => void pongs++);
    const ticks = rig.subscribe();
    await rig.standing(1);
    await until(() => pongs > 2);
    server.valid.clear();
    rig.renew = () => Promise.resolve({ accessToken: 'useless' });
    server.current.socket.close(4403);
    await until(() => ticks.settled === 1);
    expect(rig.refreshes).toHaveLength(1);
  });

  it('S4 a query over the socket ends, and so does the socket', async () => {
    rig = new Rig(server);
    const result = rig.subscribe('{ hello }');
    await until(() => result.settled === 1);
    expect(result.values).toMatchObject([{ data: { hello: 'world' } }]);
    await until(() => server.current.code === 1000);
  });

  it('S4 lazyCloseTimeout: whoever subscribes in time has the same socket', async () => {
    rig = new Rig(server, { client: { lazyCloseTimeout: 5_000 } });
    const result = rig.subscribe('{ hello }');
    await until(() => result.settled === 1);
    rig.subscribe();
    await rig.standing(1);
    expect(rig.opened).toBe(1);
  });

  it('S4 a url that takes its time', async () => {
    const url = async (): Promise<string> => {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      return server.url;
    };
    rig = new Rig(server, { client: { url } });
    const ticks = rig.subscribe();
    await rig.standing(1);
    for (const nth of [2, 3, 4]) {
      server.current.socket.close(1012);
      await rig.waitsFor('backoff');
      await rig.clock.advanceAsync(1_000);
      await rig.standing(nth);
      await rig.receive(ticks, nth);
    }
    ticks.end();
    await until(() => server.current.code === 1000);
    expect(ticks.values).toEqual([2, 3, 4]);
  });

  it('S4 a url that takes its time, again and again: the backoff grows all the same', async () => {
    server.greet = ({ socket }) => void socket.terminate();
    rig = new Rig(server, {
      client: { url: () => turn().then(() => server.url) },
    });
    const ticks = rig.subscribe();
    const waits: unknown[] = [];
    for (let nth = 1; nth <= 5; nth++) {
      await until(() => rig.opened === nth && rig.waits.includes('backoff'));
      waits.push(rig.clock.nextDelay);
      if (nth === 5) ticks.end();
      await rig.clock.advanceAsync(rig.clock.nextDelay ?? 0);
    }
    expect(waits).toEqual([500, 500, 1_000, 2_000, 4_000]);
    // Nobody comes for the last one.
    await rig.clock.advanceAsync(30_000);
    expect([rig.opened, rig.clock.pending, rig.waits]).toEqual([5, 0, []]);
  });

  it('E4 a url that is none reaches the subscriber as its error', async () => {
    rig = new Rig(server, { client: { url: 'no url' } });
    const ticks = rig.subscribe();
    await until(() => ticks.settled === 1);
    expect(ticks.errors[0]).toBeInstanceOf(SyntaxError);
    expect(ticks.failure).toMatchObject({ stopped: 'not_retryable' });
  });

  it('S4 F7 a server that does not speak the protocol is final', async () => {
    server.greet = ({ socket }) => {
      socket.send('<html>');
      return undefined;
    };
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await until(() => ticks.settled === 1);
    expect(ticks.failure).toMatchObject({ stopped: 'not_retryable' });
    expect(rig.opened).toBe(1);
  });

  it('S4 listeners of the client hear the server’s own codes', async () => {
    rig = new Rig(server);
    const codes: unknown[] = [];
    rig.client.on('closed', (event) => void codes.push((event as { code: number }).code));
    rig.subscribe();
    await rig.standing(1);
    server.current.socket.close(4401);
    await rig.standing(2);
    expect(codes).toEqual([4401]);
  });
});

it('S4 the platform’s own WebSocket serves as well', async () => {
  rig = new Rig(server, { socket: { webSocketImpl: undefined } });
  const ticks = rig.subscribe();
  await rig.standing(1);
  await rig.receive(ticks, 1);
  server.current.socket.close(4403);
  await rig.standing(2);
  await rig.receive(ticks, 2);
  server.current.socket.terminate();
  await rig.waitsFor('backoff');
  await rig.clock.advanceAsync(500);
  await rig.standing(3);
  server.current.socket.close(4400, 'because');
  await until(() => ticks.settled === 1);
  expect(ticks.errors).toMatchObject([{ code: 4400, reason: 'because', wasClean: true }]);
  expect(ticks.failure?.kind).toBe('bad_input');
});

describe('connection parameters', () => {
  it('S4 may be shaped, at each connect', async () => {
    rig = new Rig(server, {
      socket: {
        connectionParams: (headers) => ({ authorization: headers['authorization'], app: 'mine' }),
      },
    });
    rig.subscribe();
    await rig.standing(1);
    expect(server.current.params).toEqual({ authorization: 'Bearer t1', app: 'mine' });
  });

  it('R9 E4 a callback that throws reaches the subscriber with its own error', async () => {
    const error = new Error('mine');
    rig = new Rig(server, {
      socket: {
        connectionParams: () => {
          throw error;
        },
      },
    });
    const ticks = rig.subscribe();
    await until(() => ticks.settled === 1);
    expect(ticks.errors).toEqual([error]);
    expect(ticks.failure).toMatchObject({ kind: 'unknown', stopped: 'not_retryable' });
    expect(rig.opened).toBe(1);
  });
});

describe('without a session', () => {
  it('S4 the greeting carries no payload, as from a plain client', async () => {
    const greetings: string[] = [];
    class Recorded extends WebSocket {
      override send(data: string): void {
        greetings.push(data);
        super.send(data);
      }
    }
    rig = new Rig(server, { auth: false, socket: { webSocketImpl: Recorded } });
    rig.subscribe();
    await until(() => greetings.length > 0);
    expect(greetings[0]).toBe('{"type":"connection_init"}');
  });
});

describe('a fault that graphql-ws finds by itself', () => {
  it('S4 is told to those who listen with the code that it closes with', async () => {
    const closed = vi.fn<(event: unknown) => void>();
    const connected = (): void => {
      throw new Error('mine');
    };
    rig = new Rig(server, { client: { on: { connected, closed } } });
    const ticks = rig.subscribe();
    await until(() => ticks.settled === 1 && closed.mock.calls.length === 1);
    expect(closed.mock.calls).toMatchObject([[{ code: 4004, reason: 'mine', wasClean: true }]]);
  });
});

describe('what cannot work', () => {
  beforeEach(() => {
    rig = new Rig(server);
  });

  it('X5 a webSocketImpl that is no class is refused', () => {
    const resilience = createResilience();
    expect(() => resilientSocket(resilience, { webSocketImpl: 'ws' })).toThrow(
      'resilientSocket: webSocketImpl is ws; give it a class, such as WebSocket of the package ws.',
    );
    vi.stubGlobal('WebSocket', undefined);
    expect(() => resilientSocket(resilience)).toThrow('the platform has no WebSocket');
    vi.unstubAllGlobals();
  });

  it.each([
    [null, 'options must be an object, not null.'],
    [7, 'options must be an object, not 7.'],
    [
      { connectionParams: { token: 'x' } },
      'connectionParams must be a function of the header fields, not an object.',
    ],
    [{ connectionParams: 'x' }, 'connectionParams must be a function of the header fields, not x.'],
    [
      { url: 'wss://api.example' },
      'url is no option; allowed are connectionParams, webSocketImpl, and what else createClient takes is given to that.',
    ],
  ])('X5 of bad options it says what is wrong: %j', (bad, sentence) => {
    expect(() => resilientSocket(createResilience(), bad as never)).toThrow(
      new TypeError(`resilientSocket: ${sentence}`),
    );
  });

  it('X5 options are not looked at in a production build', () => {
    vi.stubEnv('NODE_ENV', 'production');
    expect(() => resilientSocket(createResilience(), { urls: 7 } as never)).not.toThrow();
    vi.unstubAllEnvs();
  });

  it('X5 a webSocketImpl that replaces ours is told of', async () => {
    const client = createClient({
      url: server.url,
      ...resilientSocket(rig.resilience),
      webSocketImpl: WebSocket,
    });
    const errors: unknown[] = [];
    client.subscribe(
      { query: 'subscription { ticks }' },
      { next: () => {}, error: (error) => void errors.push(error), complete: () => {} },
    );
    await until(() => errors.length === 1);
    expect(String(errors[0])).toContain('webSocketImpl was replaced');
  });

  it('E5 nothing happens when it is made', () => {
    expect([rig.clock.pending, rig.opened, rig.events]).toEqual([0, 0, []]);
  });
});
