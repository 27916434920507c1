import { report, workerInput } from '../worker.ts';
import type { ContenderName, Scene, Send } from './scene.ts';

export interface ExpiredInput {
  readonly contender: ContenderName;
  readonly operations: number;
  readonly scene: Scene;
}

export interface Expired {
  /** Milliseconds from the first operation to the last answer. */
  readonly elapsedMs: number;
  /** Milliseconds of processor time in that span. */
  readonly cpuMs: number;
  readonly failed: number;
}

async function senderOf(name: ContenderName, scene: Scene): Promise<Send> {
  if (name === 'minimum') return (await import('./minimum.ts')).minimum(scene);
  if (name === 'apollo-ours') return (await import('./apollo-senders.ts')).apolloOurs(scene);
  if (name === 'apollo-peers') return (await import('./apollo-senders.ts')).apolloPeers(scene);
  if (name === 'urql-ours') return (await import('./urql-senders.ts')).urqlOurs(scene);
  return (await import('./urql-senders.ts')).urqlPeers(scene);
}

async function main({ contender, operations, scene }: ExpiredInput): Promise<void> {
  const send = await senderOf(contender, scene);
  const cpu = process.cpuUsage();
  const began = performance.now();
  const answers = await Promise.allSettled(Array.from({ length: operations }, send));
  const elapsedMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const failed = answers.filter(({ status }) => status === 'rejected').length;
  report({ elapsedMs, cpuMs: (user + system) / 1_000, failed } satisfies Expired);
}

await main(workerInput<ExpiredInput>());
