import { allMet } from './result.ts';
import type { ChapterResult, Result } from './result.ts';
import type { Stack } from './stack.ts';
import { chapterTable, scoreTable } from './table.ts';
import type { Version } from './versions.ts';

/** What was measured, with what and when. */
export interface Measurement {
  readonly chapters: readonly ChapterResult[];
  readonly stacks: readonly Stack[];
  readonly versions: readonly Version[];
  /** `2026-11-22` */
  readonly date: string;
}

/** docs/comparison.md as Markdown, before prettier. */
export function comparison(measurement: Measurement): string {
  const { chapters, stacks, versions, date } = measurement;
  const scenarios = chapters.flatMap(({ results }) => results);
  return `# Comparison

The same ${scenarios.length} troubles for Holdfast and for what the clients' own packages offer. This file is
written by \`npm run compare\`, last on ${date}; every cell is measured in that run.

Each run has a server of its own that fails on demand ([@holdfast/testing](../packages/testing)), real HTTP, real
clients, and the same operations. What is expected is the same for everybody, and stands on a rule of
[behaviour.md](behaviour.md). ✓ means that the expectation is met, ✗ that it is not, – that the
stack takes no part. Beside it stands what was seen. How many failed, and how many requests came, differs by a
few from run to run where a trouble lasts for seconds.

## Who takes part

${stacks.map(({ name, contents }) => `- **${name}**: ${contents}.`).join('\n')}

"Tuned" is not what one finds in applications. It is what a careful developer can reach with the options that are
documented and a few lines in them (\`benchmarks/compare/src/stacks\`).

${versions.map(({ name, version }) => `${name} ${version}`).join(', ')}.

## In numbers

${scoreTable(chapters, stacks)}

${plainWords(scenarios)}

What the table does not show: after a named wait Holdfast spreads its requests over half as much time again (at
least 1 s and at most 10 s, W3), so one client alone has its answer later than with a link that waits to the second. And a mutation
whose answer was lost is delivered as an error, where one that is sent again often succeeds; whether it then ran
twice is for the application to find out.

${chapters.map(chapterText).join('\n\n')}

## Run it again

\`\`\`sh
npm run compare
\`\`\`

It takes a minute or two, since waits are real, and writes this file and the table in the README. It fails if Holdfast
does not meet an expectation; what peers do has no influence on that.
`;
}

/** What stands between the markers of the README. */
export function summary({ chapters, stacks, versions, date }: Measurement): string {
  const shown = stacks.filter(({ readsAnswers }) => readsAnswers);
  const count = chapters.reduce((sum, { results }) => sum + results.length, 0);
  const peers = versions.filter(
    ({ name }, at) => /^@(apollo|urql)\//u.test(name) && firstOf(versions, name) === at,
  );
  return `${scoreTable(chapters, shown)}

How many of ${count} troubles end as they should, by the same expectation for all: measured on ${date} by \`npm run compare\` with ${peers
    .map(({ name, version }) => `\`${name}\` ${version}`)
    .join(', ')}. [docs/comparison.md](docs/comparison.md) has
each of them, what is expected in it and why, what "tuned" means, and where Holdfast is no better.`;
}

function firstOf(versions: readonly Version[], wanted: string): number {
  return versions.findIndex(({ name }) => name === wanted);
}

/** Where Holdfast is no better, and where it is worse. */
function plainWords(results: readonly Result[]): string {
  const everybody = results.filter((result) => allMet(result, () => true));
  const tuned = results.filter(
    (result) =>
      !everybody.includes(result) &&
      [...result.verdicts].some(([{ holdfast }, { met }]) => !holdfast && met),
  );
  const worse = results.filter(
    (result) =>
      !allMet(result, ({ holdfast }) => holdfast) &&
      [...result.verdicts].some(([{ holdfast }, { met }]) => !holdfast && met),
  );
  return [
    `Holdfast is no better than anybody in ${listed(everybody)}.`,
    `At least one other stack does as well in ${listed(tuned)}.`,
    worse.length === 0
      ? 'There is no scenario in which Holdfast misses what another stack meets.'
      : `Holdfast misses what another stack meets in ${listed(worse)}.`,
  ].join('\n\n');
}

function listed(results: readonly Result[]): string {
  if (results.length === 0) return 'none of them';
  return `${results.length}: ${results.map(({ scenario }) => `“${scenario.title}”`).join(', ')}`;
}

function chapterText(result: ChapterResult): string {
  const stories = result.chapter.scenarios.map(
    ({ title, rules, story }) => `- **${title}** (${rules.join(', ')}). ${story}`,
  );
  return `## ${result.chapter.title}

${chapterTable(result)}

${stories.join('\n')}`;
}
