import { PerformanceObserver } from 'node:perf_hooks';
import { runOneByOne } from './contender.ts';
import type { Contender } from './contender.ts';

/** A young generation so large that nothing is collected while a round is counted. */
export const allocationFlags: readonly string[] = [
  '--expose-gc',
  '--min-semi-space-size=128',
  '--max-semi-space-size=128',
];

const OPERATIONS = 1_000;

/**
 * Bytes that one operation allocates on the heap: how far the heap grew over many of them. A collection
 * in between would make that meaningless, and is an error.
 */
export async function allocatedPerOperation(contender: Contender): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('Counting allocations needs --expose-gc.');
  const collections = new PerformanceObserver(() => {});
  globalThis.gc();
  collections.observe({ entryTypes: ['gc'] });
  const before = process.memoryUsage().heapUsed;
  await runOneByOne(contender, OPERATIONS);
  const after = process.memoryUsage().heapUsed;
  const collected = collections.takeRecords().length;
  collections.disconnect();
  if (collected > 0) throw new Error('The heap was collected while allocations were counted.');
  return (after - before) / OPERATIONS;
}
