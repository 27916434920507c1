import { join } from 'node:path';
import { requireBuilt } from './built-packages.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandLine } from './command-line.ts';
import { goalTable } from './goal.ts';
import { thisMachine } from './machine.ts';
import type { Findings, Part } from './part.ts';
import { parts } from './parts.ts';
import { writeReport } from './report.ts';
import { repository } from './repository.ts';
import { section } from './table.ts';

/**
 * Measures what Holdfast costs and prints it. Where everything was measured, as built, docs/benchmarks.md
 * is written. The exit status does not depend on the numbers: another machine has others.
 */
async function main(): Promise<void> {
  const asked = commandLine();
  if (asked === undefined) return;
  const { only, ...options } = asked;
  if (!options.sources) requireBuilt(['core', 'apollo', 'urql', 'oauth', 'react', 'testing']);
  const found: { part: Part; findings: Findings }[] = [];
  for (const part of parts) {
    if (only !== undefined && !only.includes(part.name)) continue;
    const began = performance.now();
    const findings = await part.run(options);
    found.push({ part, findings });
    console.log(`\n## ${part.title} (${((performance.now() - began) / 1_000).toFixed(0)} s)`);
    for (const table of findings.tables) console.log(`\n${section(table)}`);
  }
  const goals = found.flatMap(({ findings }) => findings.goals);
  if (goals.length > 0) console.log(`\n${section(goalTable(goals), 2)}`);
  if (only !== undefined || options.sources) return;
  await writeReport({ machine: thisMachine(), parts: found }, join(repository, 'docs'));
  console.log('\nWritten: docs/benchmarks.md');
}

/** What is asked for; `undefined`, and said, where that is not to be had. */
function commandLine(): CommandLine | undefined {
  try {
    return readCommandLine(
      process.argv.slice(2),
      parts.map(({ name }) => name),
    );
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
    return undefined;
  }
}

await main();
