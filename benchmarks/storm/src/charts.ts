import { recoveryOf } from './goals.ts';
import type { Chart, Trace } from './picture.ts';
import { retrying } from './policies/all.ts';
import type { Result, Results } from './results.ts';
import { normalLoad } from './scenario.ts';
import { HINTS, SHARES, SLOW } from './scenarios.ts';

const SECOND = 1_000;

/** Every picture by the name of its file. */
export function charts(results: Results): Readonly<Record<string, Chart>> {
  return {
    'outage-tabs': {
      title: 'A minute of 503: a million tabs',
      subtitle:
        'Each tab has a budget of its own: seven retries are spent, then one request per operation.',
      ...loadOver(results.each('unavailable-60-tab'), 'nobody is served'),
    },
    'outage-processes': {
      title: 'A minute of 503: busy server processes',
      subtitle: 'With steady traffic the budget is spent within a second.',
      ...loadOver(results.each('unavailable-60-process'), 'nobody is served'),
    },
    'slow-20': {
      title: 'The server is slow for 20 s: a million tabs',
      subtitle: 'Its queue is full of work that nobody waits for, and retries put more into it.',
      ...loadOver(results.each('slow-20-tab'), 'a fifth of the load is done'),
    },
    'slow-60': {
      title: 'The server is slow for a minute: a million tabs',
      subtitle: 'By the end of it budgets are spent, and do not stand in the way.',
      ...loadOver(results.each('slow-60-tab'), 'a fifth of the load is done'),
    },
    recovery: {
      title: 'How long a slow spell lasts on after it is over',
      subtitle:
        'Seconds until normal load, by the length of the spell; 120 s: not in the time simulated.',
      x: { name: 'the server is slow for so many seconds' },
      y: { name: 'seconds until normal load', most: 120 },
      traces: retrying.map((policy) => ({
        name: policy.name,
        values: SLOW.map((seconds) => {
          const recovery = recoveryOf(results.of(`slow-${seconds}-tab`, policy));
          return [seconds, Math.min(recovery, 120 * SECOND) / SECOND] as const;
        }),
      })),
    },
    failing: {
      title: 'What a failure costs: requests per operation',
      subtitle: 'Server processes, by the share of requests that fail, once the budget is spent.',
      x: { name: '% of requests fail' },
      y: { name: 'requests per operation', most: 5 },
      traces: retrying.map((policy) => ({
        name: policy.name,
        values: SHARES.map((share) => {
          const { measures } = results.of(`failing-${share * 100}-process`, policy);
          return [share * 100, round(measures.requestsPerOperation(30_000, 60_000))] as const;
        }),
      })),
    },
    hint: {
      title: 'Everybody is told to come back in one second',
      subtitle:
        'Requests in each 100 ms, in per cent of all clients. AWS and gRPC lie over one another.',
      x: { name: 'seconds', most: 4 },
      y: { name: '% of clients', most: 100 },
      span: { from: 0, to: 1, name: 'told to wait' },
      traces: results.each('hint-1-tab').map(({ policy, measures, scenario }) => ({
        name: policy.name,
        values: measures.requests.series(100, 4_000).map((count, index) => {
          const share = (100 * count) / scenario.population.simulated;
          return [index / 10 + 0.05, round(share)] as const;
        }),
      })),
    },
    busiest: {
      title: 'The busiest 100 ms after a common hint',
      subtitle: 'How many of the clients that were told to wait return in it.',
      x: { name: 'the hint', categories: HINTS.map((seconds) => `${seconds} s`) },
      y: { name: '% of clients', most: 100 },
      traces: retrying.map((policy) => ({
        name: policy.name,
        values: HINTS.map((seconds) =>
          round(100 * results.of(`hint-${seconds}-tab`, policy).measures.busiestReturn),
        ),
      })),
    },
    tokens: {
      title: 'A deploy revokes every token, and the token endpoint has a limit',
      subtitle:
        'Token calls in each second, in per cent of all tabs; 10 % are issued in ten seconds.',
      x: { name: 'seconds', most: 260 },
      y: { name: '% of tabs' },
      traces: results.each('revocation-limited-tab').map(({ policy, measures, scenario }) => ({
        name: policy.name,
        values: measures.tokenCalls
          .series(SECOND, 260 * SECOND)
          .map(
            (count, index) =>
              [index, round((100 * count) / scenario.population.simulated)] as const,
          ),
      })),
    },
  };
}

/** Requests in each second, in multiples of the normal load. */
function loadOver(
  results: readonly Result[],
  name: string,
): Pick<Chart, 'x' | 'y' | 'traces' | 'span'> {
  const [trouble] = results[0]?.scenario.troubles ?? [];
  const until = results[0]?.scenario.until ?? 0;
  return {
    x: { name: 'seconds', most: until / SECOND },
    y: { name: 'requests, in multiples of the normal load' },
    traces: results.map(load),
    ...(trouble !== undefined && 'to' in trouble
      ? { span: { from: trouble.from / SECOND, to: trouble.to / SECOND, name } }
      : {}),
  };
}

function load({ scenario, policy, measures }: Result): Trace {
  const normal = normalLoad(scenario.population);
  const series = measures.requests.series(SECOND, scenario.until);
  return {
    name: policy.name,
    values: series.map((count, second) => [second, round(count / normal)] as const),
  };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
