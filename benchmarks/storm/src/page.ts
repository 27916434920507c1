import { markdownTable } from 'markdown-table';
import { ID, TITLE } from './fleet.ts';
import type { FleetMeasures } from './fleet.ts';
import { fleetGoals, goalsOf, peakOf, percent } from './goals.ts';
import type { Goal } from './goals.ts';
import { draw } from './picture.ts';
import { tanStackQuery } from './policies/others.ts';
import { compared, fast, numbers, policies, seldom } from './results.ts';
import type { Result, Results } from './results.ts';
import { normalLoad, START, stories } from './stories.ts';
import { LATENCY } from './storm.ts';
import type { Story } from './stories.ts';

export interface Edition {
  readonly seed: number;
  /** Of `@holdfast/core`. */
  readonly version: string;
  /** Such as 2026-01-31. */
  readonly date: string;
}

const SECOND = 1_000;

/** The page on storms, as Markdown. */
export function page(results: Results, { seed, version, date }: Edition): string {
  const score = scores(results);
  return `${[
    '# Storms',
    `What becomes of users and of an API in bad weather, with Holdfast and with others. The core itself runs here, thousands of instances of it, in virtual time. Written by \`npm run storm\` on ${date} with @holdfast/core ${version} and seed ${seed}; the numbers depend on the seed and the code, not on the machine.`,
    '## Goals',
    table(
      ['story', 'Holdfast', 'wanted', 'measured', ''],
      score.map(({ title, goal }) => [
        title,
        goal.text,
        goal.wanted,
        goal.measured,
        goal.met ? 'met' : '**missed**',
      ]),
    ),
    ...stories.flatMap((story) => [`## ${story.title}`, ...chapter(results, story)]),
    ...(results.fleet === undefined ? [] : [`## ${TITLE}`, ...fleetChapter(results.fleet)]),
    '## Why the numbers of an outage are what they are',
    ...reasons(results),
    '## How it is done',
    METHOD,
    table(
      ['policy', 'source'],
      policies.map(({ name, source }) => [name, source]),
    ),
    '## What this does not show',
    limits(results),
  ].join('\n\n')}\n`;
}

/** One goal of a story, with what came of it. */
export interface Score {
  readonly id: string;
  readonly title: string;
  readonly goal: Goal;
}

/** Every goal of every story that was played. */
export function scores(results: Results): Score[] {
  const played = stories.filter((story) => results.each(story).length > 0);
  const all = played.flatMap((each) => {
    const { story, measures } = results.of(each);
    const theirs = () => results.of(each, tanStackQuery).measures;
    const { id, title } = story;
    return goalsOf(story, measures, theirs).map((goal) => ({ id, title, goal }));
  });
  const fleet = results.fleet === undefined ? [] : fleetGoals(results.fleet);
  return [...all, ...fleet.map((goal) => ({ id: ID, title: TITLE, goal }))];
}

/** What came of one story, as Markdown. */
export function chapters(results: Results): string {
  const played = stories.filter((story) => results.each(story).length > 0);
  return [
    ...played.flatMap((story) => [`## ${story.title}`, storyTable(results, story)]),
    ...(results.fleet === undefined ? [] : [`## ${TITLE}`, ...fleetChapter(results.fleet)]),
  ].join('\n\n');
}

/** The pictures by the names of their files. */
export function pictures(results: Results): Readonly<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const each of stories.filter(isDrawn)) {
    const { story } = results.of(each);
    const from = START - 5 * SECOND;
    const to = START + story.lasts + 20 * SECOND;
    const step = SECOND / 2;
    const load = (normalLoad(story) * step) / SECOND;
    const lines = results.each(each).map(({ policy: { name }, measures }) => {
      const points: (readonly [number, number])[] = [];
      for (let at = from; at < to; at += step) {
        const requests = measures.between(at, at + step);
        points.push([(at + step / 2 - START) / SECOND, Number((requests / load).toFixed(3))]);
      }
      return { name, points };
    });
    all[`${story.id}.svg`] = draw({
      title: story.title,
      from: (from - START) / SECOND,
      to: (to - START) / SECOND,
      trouble: { from: 0, to: story.lasts / SECOND },
      lines,
    });
  }
  return all;
}

