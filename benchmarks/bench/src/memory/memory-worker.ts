import { report, workerInput } from '../worker.ts';
import { crowds } from './crowds.ts';
import type { CrowdName } from './crowds.ts';

export interface MemoryInput {
  readonly crowd: CrowdName;
  readonly count: number;
  readonly rounds: number;
}

/** What lives on the heap. The first collection may only begin to let go of what had finalizers. */
async function heldBytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('Counting held bytes needs --expose-gc.');
  globalThis.gc();
  await new Promise(setImmediate);
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** Bytes for each of so many. */
async function held({ crowd: name, count }: MemoryInput): Promise<number> {
  const { make, sends } = crowds[name];
  const crowd = make();
  const empty = await heldBytes();
  for (let index = 0; index < count; index += 1) crowd.join();
  const bytes = ((await heldBytes()) - empty) / count;
  const expected = sends ? count : 0;
  if (crowd.sent() !== expected) {
    throw new Error(`${crowd.sent()} of "${name}" were sent where ${expected} should have been.`);
  }
  crowd.dispose();
  return bytes;
}

async function main(input: MemoryInput): Promise<void> {
  await held(input);
  const bytes: number[] = [];
  for (let round = 0; round < input.rounds; round += 1) bytes.push(await held(input));
  report(bytes);
}

await main(workerInput<MemoryInput>());
