import { ResilienceLink } from '@holdfast/apollo';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rig, until } from './rig.fixture.ts';
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

const tokens = (): (string | undefined)[] => server.sockets.map(tokenOf);

describe('when the session has moved on', () => {
  it('S4 a socket is opened anew once nothing has passed for a second', async () => {
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.standing(1);
    await rig.resilience.session.refresh();
    await rig.clock.advanceAsync(900);
    await rig.receive(ticks, 1);
    await rig.clock.advanceAsync(999);
    expect(rig.opened).toBe(1);
    await rig.clock.advanceAsync(1);
    await rig.standing(2);
    await rig.receive(ticks, 2);
    expect([tokens(), ticks.settled, rig.refreshes.length]).toEqual([['t1', 't2'], 0, 1]);
    await until(() => server.sockets[0]!.code === 1000);
    expect(ticks.values).toEqual([1, 2]);
  });

  it('S4 T10 a busy one is opened anew at the latest when its token counts as expired', async () => {
    rig = new Rig(server);
    rig.resilience.session.signIn({
      accessToken: 't1',
      expiresAt: rig.clock.wall() + 20_000,
    });
    const ticks = rig.subscribe();
    await rig.standing(1);
    await rig.resilience.session.refresh();
    for (let value = 1; value <= 29; value++) {
      await rig.clock.advanceAsync(500);
      await rig.receive(ticks, value);
      expect(rig.opened).toBe(1);
    }
    await rig.clock.advanceAsync(500);
    await rig.standing(2);
    expect([rig.clock.monotonic(), tokens()]).toEqual([15_000, ['t1', 't2']]);
  });

  it('S4 T11b a sign-out ends the socket and its subscribers at once', async () => {
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.standing(1);
    rig.resilience.session.signOut();
    await until(() => ticks.settled === 1 && server.current.code === 1000);
    expect(tokens()).toEqual(['t1']);
    expect(ticks.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'signed_out' });
    expect(rig.refreshes).toHaveLength(0);
  });

  it('S4 T11 a socket without subscribers goes on without the token', async () => {
    server.greet = (accepted) => {
      if (tokenOf(accepted) === undefined) server.valid.add('');
      return undefined;
    };
    let connected = 0;
    rig = new Rig(server, { client: { lazy: false, on: { connected: () => void connected++ } } });
    await until(() => connected === 1);
    rig.resilience.session.signOut();
    await until(() => connected === 2);
    expect(tokens()).toEqual(['t1', undefined]);
    await rig.client.dispose();
  });

  it('S4 a socket that is being opened meanwhile is opened anew as well', async () => {
    let go: () => void = () => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    rig = new Rig(server, {
      socket: {
        connectionParams: async (headers) => {
          await held;
          return { ...headers };
        },
      },
    });
    rig.subscribe();
    await until(() => server.sockets.length === 1);
    await rig.resilience.session.refresh();
    server.valid.add('t1');
    go();
    await rig.standing(1);
    await rig.clock.advanceAsync(1_000);
    await rig.standing(2);
    expect(tokens()).toEqual(['t1', 't2']);
  });

  it('S4 W7 not while its scope is closed', async () => {
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.standing(1);
    rig.resilience.execute(
      { kind: 'query', endpoint: server.url },
      {
        send: (_, receiver) => {
          receiver.error({ status: 429, headers: { 'retry-after': '5' } });
          return () => {};
        },
        read: () => undefined,
      },
      { next: () => {}, error: () => {}, complete: () => {} },
    )();
    await rig.resilience.session.refresh();
    await rig.clock.advanceAsync(6_249);
    expect(rig.opened).toBe(1);
    await rig.receive(ticks, 1);
    await rig.clock.advanceAsync(2_000);
    await rig.standing(2);
  });

  it.each([
    'fragment Touched on Mutation { touch } mutation Touch { ...Touched }',
    '# a comment\nmutation { touch }',
    'mutation { touch }',
  ])('M1 S4 not while %j is under way over it, which would be sent twice', async (document) => {
    let touched = 0;
    let done: () => void = () => {};
    server.touch = () => {
      touched++;
      return new Promise((resolve) => {
        done = () => resolve(1);
      });
    };
    rig = new Rig(server);
    rig.subscribe();
    await rig.standing(1);
    const mutation = rig.subscribe(document);
    await until(() => touched === 1);
    await rig.resilience.session.refresh();
    await rig.clock.advanceAsync(10_000);
    expect(rig.opened).toBe(1);
    done();
    await until(() => mutation.settled === 1);
    await rig.clock.advanceAsync(1_000);
    await rig.standing(2);
    expect([touched, mutation.values]).toMatchObject([1, [{ data: { touch: 1 } }]]);
  });

  it('T2 S4 a rejection of the older token reconnects at once and refreshes nothing', async () => {
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.standing(1);
    await rig.resilience.session.refresh();
    server.current.socket.close(4401);
    await rig.standing(2);
    await rig.receive(ticks, 1);
    expect([tokens(), rig.refreshes.length, rig.clock.monotonic()]).toEqual([['t1', 't2'], 1, 0]);
  });

  it('E1 unsubscribing before the quiet moment leaves nothing', async () => {
    rig = new Rig(server);
    const ticks = rig.subscribe();
    await rig.standing(1);
    await rig.resilience.session.refresh();
    ticks.end();
    await until(() => server.current.code === 1000);
    expect(rig.clock.pending).toBe(0);
    await rig.clock.advanceAsync(10_000);
    expect(rig.opened).toBe(1);
  });
});

describe('HTTP and a socket with one session', () => {
  it.each(['HTTP first', 'the socket first'])(
    'T1 T2 S4 refresh once between them: %s',
    async (order) => {
      rig = new Rig(server);
      const ticks = rig.subscribe();
      await rig.standing(1);
      await rig.receive(ticks, 1);
      const client = new ApolloClient({
        cache: new InMemoryCache(),
        link: ApolloLink.from([
          new ResilienceLink(rig.resilience),
          new HttpLink({ uri: server.httpUrl }),
        ]),
      });
      const ask = (): Promise<unknown> =>
        client.query({
          query: gql`
            {
              hello
            }
          `,
          fetchPolicy: 'no-cache',
        });
      server.valid.clear();
      if (order === 'HTTP first') {
        await ask();
        server.current.socket.close(4403);
        await rig.standing(2);
      } else {
        server.current.socket.close(4403);
        await Promise.all([ask(), rig.standing(2)]);
      }
      await ask();
      await rig.receive(ticks, 2);
      await rig.clock.advanceAsync(60_000);
      expect([rig.refreshes.length, tokens(), ticks.settled]).toEqual([1, ['t1', 't2'], 0]);
      client.stop();
    },
  );
});