function isDrawn({ id }: Story): boolean {
  return ['busy', 'down-60', 'hint'].includes(id);
}

function chapter(results: Results, story: Story): string[] {
  const shown = storyTable(results, story);
  return isDrawn(story) ? [`![${story.title}](${story.id}.svg)`, shown] : [shown];
}

function storyTable(results: Results, story: Story): string {
  const head = [
    'policy',
    'queries failed (of those begun in the trouble)',
    'mutations failed',
    'run twice',
    'requests an operation',
    'busiest second, normal loads',
    'normal load after',
    'wait, p99',
    'longest',
    ...(story.goals.early === undefined ? [] : ['before the instant told']),
    ...(story.tokens === true ? ['token calls a client'] : []),
  ];
  return table(head, results.each(story).map(row));
}

function fleetChapter(measures: FleetMeasures): string[] {
  const { instances, operations, requests, cold, renewed, early, failed, open, known } = measures;
  const [median = NaN, last = NaN] = [known[Math.floor(known.length / 2)], known.at(-1)];
  const head = [
    'instances',
    'token calls from cold',
    'for a dead token',
    'operations',
    'requests an operation',
    'before the instant told',
    'failed',
    'never answered',
    'a limit is known after (median)',
    'last',
  ];
  const values = [
    instances.toLocaleString('en'),
    cold,
    renewed,
    operations.toLocaleString('en'),
    (requests / operations).toFixed(2),
    early,
    failed,
    open,
    `${median.toFixed(0)} ms`,
    `${last.toFixed(0)} ms`,
  ];
  return [FLEET, table(head, [values.map(String)])];
}

function row({ story, policy, measures }: Result): string[] {
  const { query, mutation, troubled, twice, early, tokenCalls } = measures;
  const load = normalLoad(story);
  return [
    policy.name,
    story.once === true
      ? percent(query.share)
      : `${percent(query.share)} (${percent(troubled.share)})`,
    mutation.begun === 0 ? '–' : percent(mutation.share),
    mutation.begun === 0 ? '–' : String(twice),
    measures.requestsPerOperation.toFixed(2),
    peakOf(story, measures).toFixed(2),
    // A tenth more is normal, and so is chance: four standard deviations of what comes in bursts.
    story.once === true
      ? '–'
      : inSeconds(measures.settlesAfter(load * 1.1 + 4 * Math.sqrt(load * story.burst))),
    inSeconds(measures.wait(0.99)),
    inSeconds(measures.wait(1)),
    ...(story.goals.early === undefined ? [] : [String(early)]),
    ...(story.tokens === true ? [(tokenCalls / story.clients).toFixed(2)] : []),
  ];
}

function reasons(results: Results): string[] {
  const [busy, down, half] = compared as readonly [Story, Story, Story];
  const rows = numbers.map((policy) => {
    const { story, measures: one } = results.of(busy, policy);
    const { measures: other } = results.of(down, policy);
    const { measures: third } = results.of(half, policy);
    return [
      policy.name,
      percent(one.query.share),
      peakOf(story, one).toFixed(2),
      inSeconds(one.wait(0.99)),
      percent(other.query.share),
      other.requestsPerOperation.toFixed(2),
      peakOf(results.of(down, policy).story, other).toFixed(2),
      inSeconds(other.wait(0.99)),
      percent(third.query.share),
      third.requestsPerOperation.toFixed(2),
    ];
  });
  return [
    'Other numbers than the defaults, with fewer clients: 500 for 10 s at four operations a second (A), 500 for 30 s at one a second (B), and half of the answers 500 for a minute at one a second (C).',
    table(
      [
        'numbers',
        'A: queries failed',
        'A: busiest second',
        'A: wait, p99',
        'B: queries failed',
        'B: requests',
        'B: busiest second',
        'B: wait, p99',
        'C: queries failed',
        'C: requests',
      ],
      rows,
    ),
    WHY,
  ];
}

