import Table from 'cli-table3';
import type { Part } from './story.ts';

/** The promises that a part broke, each in a sentence. */
export function broken({ title, tokenCalls, allowed, failures, early }: Part): readonly string[] {
  const sentences: string[] = [];
  if (tokenCalls > allowed) {
    sentences.push(`${title}: ${tokenCalls} token calls, and ${allowed} would have done.`);
  }
  if (early > 0) sentences.push(`${title}: ${early} requests came before the instant of the 429.`);
  if (failures.length > 0) {
    sentences.push(
      `${title}: ${failures.length} queries failed: ${[...new Set(failures)].join('; ')}`,
    );
  }
  return sentences;
}

/** What happened, part by part. */
export function table(parts: readonly Part[]): string {
  const drawn = new Table({
    head: [
      '',
      'What happens',
      'Processes',
      'Without\nRedis',
      'Token\ncalls',
      'Requests',
      'Waits',
      'Longest\nquery',
      'Failed',
      'Lost',
    ],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', ...Array.from({ length: 8 }, () => 'right' as const)],
  });
  for (const part of parts) {
    const { title, processes, withoutRedis, tokenCalls, allowed, requests, waits } = part;
    const { longest, failures, lost } = part;
    drawn.push([
      broken(part).length === 0 ? '✓' : '✗',
      title,
      processes,
      withoutRedis,
      `${tokenCalls} of ${allowed}`,
      requests,
      waits,
      `${(longest / 1_000).toFixed(1)} s`,
      failures.length,
      lost,
    ]);
  }
  return drawn.toString();
}

/** How soon a 429 was known to all. */
export function closings(parts: readonly Part[]): string {
  const all = parts.flatMap((part) => part.closings);
  const known = all.filter((took) => took !== undefined).sort((one, other) => one - other);
  const late = all.length - known.length;
  const [median, slowest] = [known[Math.floor(known.length / 2)], known.at(-1)];
  const told =
    median === undefined
      ? 'No 429 was known to all before its instant'
      : `A 429 was known to all ${median} ms after its answer (median of ${known.length}; at most ${slowest} ms)`;
  const early = parts.reduce((sum, part) => sum + part.early, 0);
  const slow = late === 0 || median === undefined ? '' : ` ${late} took longer than its instant.`;
  return `${told}; ${early} requests came before its instant.${slow}`;
}
