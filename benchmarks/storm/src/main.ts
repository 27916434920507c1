import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chapters, page, pictures, scores } from './page.ts';
import { ids, play } from './results.ts';
import type { Results } from './results.ts';

const SEED = 20_260;
const FOLDER = new URL('../../../docs/storms/', import.meta.url);
const CORE = new URL('../../../packages/core/package.json', import.meta.url);

/**
 * Plays every story with every policy, and says which goals are met. The exit status is 1 where one is
 * missed. Tables and pictures go to docs/storms, unless it was a quick run. Where stories are named, those are
 * played alone, and their tables printed.
 */
async function main(): Promise<void> {
  const [options, only] = [[] as string[], [] as string[]];
  for (const given of process.argv.slice(2)) (given.startsWith('-') ? options : only).push(given);
  const wrong = options.find((option) => option !== '--quick');
  if (wrong !== undefined) {
    console.error(`storm was given ${wrong}; allowed are --quick, and the names of stories.`);
    process.exitCode = 1;
    return;
  }
  const quick = options.length > 0;
  const unknown = only.find((id) => !ids.includes(id));
  if (unknown !== undefined) {
    console.error(`There is no story ${unknown}; there are ${ids.join(', ')}.`);
    process.exitCode = 1;
    return;
  }
  const began = performance.now();
  const told = ({ title, clients }: { readonly title: string; readonly clients: number }): void =>
    console.log(`${seconds(began).padStart(7)}  ${title}, ${clients.toLocaleString('en')} clients`);
  const results = await play(quick ? 0.1 : 1, SEED, told, only);
  const all = scores(results);
  for (const { id, goal } of all) {
    const outcome = goal.met ? 'met   ' : 'missed';
    console.log(`${outcome}  ${id}, ${goal.text}: ${goal.measured} (${goal.wanted})`);
  }
  if (only.length > 0) console.log(`\n${chapters(results)}\n`);
  else if (!quick) publish(results);
  const met = all.filter(({ goal }) => goal.met).length;
  console.log(`${met} of ${all.length} goals are met. ${seconds(began)}.`);
  process.exitCode = met === all.length ? 0 : 1;
}

function publish(results: Results): void {
  mkdirSync(FOLDER, { recursive: true });
  for (const name of readdirSync(FOLDER)) rmSync(new URL(name, FOLDER));
  for (const [name, svg] of Object.entries(pictures(results))) {
    writeFileSync(new URL(name, FOLDER), svg);
  }
  const { version } = JSON.parse(readFileSync(CORE, 'utf8')) as { version: string };
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(new URL('README.md', FOLDER), page(results, { seed: SEED, version, date }));
  console.log(`Tables and pictures are in ${fileURLToPath(FOLDER)}.`);
}

function seconds(began: number): string {
  return `${((performance.now() - began) / 1_000).toFixed(1)} s`;
}

await main();