/** A Markdown table, its columns as wide as their widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable([head, ...rows]);
}

function inSeconds(ms: number): string {
  return `${(ms / SECOND).toFixed(1)} s`;
}

function limits(results: Results): string {
  const { story, measures } = results.of(fast);
  const { least, most } = fast.latency ?? LATENCY;
  const { mutation } = results.of(seldom).measures;
  return `- Clients do not react to failure: nobody reloads a page, and nobody goes away.
- The server has no capacity that could be exceeded, and the network loses nothing: a wave that is too high would make an outage longer, and here it does not.
- But for the fleet, clients share nothing: with \`browserShare\` those of one browser would make one token call between them.
- The peers are what their algorithms say, with their defaults, not their code.
- What was held leaves the sooner, the sooner answers come. With answers after ${least} to ${most} ms the busiest second of the first story has ${peakOf(story, measures).toFixed(2)} normal loads.
- A client that asks seldom cannot tell one broken query from a server that is down, and a mutation that comes just then waits behind it. In the story of the broken query, at an operation in ten seconds a client, ${percent(mutation.share)} of all mutations run out of patience so, unsent.`;
}

const FLEET = `All instances share one store, as processes do on Redis. All of them ask at once: from cold, when the token has died, and when one of them has met a limit of five seconds, just as a tenth of them was cut off from the store. A message to the store, or back, or of a change takes 1 to 20 ms, and one in a hundred is lost: whoever misses one that matters goes on without the others, and may make a token call of its own, or one request that is told the limit once more.`;

const WHY = `- **Probes up to 5 s apart (\`probe.cap\`).** When the API is back, all clients come back within one such span, and each brings what its users have asked for meanwhile: the shorter the span, the higher the wave. A longer one flattens it, but users wait longer, and those who waited from the beginning run out of patience.
- **The first probe after 1 s (\`probe.base\`).** It hardly matters where an outage is long: after a few probes they are 5 s apart all the same. Sooner costs requests at a server that has just fallen, later costs answers where the trouble is short or passes by itself.
- **Each delay is half of it to all of it, at random.** The clients have all noticed the outage within a second; they must not return within one.
- **15 s of patience.** Less gives up in outages that are over in a moment. More saves queries in longer ones, for users who may have left by then, and ends in a higher wave: with half a minute of patience it is about twice as high. Who has no user waiting, such as a job at night, sets more.
- **Two failures in a row make an outage, three of one operation where others were answered.** With one, each lost request would hold up a whole client. With two, about two operations of a client are lost before the others wait; the mutations among them cannot be saved without the risk of running them twice.
- **The window.** After an outage two go at once, then one more a round: what has waited for ten seconds takes some rounds to leave, and all clients do not begin in the same instant. Both together keep the wave from growing with what was held.
- **The retry budget.** Waiting for an outage costs none. Where half of the answers fail for long, the 100 of a tab that asks once a second are soon spent: then nothing is retried but what outages hold, and more operations fail than without a budget, as with TanStack Query's policy. A busy page may want more (\`retry.budget.capacity\`).`;

const METHOD = `- Time is virtual: one queue of events is the clock of each client, and nothing waits. Promises are let settle before time moves on.
- Holdfast is the core itself, one \`createResilience\` for each client, through its public \`execute\`, with clock and random numbers handed in, and with the retry budget of a tab. The others are functions of a few lines after the published code, one state for each client.
- Clients ask at random instants, as often whatever became of their last question, from half a minute before the trouble to a minute after it. 15 % are mutations of three names, but a page has none; queries have nine names.
- Counted are the operations that began in the trouble or in the minute after it, and their requests; in brackets the queries that began in the trouble alone. An answer takes ${LATENCY.least} to ${LATENCY.most} ms, as on a mobile network.
- A 500 is an answer without a body. Half of the mutations answered so have run, and nothing says which. "Run twice" counts those that the server ran more than once.
- "Busiest second" is the second since the trouble began in which most requests came, of all clients together, in normal loads; where 300 come at once, in what is allowed a second. "Normal load after" is the end of the last second, counted from the end of the trouble, with more than 110 % of it (and four standard deviations).
- "Wait" is the time to an answer or a final failure: whoever gives up at once waits least.
- Where tokens are wanted, a rejected token makes each policy but Holdfast ask for a new one, once for all that wait, and then send the operation once more.
- Arrivals, server and client draw from streams of their own: all policies meet the same operations at the same instants.`;
