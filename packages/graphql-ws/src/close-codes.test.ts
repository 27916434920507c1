import { failureOf } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rig, until } from './rig.fixture.ts';
import type { RigOptions } from './rig.fixture.ts';
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

/** A subscription that has had its first value. */
async function subscribed(options?: RigOptions): Promise<ReturnType<Rig['subscribe']>> {
  rig = new Rig(server, options);
  const ticks = rig.subscribe();
  await rig.standing(1);
  await rig.receive(ticks, 1);
  return ticks;
}

describe('a rejected token', () => {
  it.each([4401, 4403])(
    'S4 a %i refreshes once and reconnects with the new token',
    async (code) => {
      const ticks = await subscribed();
      server.current.socket.close(code);
      await rig.standing(2);
      await rig.receive(ticks, 2);
      expect(server.sockets.map(tokenOf)).toEqual(['t1', 't2']);
      expect([rig.refreshes.length, ticks.settled]).toEqual([1, 0]);
    },
  );

  it.each([4401, 4403])('S4 T4 a %i again after the refresh is final', async (code) => {
    server.greet = () => code;
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await until(() => ticks.settled === 1);
    expect(server.sockets.map(tokenOf)).toEqual(['t1', 't2']);
    expect(rig.refreshes).toHaveLength(1);
    expect(ticks.errors).toMatchObject([{ code, cause: { type: 'close', code } }]);
    expect(ticks.failure).toMatchObject({
      kind: 'unauthenticated',
      source: 'socket',
      stopped: 'not_retryable',
      attempts: 2,
    });
  });

  it('S4 T4 a token that opens a socket but no subscription is refreshed once', async () => {
    server.admit = () => 4403;
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await until(() => ticks.settled === 1);
    expect(server.sockets.map(({ acknowledged }) => acknowledged)).toEqual([true, true]);
    expect(rig.refreshes).toHaveLength(1);
    expect(ticks.errors).toMatchObject([{ code: 4403 }]);
  });

  it('S3 S4 every expiry under one subscription refreshes once', async () => {
    const ticks = await subscribed();
    for (const nth of [2, 3, 4]) {
      await rig.clock.advanceAsync(3_600_000);
      server.current.socket.close(4403);
      await rig.standing(nth);
      await rig.receive(ticks, nth);
    }
    expect(server.sockets.map(tokenOf)).toEqual(['t1', 't2', 't3', 't4']);
    expect([rig.refreshes.length, ticks.settled]).toEqual([3, 0]);
  });

  it('S3 S4 a second expiry counts anew although nothing came meanwhile', async () => {
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.standing(1);
    for (const nth of [2, 3]) {
      await rig.clock.advanceAsync(60_000);
      server.current.socket.close(4403);
      await rig.standing(nth);
    }
    expect([rig.refreshes.length, ticks.settled]).toEqual([2, 0]);
  });

  it('T8 a refresh that fails for good gives the subscriber the close event, with the cause', async () => {
    const ticks = await subscribed();
    rig.renew = () =>
      Promise.reject(
        Object.assign(new Error('no'), { status: 400, body: { error: 'invalid_grant' } }),
      );
    server.current.socket.close(4403, 'Forbidden');
    await until(() => ticks.settled === 1);
    expect(ticks.errors).toMatchObject([{ code: 4403, reason: 'Forbidden' }]);
    expect(ticks.failure).toMatchObject({
      stopped: 'session_failed',
      cause: { source: 'token-endpoint', code: 'invalid_grant' },
    });
    expect(rig.opened).toBe(1);
  });

  it('S4 without token handling a 4403 is final', async () => {
    server.valid.clear();
    rig = new Rig(server, { auth: false });
    const ticks = rig.subscribe();
    await until(() => ticks.settled === 1);
    expect(ticks.failure).toMatchObject({ kind: 'unauthenticated', attempts: 1 });
    expect(rig.opened).toBe(1);
  });

  it('T1 any number of subscriptions over one socket cause one refresh and one socket', async () => {
    rig = new Rig(server);
    const all = Array.from({ length: 5 }, () => rig.subscribe());
    await rig.standing(1, 5);
    server.current.socket.close(4403);
    await rig.standing(2, 5);
    server.publish(7);
    await until(() => all.every(({ values }) => values.includes(7)));
    expect(all.map(({ settled }) => settled)).toEqual([0, 0, 0, 0, 0]);
    expect([rig.refreshes.length, rig.opened]).toEqual([1, 2]);
  });
});

describe('a final code', () => {
  it.each([
    [4400, 'bad_input'],
    [4406, 'bad_input'],
    [4409, 'conflict'],
    [4499, 'aborted'],
    [1002, 'bad_response'],
  ])('S4 R10 a %i is delivered with all that the close event says', async (code, kind) => {
    const ticks = await subscribed();
    server.current.socket.close(code, 'because');
    await until(() => ticks.settled === 1);
    expect(ticks.errors[0]).toBeInstanceOf(Error);
    expect(ticks.errors).toMatchObject([
      { code, reason: 'because', message: `Socket closed with event ${code} because` },
    ]);
    expect(ticks.failure).toMatchObject({ kind, source: 'socket', attempts: 1 });
    expect([rig.opened, rig.refreshes.length]).toEqual([1, 0]);
  });

  it('S4 E4 all subscribers hear of it, and one that subscribes again is connected anew', async () => {
    rig = new Rig(server);
    const [one, other] = [rig.subscribe(), rig.subscribe()];
    await rig.standing(1, 2);
    let again: ReturnType<Rig['subscribe']> | undefined;
    const { sink } = one;
    const { error } = sink;
    sink.error = (event) => {
      error(event);
      again = rig.subscribe();
    };
    server.current.socket.close(4400);
    await until(() => one.settled + other.settled === 2);
    await rig.standing(2);
    expect([failureOf(one.errors[0])?.kind, failureOf(other.errors[0])?.kind]).toEqual([
      'bad_input',
      'bad_input',
    ]);
    await rig.receive(again!, 3);
  });
});

