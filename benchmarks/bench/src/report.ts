import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { goalTable } from './goal.ts';
import { machineTable } from './machine.ts';
import type { Machine } from './machine.ts';
import type { Findings, Part } from './part.ts';
import { section } from './table.ts';

/** Everything that was found in one run. */
export interface Report {
  readonly machine: Machine;
  readonly parts: readonly { readonly part: Part; readonly findings: Findings }[];
}

/** The report as Markdown. */
function reportText({ machine, parts }: Report): string {
  const goals = parts.flatMap(({ findings }) => findings.goals);
  const blocks = [
    '# Benchmarks',
    'What Holdfast costs, beside what else an application would use. Written by `npm run bench`, which takes a few minutes; `node benchmarks/bench/src/main.ts --only=sizes` runs one part. The numbers behind the tables are in [benchmarks.json](benchmarks.json), and how they are taken in [benchmarks/bench](../benchmarks/bench/README.md).',
    section(goalTable(goals), 2),
    ...parts.flatMap(({ part, findings }) => [
      `## ${part.title}`,
      ...findings.tables.map((table) => section(table)),
    ]),
    section(machineTable(machine), 2),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** Writes benchmarks.md and benchmarks.json into the given folder, as prettier would. */
export async function writeReport(report: Report, docs: string): Promise<void> {
  const { machine, parts } = report;
  const raw = Object.fromEntries(parts.map(({ part, findings }) => [part.name, findings.raw]));
  await write(join(docs, 'benchmarks.md'), reportText(report));
  await write(join(docs, 'benchmarks.json'), JSON.stringify({ machine, ...raw }));
}

async function write(file: string, text: string): Promise<void> {
  const options = await resolveConfig(file);
  writeFileSync(file, await format(text, { ...options, filepath: file }));
}
