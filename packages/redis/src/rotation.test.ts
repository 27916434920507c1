import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Tokens } from '@holdfast/core';
import { afterEach, describe, expect, it } from 'vitest';
import { AuthorizationServer, CLIENT } from '../../../tests/servers/authorization-server.ts';
import type { TokenRequest } from '../../../tests/servers/authorization-server.ts';
import { bundleProgram } from '../../../tests/servers/program.ts';
import type { Program } from '../../../tests/servers/program.ts';
import { openProxy } from '../../../tests/servers/proxy.ts';
import type { Proxy } from '../../../tests/servers/proxy.ts';
import { redisMissing, startRedis } from '../../../tests/servers/redis.ts';
import type { RedisServer } from '../../../tests/servers/redis.ts';
import { WorkerProcess } from './process.fixture.ts';
import type { SessionOptions, SessionOrder, SessionReport } from './session-worker.fixture.ts';

const missing = await redisMissing();
const why = missing === undefined ? '' : ` (left out: ${missing})`;

const PROCESSES = 4;
/** More of them, or the same again: `ROUNDS=100 SEED=7`. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 20);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type SessionProcess = WorkerProcess<SessionOrder, SessionReport>;
type Asked = Extract<SessionReport, { type: 'asked' }>;

const failuresOf = (asked: readonly Asked[]): readonly string[] =>
  asked.flatMap(({ failed }) => failed);

/** One process of the service, which has a line of its own to Redis. */
class Member {
  readonly proxy: Proxy;
  process: SessionProcess;
  readonly #start: () => SessionProcess;

  constructor(proxy: Proxy, start: () => SessionProcess) {
    this.proxy = proxy;
    this.#start = start;
    this.process = start();
  }

  asks(): Promise<Asked> {
    this.process.order('ask');
    return this.process.report('asked');
  }

  /** Another takes the place of one that has died. */
  async replace(): Promise<void> {
    this.process = this.#start();
    await this.process.report('ready');
  }
}

interface Parts {
  readonly program: Program;
  readonly server: AuthorizationServer;
  readonly redis: RedisServer;
  readonly origin: string;
}

/** A service of several processes with one session, on one Redis; the server where the user has signed in; its API. */
class Service {
  readonly server: AuthorizationServer;
  readonly redis: RedisServer;
  readonly members: Member[] = [];
  readonly #origin: string;
  readonly #program: Program;
  #tokens: Tokens;

