import { setTimeout as sleep } from 'node:timers/promises';
import type { BreezeServer } from '@holdfast/testing';
import type { RedisServer } from '../../../tests/servers/redis.ts';
import type { Fleet, Worker } from './fleet.ts';
import type { Answer } from './messages.ts';

/** What happened in one part of the story. */
export interface Part {
  readonly title: string;
  readonly processes: number;
  readonly tokenCalls: number;
  /** How many the part may cost: one more for each process that could not ask Redis, or waited too long. */
  readonly allowed: number;
  readonly withoutRedis: number;
  readonly requests: number;
  readonly waits: number;
  /** Milliseconds until the last query of a process was answered. */
  readonly longest: number;
  readonly failures: readonly string[];
  /** Queries that ended with their process. */
  readonly lost: number;
  /** Requests that came while the API had said not to. */
  readonly early: number;
  /** For each 429, the milliseconds from its answer until every process knew; `undefined`: not before its instant. */
  readonly closings: readonly (number | undefined)[];
}

interface Stage {
  readonly fleet: Fleet;
  readonly breeze: BreezeServer;
  readonly redis: RedisServer;
}

/** What a part does, and what it may cost. */
interface Scene {
  readonly title: string;
  play(stage: Stage): Promise<Played>;
}

interface Played {
  readonly allowed: number;
  readonly answers: readonly (Answer | undefined)[];
  readonly early?: number;
  readonly closings?: readonly (number | undefined)[];
}

/** What the API asks for in a 429, in seconds. */
const RETRY_AFTER = 2;
/** After so many milliseconds in line for a token call, a process makes its own. */
const IN_LINE = 12_000;
/** How many ask for themselves while Redis is gone, at most. */
const ALONE = 5;

/** Plays the whole story; `rounds`: how many 429s are met. */
export async function* play(stage: Stage, rounds: number): AsyncGenerator<Part> {
  for (const scene of scenes(rounds)) {
    const { breeze, fleet } = stage;
    const [tokenCalls, requests] = [breeze.tokenRequests.length, breeze.requests.length];
    const unasked = new Set<Worker>();
    const stop = fleet.hear(({ worker, report }) => {
      if (report.type === 'without-redis') unasked.add(worker);
    });
    const { allowed, answers, early = 0, closings = [] } = await scene.play(stage);
    stop();
    breeze.clearFaults();
    const known = answers.filter((answer) => answer !== undefined);
    const late = known.filter(({ took }) => took >= IN_LINE).length;
    yield {
      title: scene.title,
      processes: fleet.workers.length,
      tokenCalls: breeze.tokenRequests.length - tokenCalls,
      allowed: allowed + unasked.size + late,
      withoutRedis: unasked.size,
      requests: breeze.requests.length - requests,
      waits: known.reduce((sum, { waits }) => sum + waits, 0),
      longest: Math.max(0, ...known.map(({ took }) => took)),
      failures: known.flatMap(({ failures }) => failures),
      lost: answers.length - known.length,
      early,
      closings,
    };
  }
}

function scenes(rounds: number): readonly Scene[] {
  return [
    { title: 'Cold start, all at once', play: coldStart },
    { title: 'The token has died', play: deadToken },
    { title: 'Whoever asks for the next one is killed over it', play: killedHolder },
    { title: 'A quarter is stopped in mid-flight, and goes on later', play: stopped },
    ...Array.from({ length: rounds }, (_, index) => ({
      title: `One meets a 429 (${index + 1} of ${rounds})`,
      play: limited,
    })),
    { title: 'Redis hangs', play: frozenRedis },
    { title: 'Redis is killed in mid-flight', play: killedRedis },
    { title: 'Without Redis the token dies, and a few need another', play: alone },
    { title: 'Redis is back, and has forgotten everything', play: emptyRedis },
  ];
}

function askAll(workers: readonly Worker[]): Promise<readonly (Answer | undefined)[]> {
  return Promise.all(workers.map((worker) => worker.ask()));
}

async function coldStart({ fleet }: Stage): Promise<Played> {
  return { allowed: 1, answers: await askAll(fleet.workers) };
}

async function deadToken({ fleet, breeze }: Stage): Promise<Played> {
  breeze.expireTokens();
  return { allowed: 1, answers: await askAll(fleet.workers) };
}

