import { report, workerInput } from '../worker.ts';
import type { CrowdName } from './cases.ts';
import type { CrowdMaker } from './crowd.ts';

export interface WaitingInput {
  readonly crowd: CrowdName;
  /** How many wait, one measurement after the other. */
  readonly counts: readonly number[];
}

export interface Waited {
  readonly count: number;
  /** Bytes held for each, beyond what was there before they came. */
  readonly bytes: number;
  /** Milliseconds of processor time until all have gone; absent where nothing lets them go. */
  readonly releaseMs?: number;
}

async function makerOf(name: CrowdName): Promise<CrowdMaker> {
  if (name.startsWith('core')) {
    const core = await import('./core-crowds.ts');
    return name === 'core-gate' ? core.coreGate : core.coreRefresh;
  }
  if (name.startsWith('apollo')) {
    const apollo = await import('./apollo-crowds.ts');
    if (name === 'apollo-bare') return apollo.apolloBare;
    if (name === 'apollo-refresh') return apollo.apolloRefresh;
    if (name === 'apollo-gate') return apollo.apolloGate;
    return name === 'apollo-peers-refresh' ? apollo.apolloPeersRefresh : apollo.apolloPeersBackoff;
  }
  const urql = await import('./urql-crowds.ts');
  if (name === 'urql-bare') return urql.urqlBare;
  if (name === 'urql-refresh') return urql.urqlRefresh;
  if (name === 'urql-gate') return urql.urqlGate;
  return name === 'urql-peers-refresh' ? urql.urqlPeersRefresh : urql.urqlPeersBackoff;
}

/** What lives on the heap. The first collection may only begin to let go of what had finalizers. */
async function heldBytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('Counting held bytes needs --expose-gc.');
  globalThis.gc();
  await new Promise(setImmediate);
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

async function wait(make: CrowdMaker, count: number): Promise<Waited> {
  const crowd = await make();
  let left = count;
  let ended = (): void => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const done = (): void => {
    left -= 1;
    if (left === 0) ended();
  };
  const empty = await heldBytes();
  for (let index = 0; index < count; index += 1) crowd.join(done);
  const bytes = ((await heldBytes()) - empty) / count;
  if (crowd.began()) {
    throw new Error('Operations went on before those that wait were counted.');
  }
  if (crowd.release === undefined) return { count, bytes };
  const before = process.cpuUsage();
  crowd.release();
  await end;
  const { user, system } = process.cpuUsage(before);
  return { count, bytes, releaseMs: (user + system) / 1_000 };
}

async function main({ crowd, counts }: WaitingInput): Promise<void> {
  const make = await makerOf(crowd);
  for (let turn = 0; turn < 2; turn += 1) await wait(make, 1_000);
  const waited: Waited[] = [];
  for (const count of counts) waited.push(await wait(make, count));
  report(waited);
}

await main(workerInput<WaitingInput>());
