import { fileURLToPath } from 'node:url';
import { startBreeze } from '@holdfast/testing';
import { bundleProgram } from '../../../tests/servers/program.ts';
import { startRedis } from '../../../tests/servers/redis.ts';
import { Fleet } from './fleet.ts';
import { broken, closings, table } from './report.ts';
import { play } from './story.ts';
import type { Part } from './story.ts';

/**
 * Starts everything, plays the story, prints what came of it, and ends everything.
 *
 * @returns the exit code: 0 only if every promise was kept.
 */
export async function start(workers: number, rounds: number): Promise<number> {
  const redis = await startRedis();
  // As many requests as it takes: what is counted is what they cost in tokens.
  const breeze = await startBreeze({ limit: 1_000_000 });
  const { url, tokenUrl, clientId, clientSecret } = breeze;
  // In one file: hundreds of processes that each load a hundred take minutes to start.
  const program = await bundleProgram(fileURLToPath(new URL('worker.ts', import.meta.url)));
  const settings = { url, tokenUrl, clientId, clientSecret, redisUrl: redis.url };
  const fleet = new Fleet(program.file, settings);
  const parts: Part[] = [];
  const stop = async (): Promise<void> => {
    await fleet.kill();
    await Promise.all([breeze.close(), redis.close(), program.remove()]);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(
      signal,
      () => void stop().then(() => process.exit(signal === 'SIGINT' ? 130 : 143)),
    );
  }
  try {
    console.log(`Starting ${workers} processes on one Redis and one Breeze …`);
    await fleet.start(workers);
    for await (const part of play({ fleet, breeze, redis }, rounds)) {
      parts.push(part);
      console.log(`${broken(part).length === 0 ? '✓' : '✗'} ${part.title}`);
    }
    await fleet.end();
  } finally {
    await stop();
  }
  console.log(`\n${table(parts)}\n\n${closings(parts)}`);
  const faults = parts.flatMap(broken);
  for (const fault of faults) console.error(`✗ ${fault}`);
  return faults.length === 0 ? 0 : 1;
}