describe('a lost connection', () => {
  it.each([1001, 1011, 1012, 1013, 4408, 4500])(
    'S4 a %i backs off for 1 s, full jitter, and reconnects',
    async (code) => {
      const ticks = await subscribed();
      server.current.socket.close(code);
      await rig.waitsFor('backoff');
      await rig.clock.advanceAsync(499);
      expect(rig.opened).toBe(1);
      await rig.clock.advanceAsync(1);
      await rig.standing(2);
      await rig.receive(ticks, 2);
      expect([rig.refreshes.length, ticks.settled]).toEqual([0, 0]);
    },
  );

  it.each([
    ['1005, a close without a code', (): void => server.current.socket.close()],
    ['1006, a line that drops', (): void => server.current.socket.terminate()],
    ['1000, from a server that takes its leave', (): void => server.current.socket.close(1000)],
  ])('S4 the same for %s', async (_, end) => {
    const ticks = await subscribed();
    end();
    await rig.waitsFor('backoff');
    await rig.clock.advanceAsync(500);
    await rig.standing(2);
    await rig.receive(ticks, 2);
    expect(ticks.settled).toBe(0);
  });

  it('S4 backs off x2 up to 30 s for as long as anybody is subscribed, on an empty budget late', async () => {
    server.greet = ({ socket }) => void socket.terminate();
    rig = new Rig(server);
    const ticks = rig.subscribe();
    const waits: number[] = [];
    for (let nth = 1; nth <= 45; nth++) {
      await until(() => rig.opened === nth && rig.waits.includes('backoff'));
      waits.push(rig.clock.nextDelay ?? 0);
      await rig.clock.advanceAsync(rig.clock.nextDelay ?? 0);
    }
    expect(waits.slice(0, 8)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    expect(waits.slice(-8)).toEqual(Array.from({ length: 8 }, () => 37_500));
    expect(rig.types('budget_empty')).toBeGreaterThan(0);
    server.greet = undefined;
    await until(() => rig.opened === 46);
    rig.subscribe();
    await until(() => server.current.subscriptions === 2);
    expect(ticks.settled).toBe(0);
  });

  it('S4 a server that cannot be reached is one of them', async () => {
    await server.close();
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.waitsFor('backoff');
    expect([ticks.settled, rig.opened]).toEqual([0, 1]);
  });

  it('R2 E4 a socket that is not acknowledged in time is given up, and another opened', async () => {
    server.greet = () => undefined;
    rig = new Rig(server, { socket: { connectionParams: () => new Promise(() => {}) } });
    const ticks = rig.subscribe();
    await until(() => server.sockets.length === 1);
    await rig.clock.advanceAsync(29_999);
    expect(rig.waits).toEqual([]);
    await rig.clock.advanceAsync(1);
    expect(rig.waits).toEqual(['backoff']);
    await rig.clock.advanceAsync(500);
    await until(() => server.sockets.length === 2);
    expect([ticks.settled, rig.opened]).toEqual([0, 2]);
  });

  it('R4b with retry: false only the replay after a refresh is left', async () => {
    const ticks = await subscribed({ resilience: { retry: false } });
    server.current.socket.close(4403);
    await rig.standing(2);
    server.current.socket.close(1012);
    await until(() => ticks.settled === 1);
    expect(ticks.errors).toMatchObject([{ code: 1012 }]);
    expect(ticks.failure).toMatchObject({ kind: 'network', stopped: 'declined' });
  });
});

describe('a limit', () => {
  it('S4 W7 a 4429 closes the scope, and the socket is opened after it', async () => {
    const ticks = await subscribed();
    server.current.socket.close(4429);
    await rig.waitsFor('rate_limit');
    expect(rig.resilience.limits.get()).toMatchObject([{ scope: server.url, waiting: 1 }]);
    await rig.clock.advanceAsync(1_249);
    expect(rig.opened).toBe(1);
    await rig.clock.advanceAsync(1);
    await rig.standing(2);
    await rig.receive(ticks, 2);
    expect([ticks.settled, rig.resilience.limits.get()]).toEqual([0, []]);
  });
});

it('S4 4401, 4403, 4429, 1006 and 1012 in turn', async () => {
  const ticks = await subscribed();
  let nth = 1;
  for (const code of [4401, 4403, 4429, 1006, 1012]) {
    const { socket } = server.current;
    if (code === 1006) socket.terminate();
    else socket.close(code);
    if (code < 4400 || code === 4429) {
      await until(() => rig.waits.length === 1);
      await rig.clock.advanceAsync(2_000);
    }
    await rig.standing(++nth);
    await rig.receive(ticks, nth);
  }
  expect(ticks.values).toEqual([1, 2, 3, 4, 5, 6]);
  expect([rig.refreshes.length, ticks.settled]).toEqual([2, 0]);
});