  static async start(program: Program): Promise<Service> {
    const redis = await startRedis({ durable: true });
    ends.push(() => redis.close());
    const http = createServer((request, response) => {
      if (server.answer(request, response)) return;
      const isGood = server.accepts(
        /^Bearer (.+)$/u.exec(request.headers.authorization ?? '')?.[1] ?? '',
      );
      response.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' });
      request.resume().once('end', () => response.end(isGood ? '{"data":{}}' : '{}'));
    });
    await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
    ends.push(() => {
      http.closeAllConnections();
      return new Promise((resolve) => void http.close(resolve));
    });
    const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const server = new AuthorizationServer(origin);
    const service = new Service({ program, server, redis, origin }, await server.signIn());
    for (let place = 0; place < PROCESSES; place++) {
      const proxy = await openProxy(redis.port);
      ends.push(() => proxy.close());
      service.members.push(new Member(proxy, () => service.#start(place, proxy.port)));
    }
    await Promise.all(service.members.map((member) => member.process.report('ready')));
    return service;
  }

  private constructor(parts: Parts, tokens: Tokens) {
    this.server = parts.server;
    this.redis = parts.redis;
    this.#origin = parts.origin;
    this.#program = parts.program;
    this.#tokens = tokens;
  }

  /** It remembers the tokens of the last sign-in, which are used up since. */
  #start(place: number, port: number): SessionProcess {
    const options: SessionOptions = {
      port,
      instances: 3,
      tokenUrl: `${this.#origin}/token?tab=${place}`,
      clientId: CLIENT,
      apiUrl: `${this.#origin}/graphql`,
      tokens: this.#tokens,
      timeout: 1_000,
    };
    const started: SessionProcess = new WorkerProcess(this.#program.file, options);
    ends.push(() => started.kill());
    return started;
  }

  asks(): Promise<readonly Asked[]> {
    return Promise.all(this.members.map((member) => member.asks()));
  }

  async signIn(): Promise<void> {
    this.#tokens = await this.server.signIn();
    this.members[0]?.process.order({ signIn: this.#tokens });
    // The others hear of it in their time.
    while (failuresOf(await this.asks()).length > 0);
  }

  /** Resolves once all know of the same tokens; to what has failed meanwhile. */
  async agree(): Promise<readonly string[]> {
    for (;;) {
      const asked = await this.asks();
      const failed = failuresOf(asked);
      const generations = new Set(asked.flatMap((one) => one.generations));
      if (failed.length > 0 || generations.size === 1) return failed;
    }
  }
}

/** When it happens: the refresh token before still serves, or it is used and the new one is nobody's yet. */
const MOMENTS = ['before the server sees the request', 'before its answer is sent'] as const;
type Moment = (typeof MOMENTS)[number];

/** What is there when something happens. */
interface Scene {
  readonly service: Service;
  readonly request: TokenRequest;
  /** It asks for the new tokens, and has the lease. */
  readonly holder: Member;
  /** One of those that wait for it. */
  readonly other: Member;
  /** Resolves once all of the rest have their answers. */
  rest(but: Member): Promise<void>;
}

/** What happens; answers what is done about it once the token request has gone on. */
type Trouble = (scene: Scene) => Promise<() => Promise<void>>;

const nothing = async (): Promise<void> => {};

/** The new tokens have come, and cannot be stored. */
const cannotStore = async ({ holder }: Scene): Promise<void> => {
  await holder.process.report('troubled');
};

/** Redis is killed, and is there again at once, or only after it was missed. */
function killed(options: { readonly empty: boolean; readonly isMissed: boolean }): Trouble {
  return async (scene) => {
    const { redis } = scene.service;
    await redis.kill();
    if (!options.isMissed) await redis.restart(options);
    return async () => {
      if (!options.isMissed) return;
      await cannotStore(scene);
      await redis.restart(options);
    };
  };
}

const ASKER_KILLED = 'the process that asks is killed';

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'nothing happens': async () => nothing,
  async [ASKER_KILLED]({ holder, request }) {
    await holder.process.kill();
    await request.over;
    return () => holder.replace();
  },
  async 'a process that waits is killed'({ other }) {
    await other.process.kill();
    return () => other.replace();
  },
  'Redis is killed, and comes back': killed({ empty: false, isMissed: false }),
  'Redis is killed, and comes back empty': killed({ empty: true, isMissed: false }),
  'Redis is killed, and comes back late': killed({ empty: false, isMissed: true }),
  'Redis is killed, and comes back late and empty': killed({ empty: true, isMissed: true }),
  async 'Redis hangs'(scene) {
    const { redis } = scene.service;
    redis.freeze();
    return async () => {
      await cannotStore(scene);
      redis.wake();
    };
  },
  async 'the line of the process that asks is cut'({ holder }) {
    holder.proxy.cut();
    return nothing;
  },
  async 'the line of the process that asks stalls'(scene) {
    const { proxy } = scene.holder;
    proxy.stall();
    return async () => {
      await cannotStore(scene);
      proxy.resume();
    };
  },
  async 'the line of a process that waits is cut'({ other }) {
    other.proxy.cut();
    return nothing;
  },
  async 'the line of a process that waits stalls'({ other, rest }) {
    other.proxy.stall();
    return async () => {
      await rest(other);
      other.proxy.resume();
    };
  },
};

/** The access tokens die, all ask, and in the midst of the one token call there is trouble. */
async function round(
  service: Service,
  trouble: Trouble,
  moment: Moment,
  random: () => number,
): Promise<readonly Asked[]> {
  const { server, members } = service;
  const answers = new Map<Member, Promise<Asked | undefined>>();
  const struck = new Promise<() => Promise<void>>((resolve, reject) => {
    let isFirst = true;
    const strike = async (request: TokenRequest): Promise<void> => {
      if (!isFirst) return request.proceed();
      isFirst = false;
      const holder = members[Number(request.tab)] as Member;
      const others = members.filter((member) => member !== holder);
      const other = others[Math.floor(random() * others.length)] as Member;
      const rest = async (but: Member): Promise<void> => {
        await Promise.all(members.map((member) => member !== but && answers.get(member)));
      };
      const mend = await trouble({ service, request, holder, other, rest });
      request.proceed();
      resolve(mend);
    };
    const at = (request: TokenRequest): void => void strike(request).catch(reject);
    server.onRequest = moment === MOMENTS[0] ? at : undefined;
    server.onAnswer = moment === MOMENTS[1] ? at : undefined;
  });
  server.expire();
  for (const member of members) {
    member.process.forget('troubled');
    const { process } = member;
    const answer = member.asks().catch((error: unknown) => {
      // Its questions end with a process.
      if (process.isOver) return undefined;
      throw error;
    });
    answers.set(member, answer);
  }
  const mend = await struck;
  await mend();
  const asked = await Promise.all(answers.values());
  return asked.filter((one) => one !== undefined);
}

describe.skipIf(missing)(`a session that many processes have${why}`, { timeout: 600_000 }, () => {
  it('T15 T14 is lost with a server that rotates refresh tokens (oidc-provider) only where whoever has the new one dies with it, and that is said', async () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const random = seeded(seed);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
    const program = await bundleProgram(join(import.meta.dirname, 'session-worker.fixture.ts'));
    ends.push(() => program.remove());
    const service = await Service.start(program);
    const { server } = service;
    expect(await service.agree()).toEqual([]);
    // Each of them, the one that may lose the session at both moments; then whatever comes.
    const planned = [...Object.keys(TROUBLES), ASKER_KILLED];
    let [kills, lost] = [0, 0];
    for (let number = 0; number < ROUNDS; number++) {
      const name = planned[number] ?? pick(planned);
      const moment = name === ASKER_KILLED ? (MOMENTS[kills++ % 2] as Moment) : pick(MOMENTS);
      const [calls, reuses] = [server.calls.length, server.reuses];
      const what = `SEED=${seed}, round ${number}: ${name} ${moment}`;
      try {
        const asked = await round(service, TROUBLES[name] as Trouble, moment, random);
        if (name === ASKER_KILLED && moment === MOMENTS[1]) {
          // The new tokens died with it: the old one was used again, and the server has ended the session.
          expect(server.reuses - reuses).toBe(1);
          expect(failuresOf(asked)).not.toEqual([]);
          // The one in its place asks for the first time.
          await service.asks();
          const states = (await service.asks()).flatMap((one) => one.states);
          expect(new Set(states)).toEqual(new Set(['failed: invalid_grant']));
          lost++;
          await service.signIn();
          expect(await service.agree()).toEqual([]);
          continue;
        }
        expect(failuresOf(asked)).toEqual([]);
        expect(await service.agree()).toEqual([]);
        expect({ calls: server.calls.length - calls, reuses: server.reuses - reuses }).toEqual({
          calls: name === ASKER_KILLED ? 2 : 1,
          reuses: 0,
        });
      } catch (error) {
        throw new Error(what, { cause: error });
      }
    }
    process.stdout.write(
      `${ROUNDS} rotations in trouble (SEED=${seed}): ${lost} sessions lost, each with the process that had the new tokens\n`,
    );
  });
});
