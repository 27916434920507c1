import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { comparison, summary } from './document.ts';
import { play } from './play.ts';
import { withComparison } from './readme.ts';
import { unmet } from './result.ts';
import { chapters } from './scenarios/all.ts';
import { tokenStacks } from './stacks/all.ts';
import { keepUncaughtErrors } from './uncaught.ts';
import { versions } from './versions.ts';

const DOCUMENT = new URL('../../../docs/comparison.md', import.meta.url);
const README = new URL('../../../README.md', import.meta.url);

/**
 * Plays every scenario on every stack, and writes docs/comparison.md and the table in the README. The exit
 * status is 0 only if Holdfast met every expectation.
 */
async function main(): Promise<void> {
  if (process.argv.length > 2) {
    console.error(`compare was given ${process.argv.slice(2).join(' ')}; it takes no arguments.`);
    process.exitCode = 1;
    return;
  }
  const began = performance.now();
  keepUncaughtErrors();
  leaveOutWarnings();
  const results = await play(chapters, (done, of) => {
    if (done % 20 === 0 || done === of) console.log(`${done} of ${of} runs`);
  });
  const measurement = {
    chapters: results,
    stacks: tokenStacks,
    versions: versions(),
    date: new Date().toISOString().slice(0, 10),
  };
  await write(DOCUMENT, comparison(measurement));
  await write(README, withComparison(await readFile(README, 'utf8'), summary(measurement)));
  const missed = unmet(results);
  for (const what of missed) console.error(`✗ ${what}`);
  const took = Math.round((performance.now() - began) / 1_000);
  console.log(
    missed.length === 0
      ? `Holdfast met every expectation. docs/comparison.md and README.md are written; it took ${took} s.`
      : `Holdfast missed ${missed.length} expectations; it took ${took} s.`,
  );
  process.exitCode = missed.length === 0 ? 0 : 1;
}

/** What peers and Node say to a developer about what is provoked here on purpose is left out. */
function leaveOutWarnings(): void {
  console.warn = () => undefined;
  process.removeAllListeners('warning');
}

async function write(file: URL, text: string): Promise<void> {
  const path = fileURLToPath(file);
  const options = await resolveConfig(path);
  await writeFile(file, await format(text, { ...options, filepath: path }));
}

await main();
