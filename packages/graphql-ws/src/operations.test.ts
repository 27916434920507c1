import { defineProfile, failureOf } from '@holdfast/core';
import type { Profile } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Operations } from './operations.ts';
import { Rig, turn, until } from './rig.fixture.ts';
import type { RigOptions, Watched } from './rig.fixture.ts';
import { startSocketServer, tokenOf } from './socket-server.fixture.ts';
import type { SocketServer } from './socket-server.fixture.ts';

const TOUCH = 'mutation { touch }';
const TICKS = 'subscription { ticks }';
const QUIET = 'subscription Quiet { ticks }';
const BAD = 'subscription { ticks ';

let server: SocketServer;
let rig: Rig;
let touched: number;
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

beforeEach(async () => {
  server = await startSocketServer();
  touched = 0;
  server.touch = () => {
    touched++;
    return new Promise(() => {});
  };
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

/** Everything that there is to wait for is waited for, so often. */
async function goOn(times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    for (let turns = 0; turns < 20; turns++) await turn();
    await rig.clock.advanceAsync(rig.clock.nextDelay ?? 0);
  }
  for (let turns = 0; turns < 20; turns++) await turn();
}

/** A mutation that the server is running. */
async function touching(options?: RigOptions): Promise<Watched> {
  rig = new Rig(server, options);
  const mutation = rig.subscribe(TOUCH);
  await until(() => touched === 1);
  return mutation;
}

type Loss = readonly [what: string, act: () => void, code: number | undefined];

const closes: readonly Loss[] = [
  ...[1011, 1012, 4408, 4429, 4500, 4504, 4401, 4403, 4400, 4409, 1002].map((code): Loss => [
    `a ${code}`,
    () => server.current.socket.close(code, 'because'),
    code,
  ]),
  ['a line that drops', () => server.current.socket.terminate(), 1006],
  ['a close without a code', () => server.current.socket.close(), 1005],
  ['a 1000', () => server.current.socket.close(1000), 1000],
  ['client.terminate()', () => rig.client.terminate(), undefined],
];

it.each([
  [{ query: 'mutation A { touch }', operationName: 'B' }, 'mutation'],
  [{ query: 'query A { hello } mutation B { touch }' }, 'mutation'],
  [{ query: 'query A { hello } mutation B { touch }', operationName: 'A' }, 'query'],
  [{ query: 'subscription A { ticks }', operationName: 'B' }, 'subscription'],
])(
  'S4 M1 where %j does not say what is meant, it is a mutation if it may be one',
  (payload, kind) => {
    rig = new Rig(server);
    const message = { id: '1', type: 'subscribe', payload } as const;
    expect(new Operations(() => 0).of(message).kind).toBe(kind);
  },
);

describe('a mutation that went over a socket', () => {
  it.each(closes)('S4 M1 is never sent over the next one: %s', async (_, lose, code) => {
    const mutation = await touching();
    const ticks = rig.subscribe();
    await until(() => server.sends(TICKS) === 1);
    lose();
    await until(() => mutation.settled === 1);
    expect(mutation.errors[0]).toBeInstanceOf(Error);
    expect(mutation.errors[0]).toMatchObject(code === undefined ? {} : { code });
    expect(mutation.failure).toMatchObject({
      source: 'socket',
      executed: undefined,
      retryable: false,
      stopped: 'unsafe_mutation',
      attempts: 1,
      advice: expect.stringMatching(/look up/i),
    });
    await goOn(6);
    expect([touched, server.sends(TOUCH), mutation.settled]).toEqual([1, 1, 1]);
    if (ticks.settled > 0) return;
    await rig.receive(ticks, 7);
    expect(rig.opened).toBe(2);
  });

  it.each([1011, 4500])('S4 M1 runs once where the server closes over it: %i', async (code) => {
    server.admit = (query) => (query === TOUCH ? code : undefined);
    rig = new Rig(server);
    const mutation = rig.subscribe(TOUCH);
    await until(() => mutation.settled === 1);
    await goOn(10);
    expect([touched, server.sends(TOUCH), mutation.errors.length]).toEqual([1, 1, 1]);
  });

  it('S4 M1 nor is any of several, and each hears of it once', async () => {
    rig = new Rig(server);
    const mutations = Array.from({ length: 5 }, () => rig.subscribe(TOUCH));
    await until(() => touched === 5);
    server.current.socket.terminate();
    await until(() => mutations.every(({ settled }) => settled === 1));
    await goOn(4);
    expect([touched, mutations.map(({ errors }) => errors.length)]).toEqual([5, [1, 1, 1, 1, 1]]);
  });

  it('S4 M1 nor where it is marked as one that may run twice: nobody reads that here', async () => {
    const mutation = await touching({
      resilience: { retry: { mutations: 'always', idempotencyKey: 'key' } },
    });
    server.current.socket.terminate();
    await until(() => mutation.settled === 1);
    await goOn(4);
    expect(touched).toBe(1);
  });

  it('S4 one that was not sent yet is, once there is a socket', async () => {
    server.greet = ({ socket }) => {
      server.greet = undefined;
      socket.terminate();
      return undefined;
    };
    rig = new Rig(server);
    const mutation = rig.subscribe(TOUCH);
    await rig.waitsFor('backoff');
    await rig.clock.advanceAsync(1_000);
    await until(() => touched === 1);
    expect(mutation.settled).toBe(0);
  });

  it('S4 S5 one whose answer had come, but not the word that it was all, is complete', async () => {
    const mutation = await touching();
    const { id, accepted } = server.subscribed[0]!;
    accepted.socket.send(JSON.stringify({ id, type: 'next', payload: { data: { touch: 1 } } }));
    await until(() => mutation.values.length === 1);
    accepted.socket.terminate();
    await until(() => mutation.settled === 1);
    await goOn(3);
    expect([mutation.completions, mutation.errors, touched]).toEqual([1, [], 1]);
  });

  it('S4 E4 a message that nobody understands ends the socket, and the mutation with it', async () => {
    const mutation = await touching({
      resilience: { retry: { when: () => true } },
    });
    server.current.socket.send('<html>');
    server.current.socket.send('{"type":"unheard of"}');
    server.current.socket.terminate();
    await goOn(6);
    expect([mutation.errors.length, mutation.completions, touched]).toEqual([1, 0, 1]);
  });

  it('E3 is told of the instance’s end', async () => {
    const mutation = await touching();
    rig.resilience.dispose();
    await until(() => mutation.settled === 1);
    expect(mutation.failure).toMatchObject({ kind: 'aborted', executed: undefined });
  });

  it('S4 listeners of the client hear of the end as of any other message', async () => {
    const types: string[] = [];
    const mutation = await touching({
      client: { on: { message: ({ type }) => void types.push(type) } },
    });
    server.current.socket.terminate();
    await until(() => mutation.settled === 1);
    expect(types).toEqual(['connection_ack', 'error']);
  });
});

describe('a query that went over a socket', () => {
  const HELLO = '{ hello }';

  it('S1 S4 is not started again once part of its answer has come', async () => {
    server.admit = () => new Promise(() => {});
    rig = new Rig(server);
    const query = rig.subscribe(HELLO);
    await until(() => server.sends(HELLO) === 1);
    const { id, accepted } = server.subscribed[0]!;
    const payload = { data: { hello: 'wor' }, hasNext: true };
    accepted.socket.send(JSON.stringify({ id, type: 'next', payload }));
    await until(() => query.values.length === 1);
    accepted.socket.terminate();
    await until(() => query.settled === 1);
    expect(query.failure).toMatchObject({ kind: 'network', stopped: 'delivered_data' });
    await goOn(3);
    expect([server.sends(HELLO), query.settled, query.values.length]).toEqual([1, 1, 1]);
  });

  it('S4 is sent over the next one where nothing has come', async () => {
    server.admit = () => {
      server.admit = undefined;
      server.current.socket.terminate();
      return undefined;
    };
    rig = new Rig(server);
    const query = rig.subscribe(HELLO);
    await goOn(2);
    await until(() => query.settled === 1);
    expect([query.values, query.errors]).toMatchObject([[{ data: { hello: 'world' } }], []]);
    expect(server.sends(HELLO)).toBe(2);
  });
});

describe('a server that closes over one operation', () => {
  const attempts = 4;
  const options: RigOptions = { resilience: { retry: { attempts } } };

  async function ends(bad: Watched): Promise<void> {
    for (let round = 0; bad.settled === 0; round++) {
      if (round > 30) throw new Error('In vain waited for the end of the bad one.');
      await goOn(1);
    }
    await goOn(3);
    expect([bad.errors.length, bad.completions]).toEqual([1, 0]);
    expect(bad.failure).toMatchObject({ stopped: 'attempts', source: 'socket', attempts });
  }

  it('S4 alone: it is sent so often, and then ends with the reason of the close', async () => {
    rig = new Rig(server, options);
    const bad = rig.subscribe(BAD);
    await ends(bad);
    expect(server.sends(BAD)).toBe(attempts);
    expect(bad.errors[0]).toBeInstanceOf(Error);
    expect(bad.errors[0]).toMatchObject({ code: 4500, reason: expect.stringContaining('Syntax') });
    expect(bad.failure).toMatchObject({
      kind: 'server_error',
      message: expect.stringContaining('Syntax Error'),
    });
    await goOn(5);
    expect(rig.opened).toBe(attempts);
  });

  it.each([1011, 4500])('S4 with a %i and a reason of its own', async (code) => {
    server.admit = (query) => (query === QUIET ? [code, 'no such thing'] : undefined);
    rig = new Rig(server, options);
    const bad = rig.subscribe(QUIET);
    await ends(bad);
    expect(server.sends(QUIET)).toBe(attempts);
    expect(bad.errors[0]).toMatchObject({ code, reason: 'no such thing' });
  });

  const whens: readonly [string, (bad: () => Watched) => Promise<[Watched, Watched]>][] = [
    [
      'one that has long had events',
      async (bad) => {
        const good = rig.subscribe();
        await rig.standing(1);
        await rig.receive(good, 1);
        return [good, bad()];
      },
    ],
    [
      'one that has stood, and heard nothing',
      async (bad) => {
        const good = rig.subscribe();
        await rig.standing(1);
        return [good, bad()];
      },
    ],
    ['one begun with it, before it', async (bad) => [rig.subscribe(), bad()]],
    [
      'one begun with it, after it',
      async (bad) => {
        const bads = bad();
        return [rig.subscribe(), bads];
      },
    ],
    [
      'one that comes while it waits',
      async (bad) => {
        const bads = bad();
        await rig.waitsFor('backoff');
        return [rig.subscribe(), bads];
      },
    ],
  ];

  it.each(whens)('S4 the others go on: %s', async (_, begin) => {
    rig = new Rig(server, options);
    const [good, bad] = await begin(() => rig.subscribe(BAD));
    await ends(bad);
    expect(server.sends(BAD)).toBeLessThanOrEqual(attempts);
    expect(good.settled).toBe(0);
    await rig.receive(good, 99);
    const late = rig.subscribe(QUIET);
    await until(() => server.current.subscriptions === 2);
    await rig.receive(late, 100);
  });

  it.each(whens)('S4 the same where it takes the server a while: %s', async (_, begin) => {
    server.admit = async (query) => {
      if (query !== QUIET) return undefined;
      for (let turns = 0; turns < 10; turns++) await turn();
      return [4500, 'no'];
    };
    rig = new Rig(server, options);
    const [good, bad] = await begin(() => rig.subscribe(QUIET));
    await ends(bad);
    expect([server.sends(QUIET) <= attempts, good.settled]).toEqual([true, 0]);
    await rig.receive(good, 99);
  });

  it('S4 of five, two are bad: each ends, and nobody else', async () => {
    rig = new Rig(server, options);
    const documents = [BAD, TICKS, `${BAD} `, TICKS, TICKS];
    const all = documents.map((document) => rig.subscribe(document));
    for (let round = 0; all.filter(({ settled }) => settled > 0).length < 2; round++) {
      if (round > 60) throw new Error('In vain waited for the end of the bad ones.');
      await goOn(1);
    }
    await goOn(3);
    server.publish(5);
    await until(() => all.filter(({ values }) => values.includes(5)).length === 3);
    expect(all.map(({ errors }) => errors.length)).toEqual([1, 0, 1, 0, 0]);
  });

  it('S4 leaving the one on trial lets the others go at once', async () => {
    rig = new Rig(server, options);
    const bad = rig.subscribe(BAD);
    const good = rig.subscribe();
    for (let round = 0; server.sends(BAD) < attempts - 1; round++) await goOn(1);
    bad.end();
    await goOn(2);
    await rig.receive(good, 3);
    expect([bad.errors, good.settled]).toEqual([[], 0]);
  });

  it('S4 R4b `attempts: 1`: it is sent once', async () => {
    rig = new Rig(server, { resilience: { retry: { attempts: 1 } } });
    const bad = rig.subscribe(BAD);
    await until(() => bad.settled === 1);
    expect(server.sends(BAD)).toBe(1);
  });

  it('S4 S2 whoever has had events is not blamed for a server that restarts', async () => {
    rig = new Rig(server, options);
    const good = rig.subscribe();
    await rig.standing(1);
    for (let restart = 1; restart <= 10; restart++) {
      await rig.receive(good, restart);
      server.current.socket.close(1011);
      await goOn(2);
      await rig.standing(restart + 1);
    }
    await rig.receive(good, 11);
    expect(good.settled).toBe(0);
  });

  it('S4 nor whoever has stood for half a minute', async () => {
    rig = new Rig(server, options);
    const good = rig.subscribe();
    await rig.standing(1);
    for (let restart = 1; restart <= 10; restart++) {
      await rig.clock.advanceAsync(30_000);
      server.current.socket.close(1011);
      await goOn(2);
      await rig.standing(restart + 1);
    }
    expect(good.settled).toBe(0);
  });

  it('S4 T1 a profile that reads the reason otherwise is believed', async () => {
    const profile: Profile = defineProfile({
      name: 'own',
      rules: [{ when: { message: /expired/ }, then: 'unauthenticated' }],
    });
    server.admit = () => (tokenOf(server.current) === 't1' ? [4500, 'token expired'] : undefined);
    rig = new Rig(server, { resilience: { profile, retry: { attempts: 1 } } });
    const ticks = rig.subscribe();
    await rig.standing(2);
    await until(() => server.current.subscriptions === 1);
    await rig.receive(ticks, 1);
    expect([rig.refreshes.length, ticks.settled]).toEqual([1, 0]);
  });
});

describe('what a server says of a connection', () => {
  const expired: Profile = defineProfile({
    name: 'hasura',
    rules: [{ when: { message: /JWTExpired/ }, then: 'unauthenticated' }],
  });

  it('S4 the reason of a 4400 reaches the rules: refresh, and a new socket', async () => {
    server.greet = (accepted) => {
      if (tokenOf(accepted) !== 't1') return undefined;
      accepted.socket.close(4400, 'connection_init failed: Could not verify JWT: JWTExpired');
      return undefined;
    };
    rig = new Rig(server, { resilience: { profile: expired } });
    const ticks = rig.subscribe();
    await rig.standing(2);
    await rig.receive(ticks, 1);
    expect([rig.refreshes.length, server.sockets.map(tokenOf)]).toEqual([1, ['t1', 't2']]);
  });

  it.each([
    ['text', 'connection_init failed: JWTExpired'],
    ['an object', { message: 'JWTExpired' }],
    ['a list of errors', { errors: [{ message: 'JWTExpired' }] }],
  ])('S4 so does a connection_error: %s', async (_, payload) => {
    server.greet = (accepted) => {
      if (tokenOf(accepted) !== 't1') return undefined;
      accepted.socket.send(JSON.stringify({ type: 'connection_error', payload }));
      return undefined;
    };
    rig = new Rig(server, { resilience: { profile: expired } });
    const ticks = rig.subscribe();
    await rig.standing(2);
    await rig.receive(ticks, 1);
    expect([rig.refreshes.length, ticks.settled]).toEqual([1, 0]);
  });

  it.each([
    ['text', 'go away', 'go away'],
    ['an object', { message: 'go away', extensions: { code: 'FORBIDDEN' } }, 'go away'],
    ['nothing', undefined, undefined],
  ])('S4 one that nobody knows is final, and told: %s', async (_, payload, message) => {
    server.greet = ({ socket }) => {
      socket.send(JSON.stringify({ type: 'connection_error', payload }));
      return undefined;
    };
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await until(() => ticks.settled === 1);
    expect(ticks.errors[0]).toBeInstanceOf(Error);
    if (message !== undefined) expect(ticks.errors).toMatchObject([{ message }]);
    expect(ticks.failure).toMatchObject({
      source: 'socket',
      stopped: 'not_retryable',
      ...(message === undefined ? {} : { message }),
      ...(typeof payload === 'object' ? { kind: 'forbidden', code: 'FORBIDDEN' } : {}),
    });
    expect(rig.opened).toBe(1);
  });

  it('S4 F1 a connection_error in the midst of a payload is none', async () => {
    rig = new Rig(server, { client: { connectionAckWaitTimeout: 0 } });
    server.greet = ({ socket }) => {
      socket.send(
        JSON.stringify({
          type: 'ping',
          payload: { type: 'x', quoted: '"type":"connection_error"' },
        }),
      );
      return undefined;
    };
    const ticks = rig.subscribe();
    await rig.standing(1);
    await rig.receive(ticks, 1);
    expect([ticks.values, ticks.settled]).toEqual([[1], 0]);
  });
});

describe('a sign-out', () => {
  const other = { accessToken: 'bob' };

  it('T11b S4 ends what was begun before it: nothing of it is sent as somebody else', async () => {
    server.valid.add('bob');
    rig = new Rig(server);
    const [ticks, quiet] = [rig.subscribe(), rig.subscribe(QUIET)];
    await rig.standing(1, 2);
    rig.resilience.session.signOut();
    rig.resilience.session.signIn(other);
    const bobs = rig.subscribe('subscription Bob { ticks }');
    await until(() => ticks.settled + quiet.settled === 2);
    expect(ticks.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'signed_out' });
    await until(() => tokenOf(server.current) === 'bob' && server.current.subscriptions === 1);
    await rig.receive(bobs, 1);
    expect([server.sends(TICKS), server.sends(QUIET), bobs.settled]).toEqual([1, 1, 0]);
  });

  it('T11b S4 so does it where the socket is being opened again', async () => {
    server.valid.add('bob');
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.standing(1);
    server.current.socket.terminate();
    await rig.waitsFor('backoff');
    rig.resilience.session.signOut();
    rig.resilience.session.signIn(other);
    await until(() => ticks.settled === 1);
    expect(ticks.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'signed_out' });
    await goOn(3);
    const bobs = rig.subscribe('subscription Bob { ticks }');
    await rig.standing(2);
    await rig.receive(bobs, 1);
    expect(server.sends(TICKS)).toBe(1);
  });

  it('T11b S4 a mutation that waits for a socket is never sent', async () => {
    server.valid.add('bob');
    let tell: () => void = () => {};
    let up = false;
    const online = {
      get: () => up,
      subscribe: (listener: () => void) => {
        tell = listener;
        return () => {};
      },
    };
    rig = new Rig(server, { resilience: { online } });
    const transfer = rig.subscribe(TOUCH);
    await rig.waitsFor('offline');
    rig.resilience.session.signOut();
    rig.resilience.session.signIn(other);
    up = true;
    tell();
    await until(() => transfer.settled === 1);
    await goOn(3);
    expect([touched, server.sends(TOUCH)]).toEqual([0, 0]);
    expect(transfer.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'signed_out' });
  });

  it('T11b S4 a mutation in flight is left alone, and what comes meanwhile goes over the next socket', async () => {
    server.valid.add('bob');
    let done: () => void = () => {};
    server.touch = () => {
      touched++;
      return new Promise((resolve) => {
        done = () => resolve(1);
      });
    };
    rig = new Rig(server);
    const transfer = rig.subscribe(TOUCH);
    await until(() => touched === 1);
    rig.resilience.session.signOut();
    rig.resilience.session.signIn(other);
    const bobs = rig.subscribe();
    for (let turns = 0; turns < 20; turns++) await turn();
    expect([server.sends(TICKS), transfer.settled]).toEqual([0, 0]);
    done();
    await until(() => transfer.settled === 1);
    expect(transfer.values).toMatchObject([{ data: { touch: 1 } }]);
    await goOn(2);
    await rig.standing(2);
    await rig.receive(bobs, 1);
    expect([touched, server.sockets.map(tokenOf)]).toEqual([1, ['t1', 'bob']]);
  });

  it('T11b F9 S4 where sockets were lost before it, nobody says that nothing has run', async () => {
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.standing(1);
    server.current.socket.terminate();
    await rig.waitsFor('backoff');
    const transfer = rig.subscribe(TOUCH);
    rig.resilience.session.signOut();
    await until(() => ticks.settled + transfer.settled === 2);
    expect(ticks.failure).toMatchObject({ executed: undefined, stopped: 'signed_out' });
    expect(transfer.failure).toMatchObject({ executed: undefined, stopped: 'signed_out' });
  });

  it('T11b F9 S4 a mutation whose socket was lost before it is told so by its loss', async () => {
    const transfer = await touching();
    server.current.socket.terminate();
    await rig.waitsFor('backoff');
    rig.resilience.session.signOut();
    await until(() => transfer.settled === 1);
    expect([touched, transfer.failure?.executed]).toEqual([1, undefined]);
  });

  it('T11b M1 S4 one whose socket is lost after it may have run as whoever had begun it', async () => {
    const transfer = await touching();
    rig.resilience.session.signOut();
    server.current.socket.terminate();
    await until(() => transfer.settled === 1);
    await goOn(3);
    expect(touched).toBe(1);
    expect(failureOf(transfer.errors[0])).toMatchObject({
      kind: 'unauthenticated',
      executed: undefined,
      stopped: 'signed_out',
      advice: expect.stringMatching(/look up/i),
    });
  });
});
