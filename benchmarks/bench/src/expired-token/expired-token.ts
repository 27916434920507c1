import { startFaultServer } from '@holdfast/testing';
import type { Goal } from '../goal.ts';
import { showCount, showMilliseconds } from '../number-format.ts';
import type { Findings, Part, PartOptions } from '../part.ts';
import { median } from '../statistics.ts';
import { runWorker } from '../worker.ts';
import type { Expired, ExpiredInput } from './expired-worker.ts';
import { contenderNames, contenders } from './scene.ts';
import type { ContenderName } from './scene.ts';

const OPERATIONS = 1_000;
const ROUNDS = 3;

interface Meeting extends Expired {
  readonly requests: number;
  readonly tokenCalls: number;
}

const worker = new URL('./expired-worker.ts', import.meta.url);

/** One meeting, in a fresh process as a page that was just opened. The server lives in this process. */
async function meet(contender: ContenderName, sources: boolean): Promise<Meeting> {
  const server = await startFaultServer({ auth: { reject: 'graphql' } });
  try {
    const deadToken = server.issueToken();
    server.expireTokens();
    const { url, tokenUrl } = server;
    const scene = { url, tokenUrl, deadToken };
    const input: ExpiredInput = { contender, operations: OPERATIONS, scene };
    const expired = await runWorker<Expired>(worker, { input, sources });
    const { length: requests } = server.requests;
    return { ...expired, requests, tokenCalls: server.tokenRequests.length };
  } finally {
    await server.close();
  }
}

async function run({ sources }: PartOptions): Promise<Findings> {
  const meetings = new Map<ContenderName, Meeting[]>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of contenderNames) {
      meetings.set(name, [...(meetings.get(name) ?? []), await meet(name, sources)]);
    }
  }
  const over = (name: ContenderName, pick: (meeting: Meeting) => number): number =>
    median((meetings.get(name) ?? []).map(pick));
  const most = (name: ContenderName, pick: (meeting: Meeting) => number): number =>
    Math.max(...(meetings.get(name) ?? []).map(pick));
  const least = over('minimum', ({ elapsedMs }) => elapsedMs);
  const ours: readonly ContenderName[] = ['apollo-ours', 'urql-ours'];
  const goals = ours.flatMap((name): Goal[] => [
    {
      title: `${contenders[name]}: token calls for ${showCount(OPERATIONS)} operations on an expired token`,
      wanted: 1,
      measured: most(name, ({ tokenCalls }) => tokenCalls),
      show: showCount,
    },
    {
      title: `${contenders[name]}: requests for them`,
      wanted: 2 * OPERATIONS,
      measured: most(name, ({ requests }) => requests),
      show: showCount,
    },
    {
      title: `${contenders[name]}: operations that failed`,
      wanted: 0,
      measured: most(name, ({ failed }) => failed),
      show: showCount,
    },
  ]);
  const rows = contenderNames.map((name) => [
    contenders[name],
    showCount(most(name, ({ tokenCalls }) => tokenCalls)),
    showCount(most(name, ({ requests }) => requests)),
    showCount(most(name, ({ failed }) => failed)),
    showMilliseconds(over(name, ({ elapsedMs }) => elapsedMs)),
    `${(over(name, ({ elapsedMs }) => elapsedMs) / least).toFixed(2)}×`,
    showMilliseconds(over(name, ({ cpuMs }) => cpuMs)),
  ]);
  const title = `${showCount(OPERATIONS)} operations at once on an expired token`;
  const head = [
    'client',
    'token calls',
    'requests',
    'failed',
    'all answered after',
    'of the minimum',
    'processor time',
  ];
  const notes = [
    `Over real HTTP, against a server in another process that answers UNAUTHENTICATED under status 200. Each client runs in a fresh process, as a page just opened; medians of ${ROUNDS} rounds in turn for times, the most of any round for counts. Nobody can know that the token is dead, so at least two requests an operation and one token call are needed: that is the first row.`,
  ];
  return {
    tables: [{ title, notes, head, rows }],
    goals,
    raw: Object.fromEntries(meetings),
  };
}

export const expiredToken: Part = {
  name: 'expired-token',
  title: 'An expired token',
  run,
};
