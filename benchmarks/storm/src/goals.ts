import { noRetries } from './policies/no-retries.ts';
import { holdfast } from './policies/holdfast.ts';
import type { Result, Results } from './results.ts';
import { normalLoad } from './scenario.ts';
import { HINTS, SLOW } from './scenarios.ts';
import { endOf } from './trouble.ts';

/** One thing that Holdfast should do in a storm, and what it did. */
export interface Goal {
  readonly text: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
  /** Why it is known to be missed. */
  readonly because?: string;
}

const SECOND = 1_000;
/** Of each other, in milliseconds, two recoveries cannot be told apart any closer. */
const RESOLUTION = SECOND;
/** What would fail in the end with three attempts, each of which fails in one of five cases. */
const UNLIMITED = 0.2 ** 3;

const REFUSED =
  'a request that never left gets one retry free of charge (R6), for ever: each operation makes two attempts to connect, none of which reaches the server';
const DEFERRED =
  'inherent: what was refused is not given up but sent later, and so more than normal arrives for a while, as much as the trouble has held up';
const LATE =
  'inherent to trying again after a timeout: what was sent in the last seconds is known to be lost ten seconds later, and sent again then; it is served, and that is why fewer operations fail';
const STALE =
  'the server is drowning in work that nobody waits for any more, a 504 is retried like any other failure (R1), and seven retries for each of a million tabs are 35 s of normal load on top. No capacity of the budget helps without failing at another goal; leaving a 504 alone does, but then nothing bridges a short silence (see below)';

/** All goals, for whatever scale was played. */
export function goals(results: Results): Goal[] {
  return [
    requests('half of all requests fail, server process', 'failing-50-process', [30, 60], 1.1),
    requests(
      'half of all requests fail, tab, after five minutes',
      'failing-50-tab',
      [300, 600],
      1.1,
    ),
    requests('total outage, 503, server process', 'unavailable-60-process', [50, 80], 1.01),
    requests('total outage, 503, last 10 s of a minute, tab', 'unavailable-60-tab', [70, 80], 1.02),
    requests(
      'total outage, silent, last 10 s of two minutes, tab',
      'nothing-120-tab',
      [130, 140],
      1.02,
    ),
    requests(
      'total outage, ECONNREFUSED, server process',
      'refused-60-process',
      [50, 80],
      1.01,
      REFUSED,
    ),
    failures('server process', 'failing-20-process', [30, 60]),
    failures('tab, after five minutes', 'failing-20-tab', [300, 600]),
    early(results),
    ...HINTS.map((seconds) => busiest(results, seconds)),
    ...[
      ['503 for 10 s, tabs', 'unavailable-10-tab'],
      ['503 for 60 s, tabs', 'unavailable-60-tab'],
      ['503 for 60 s, server processes', 'unavailable-60-process'],
      ['silence for 120 s, tabs', 'nothing-120-tab'],
      ['slow for 20 s, server processes', 'slow-20-process'],
    ].map(([text = '', id = '']) => recovery(results, text, id)),
    ...SLOW.map((seconds) =>
      recovery(
        results,
        `slow for ${seconds} s, tabs`,
        `slow-${seconds}-tab`,
        seconds >= 15 && seconds <= 30 ? STALE : undefined,
      ),
    ),
    recovery(results, 'silence for 20 s, tabs', 'nothing-20-tab', LATE),
    recovery(results, '429 for 10 s, tabs', 'limit-10-tab', DEFERRED),
    tokenCalls(results),
  ];

  function requests(
    text: string,
    id: string,
    [from, to]: readonly [number, number],
    most: number,
    because?: string,
  ): Goal {
    const value = results.of(id).measures.requestsPerOperation(from * SECOND, to * SECOND);
    return {
      text: `Requests per operation once the budget is spent: ${text}`,
      wanted: `≤ ${most.toFixed(2)}`,
      measured: value.toFixed(3),
      met: value <= most,
      ...(because === undefined ? {} : { because }),
    };
  }

  function failures(text: string, id: string, [from, to]: readonly [number, number]): Goal {
    const share = results.of(id).measures.failureShare(from * SECOND, to * SECOND);
    const extra = 100 * (share - UNLIMITED);
    return {
      text: `Failures beyond the 0.8 % that three attempts without a budget leave, a fifth of all requests failing: ${text}`,
      wanted: '≤ 1.00 points',
      measured: `${extra.toFixed(2)} points`,
      met: extra <= 1,
    };
  }
}

function early(results: Results): Goal {
  let count = 0;
  for (const { measures } of results.by(holdfast)) count += measures.early + measures.earlyCalls;
  return {
    text: 'Requests and token calls before a hint, all storms',
    wanted: '0',
    measured: String(count),
    met: count === 0,
  };
}

function busiest(results: Results, seconds: number): Goal {
  const { measures, scenario } = results.of(`hint-${seconds}-tab`);
  const share = measures.busiestReturn;
  const clients = scenario.population.simulated.toLocaleString('en');
  return {
    text: `Clients that return in the busiest 100 ms after a common hint of ${seconds} s (${clients} instances)`,
    wanted: '≤ 12 %',
    measured: `${(100 * share).toFixed(1)} %`,
    met: share <= 0.12,
  };
}

/** Milliseconds until normal load after the trouble; `Infinity`: not seen. */
export function recoveryOf({ scenario, measures }: Result): number {
  const load = normalLoad(scenario.population);
  return measures.recovery(endOf(scenario.troubles), scenario.until, load);
}

function recovery(results: Results, text: string, id: string, because?: string): Goal {
  const bare = recoveryOf(results.of(id, noRetries));
  const own = recoveryOf(results.of(id));
  const most = bare * 1.1 + RESOLUTION;
  return {
    text: `Back to normal load after the trouble: ${text}`,
    wanted: `≤ ${(most / SECOND).toFixed(1)} s`,
    measured: `${own / SECOND} s`,
    met: own <= most,
    ...(because === undefined ? {} : { because }),
  };
}

function tokenCalls(results: Results): Goal {
  const { measures, scenario } = results.of('revocation-tab');
  const calls = measures.tokenCalls.total / scenario.population.simulated;
  return {
    text: 'Token calls for each tab after every token was revoked',
    wanted: '≤ 1.00',
    measured: calls.toFixed(2),
    met: calls <= 1,
  };
}

/** Goals that nobody said would be missed. */
export function surprises(all: readonly Goal[]): Goal[] {
  return all.filter(({ met, because }) => !met && because === undefined);
}