/** The call that hangs, and one more: by whoever has the lease next. What comes anew finds the token. */
async function killedHolder({ fleet, breeze }: Stage): Promise<Played> {
  breeze.inject({ on: 'token', hang: true });
  breeze.expireTokens();
  const calls = breeze.tokenRequests.length;
  const calling = fleet.next('token-call');
  const asked = askAll(fleet.workers);
  const { worker } = await calling;
  // Killed sooner, it would leave the call that hangs to the next one.
  while (breeze.tokenRequests.length === calls) await sleep(10);
  worker.signal('SIGKILL');
  await worker.ended;
  const answers = await asked;
  return { allowed: 2, answers: [...answers, ...(await askAll(await fleet.start(1)))] };
}

/** They wake with an old token, and find the new one. */
async function stopped({ fleet, breeze }: Stage): Promise<Played> {
  const { workers } = fleet;
  const quarter = workers.slice(0, Math.max(1, Math.floor(workers.length / 4)));
  const others = workers.slice(quarter.length);
  breeze.inject({ delay: 500, times: workers.length });
  const before = breeze.requests.length;
  const asked = askAll(workers);
  // Whoever fails before it has sent anything is told at the end.
  await Promise.race([breeze.received(before + workers.length), asked]);
  for (const worker of quarter) worker.signal('SIGSTOP');
  breeze.expireTokens();
  const meanwhile = await askAll(others);
  for (const worker of quarter) worker.signal('SIGCONT');
  const answers = [...(await asked), ...meanwhile, ...(await askAll(workers))];
  return { allowed: 1, answers };
}

/** One query meets it; the others hear of it, and all of them ask while it lasts. */
async function limited({ fleet, breeze }: Stage): Promise<Played> {
  const { workers } = fleet;
  const [first] = workers as readonly [Worker];
  breeze.inject({ status: 429, headers: { 'retry-after': String(RETRY_AFTER) } });
  const closed = new Map<Worker, number>();
  let answeredAt = Infinity;
  let all = (): void => {};
  const known = new Promise<void>((resolve) => {
    all = resolve;
  });
  const stop = fleet.hear(({ worker, report }) => {
    if (report.type === 'limited') answeredAt = report.at;
    if (report.type !== 'closed') return;
    closed.set(worker, report.at);
    if (closed.size === workers.length) all();
  });
  const before = breeze.requests.length;
  const met = first.ask();
  await Promise.race([breeze.received(before + 1), met]);
  // No sooner than this: the wait is counted from the answer, and the request came before it.
  const instant = (breeze.requests[before]?.at ?? 0) + RETRY_AFTER * 1_000;
  const over = new AbortController();
  const passed = sleep(Math.max(instant - Date.now(), 0), undefined, over).catch(() => undefined);
  await Promise.race([known, passed]);
  over.abort();
  const answers = await askAll(workers);
  stop();
  const early = breeze.requests.slice(before + 1).filter(({ at }) => at < instant).length;
  const closing =
    closed.size === workers.length ? Math.max(...closed.values()) - answeredAt : undefined;
  return { allowed: 0, answers: [await met, ...answers], early, closings: [closing] };
}

/** What an operation needs, its process has. */
async function frozenRedis({ fleet, redis }: Stage): Promise<Played> {
  redis.freeze();
  const answers = await askAll(fleet.workers);
  redis.wake();
  await fleet.meet();
  return { allowed: 0, answers };
}

async function killedRedis({ fleet, breeze, redis }: Stage): Promise<Played> {
  const { workers } = fleet;
  breeze.inject({ delay: 500, times: workers.length });
  const before = breeze.requests.length;
  const asked = askAll(workers);
  await Promise.race([breeze.received(before + Math.ceil(workers.length / 2)), asked]);
  await redis.kill();
  return { allowed: 0, answers: await asked };
}

/** Nobody knows of the others: one call a process that needs one. */
async function alone({ fleet, breeze }: Stage): Promise<Played> {
  // They are allowed one each for being without Redis.
  const few = fleet.workers.slice(0, Math.min(ALONE, Math.ceil(fleet.workers.length / 2)));
  breeze.expireTokens();
  return { allowed: 0, answers: await askAll(few) };
}

/** The newest token wins: whoever still has the dead one finds it. */
async function emptyRedis({ fleet, redis }: Stage): Promise<Played> {
  await redis.restart({ empty: true });
  await fleet.meet();
  return { allowed: 0, answers: await askAll(fleet.workers) };
}
