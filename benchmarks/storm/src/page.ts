import { steadyState } from './bucket.ts';
import { charts } from './charts.ts';
import { recoveryOf } from './goals.ts';
import type { Goal } from './goals.ts';
import { refreshing, retrying } from './policies/all.ts';
import { LIMITS, method, summary } from './prose.ts';
import type { Result, Results } from './results.ts';
import { endOf } from './trouble.ts';
import { lasted, percent, table } from './table.ts';

export interface Edition {
  readonly seed: number;
  /** Of `@holdfast/core`. */
  readonly version: string;
  /** Such as 2026-01-31. */
  readonly date: string;
}

const SECOND = 1_000;

/** The page on storms, as Markdown. */
export function page(results: Results, all: readonly Goal[], edition: Edition): string {
  return `${[
    '# Storms',
    `What Holdfast does to an API in bad weather, and what others do. The core itself runs here, up to a million instances of it, in virtual time. Written by \`npm run storm\` on ${edition.date} with @holdfast/core ${edition.version} and seed ${edition.seed}; the numbers depend on the seed and the code, not on the machine.`,
    summary(results),
    '## Goals',
    goalTable(all),
    ...missed(all),
    '## An outage',
    picture(results, 'outage-tabs'),
    storms(results, 'unavailable-60-tab'),
    'A tab sends little, so its budget lasts: until about 17 s into an outage tabs send up to three requests for each operation. An outage of ten seconds is over before the budget is felt:',
    storms(results, 'unavailable-10-tab'),
    'A server that says nothing until the gateway gives up after 10 s:',
    storms(results, 'nothing-120-tab'),
    'The same for 20 s. What was sent last is known to be lost ten seconds after the end, and sent again then:',
    storms(results, 'nothing-20-tab'),
    'A budget is meant for steady traffic:',
    picture(results, 'outage-processes'),
    storms(results, 'unavailable-60-process'),
    'Nothing listens at all (ECONNREFUSED). No request gets through, and Holdfast tries each one twice (R6):',
    storms(results, 'refused-60-process'),
    '## A server that is too slow',
    'The server does a fifth of its normal load for a while. Its queue grows to 15 s of work, the gateway gives up after 10 s, and the server goes on with what nobody waits for. Retries can keep it there after the cause has gone.',
    picture(results, 'recovery'),
    picture(results, 'slow-20'),
    storms(results, 'slow-20-tab'),
    'This is the storm in which a budget in each tab is not enough. Seven retries are few for a tab, and for a million tabs they are seven million: 35 s of normal load on top, to a server that catches up by half of the normal load in a second. A smaller budget shortens the storm, but gives up too soon when a fifth of all requests fail; no capacity reaches both goals. Not repeating a 504 (`retry.when`) does, and pays with what a short silence costs:',
    options(results),
    picture(results, 'slow-60'),
    storms(results, 'slow-60-tab'),
    'Server processes, 20 s:',
    storms(results, 'slow-20-process'),
    '## Requests that fail now and then',
    picture(results, 'failing'),
    'Half of all requests fail. Server processes, then tabs after five minutes:',
    failures(results, 'failing-50-process', 30, 60),
    failures(results, 'failing-50-tab', 300, 600),
    'A fifth of all requests fails; three attempts without a budget would leave 0.8 %:',
    failures(results, 'failing-20-process', 30, 60),
    failures(results, 'failing-20-tab', 300, 600),
    'The same on paper, as a Markov chain over what is left in the bucket, in the long run; a success returns 1, or what its last retry cost:',
    bucketTable(),
    '## A limit',
    picture(results, 'hint'),
    picture(results, 'busiest'),
    hintTable(results),
    'Everything is answered 429 for ten seconds, with the seconds until the end as Retry-After:',
    storms(results, 'limit-10-tab'),
    'What Holdfast was told to hold back it sends later, and all of it is answered. Without retries it is lost, and so nothing comes on top.',
    '## Tokens',
    'Tabs of which each opens a page of four queries every 20 s. A deploy revokes every token.',
    tokenTable(results, 'revocation-tab'),
    'The same, where the token endpoint issues a tenth of all tokens in ten seconds and answers 429 to the rest: the last tab cannot have its token before 80 s have passed.',
    picture(results, 'tokens'),
    tokenTable(results, 'revocation-limited-tab'),
    '## How it is done',
    method(results),
    '## Who is compared',
    table(
      ['policy', 'source'],
      [...new Set([...retrying, ...refreshing])].map(({ name, source }) => [name, source]),
    ),
    '## What this does not show',
    LIMITS,
  ].join('\n\n')}\n`;
}

function goalTable(all: readonly Goal[]): string {
  return table(
    ['goal', 'wanted', 'measured', ''],
    all.map(({ text, wanted, measured, met }) => [
      text,
      wanted,
      measured,
      met ? 'met' : '**missed**',
    ]),
  );
}

/** Those that are missed, by the reason. */
function missed(all: readonly Goal[]): string[] {
  const reasons = new Map<string, string[]>();
  for (const { text, met, because = 'not known; this is new' } of all) {
    if (!met) reasons.set(because, [...(reasons.get(because) ?? []), text]);
  }
  if (reasons.size === 0) return [];
  const items = [...reasons].map(([because, texts]) => `- ${texts.join('; ')}. Why: ${because}.`);
  return ['Those that are missed:', items.join('\n')];
}

function picture(results: Results, name: string): string {
  const chart = charts(results)[name];
  return `![${chart?.title ?? name}](${name}.svg)`;
}

function storms(results: Results, id: string): string {
  return table(
    [
      'policy',
      'requests per operation during the trouble',
      'in its last 10 s',
      'operations failed',
      'before a hint',
      'normal load again after',
    ],
    results.each(id).map((result) => {
      const { scenario, policy, measures } = result;
      const from = Math.min(...scenario.troubles.map((trouble) => trouble.from));
      const to = endOf(scenario.troubles);
      const late = Math.max(from, to - 10 * SECOND);
      return [
        policy.name,
        measures.requestsPerOperation(from, to).toFixed(2),
        measures.requestsPerOperation(late, to).toFixed(2),
        percent(measures.failureShare()),
        Math.round(measures.early * perInstance(result)).toLocaleString('en'),
        lasted(recoveryOf(result)),
      ];
    }),
  );
}

function options(results: Results): string {
  return table(
    [
      'policy, capacity of a tab',
      'normal load again after 20 s of slowness',
      'operations failed where a fifth of requests fails',
      'where 20 s are silent',
    ],
    results.each('options-slow-20-tab').map((result) => {
      const { measures } = results.of('options-failing-20-tab', result.policy);
      return [
        result.policy.name,
        lasted(recoveryOf(result)),
        percent(measures.failureShare(300 * SECOND, 600 * SECOND)),
        percent(
          results
            .of('options-nothing-20-tab', result.policy)
            .measures.failureShare(20 * SECOND, 40 * SECOND),
        ),
      ];
    }),
  );
}

function failures(results: Results, id: string, from: number, to: number): string {
  return table(
    ['policy', 'requests per operation', 'operations failed'],
    results
      .each(id)
      .map(({ policy, measures }) => [
        policy.name,
        measures.requestsPerOperation(from * SECOND, to * SECOND).toFixed(3),
        percent(measures.failureShare(from * SECOND, to * SECOND)),
      ]),
  );
}

function hintTable(results: Results): string {
  return table(
    [
      'policy, hint of 1 s',
      'instances',
      'return in the busiest 100 ms',
      'requests before the hint',
    ],
    results
      .each('hint-1-tab')
      .map((result) => [
        result.policy.name,
        result.scenario.population.simulated.toLocaleString('en'),
        percent(result.measures.busiestReturn),
        Math.round(result.measures.early * perInstance(result)).toLocaleString('en'),
      ]),
  );
}

function tokenTable(results: Results, id: string): string {
  return table(
    [
      'policy',
      'token calls for each tab',
      'calls before a hint',
      'operations failed',
      'last call after',
    ],
    results.each(id).map(({ policy, measures, scenario }) => {
      const { simulated } = scenario.population;
      const share = (calls: number): string => (calls / simulated).toFixed(2);
      return [
        policy.name,
        share(measures.tokenCalls.total),
        `${share(measures.earlyCalls)} for each tab`,
        percent(measures.failureShare()),
        `${(measures.tokenCalls.end - endOf(scenario.troubles)) / SECOND} s`,
      ];
    }),
  );
}

function bucketTable(): string {
  return table(
    ['a retry costs', 'capacity', 'requests per operation at 50 %', 'extra failures at 20 %'],
    [10, 12, 14, 17].flatMap((cost) =>
      [56, 100, 500].map((capacity) => {
        const bucket = { capacity, cost, attempts: 3 };
        const half = steadyState({ ...bucket, failing: 0.5 });
        const fifth = steadyState({ ...bucket, failing: 0.2 });
        return [
          String(cost),
          String(capacity),
          half.requestsPerOperation.toFixed(3),
          `${(100 * (fifth.failureShare - 0.008)).toFixed(2)} points`,
        ];
      }),
    ),
  );
}

/** How many clients of the story one instance stands for. */
function perInstance({ scenario }: Result): number {
  return scenario.population.clients / scenario.population.simulated;
}
