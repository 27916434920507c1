import { describe, expect, it } from 'vitest';
import { steadyState } from './bucket.ts';
import type { Measures } from './measures.ts';
import { refreshing, retrying } from './policies/all.ts';
import { grpc } from './policies/grpc.ts';
import { holdfast } from './policies/holdfast.ts';
import { noRetries } from './policies/no-retries.ts';
import { errorLink, exchangeAuth } from './policies/refreshing.ts';
import { retryLink } from './policies/retry-link.ts';
import { ENDLESS_SERVER, ORDINARY_SERVER } from './scenario.ts';
import type { Population, Scenario } from './scenario.ts';
import { storm } from './storm.ts';
import type { Trouble } from './trouble.ts';

const TAB: Population = { habitat: 'tab', clients: 1, simulated: 1, every: 1_000, burst: 1 };
const PROCESS: Population = { ...TAB, habitat: 'process', every: 100 };
const EVER = { from: 0, to: Infinity };

function scenario(
  population: Population,
  trouble: Trouble,
  more: Partial<Scenario> = {},
): Scenario {
  return {
    id: 'tiny',
    population,
    troubles: [trouble],
    until: 120_000,
    server: ENDLESS_SERVER,
    ...more,
  };
}

/** All that can be told of a storm. */
function numbers(measures: Measures): unknown[] {
  const { operations, failed, requests, badly, tokenCalls, returns } = measures;
  const bins = [operations, failed, requests, badly, tokenCalls, returns];
  return [
    ...bins.map((each) => each.series(100, 300_000)),
    measures.early,
    measures.earlyCalls,
    measures.told,
  ];
}

describe('a storm', () => {
  it('has the same numbers for the same seed, and others for another', async () => {
    const population = { ...TAB, simulated: 30, burst: 2 };
    const troubled: Scenario = {
      ...scenario(population, { type: 'failing', share: 0.4, from: 10_000, to: 20_000 }),
      troubles: [
        { type: 'failing', share: 0.4, from: 10_000, to: 20_000 },
        { type: 'limit', from: 20_000, to: 25_000 },
        { type: 'revocation', from: 40_000 },
      ],
      until: 60_000,
      server: ORDINARY_SERVER,
      tokens: { limit: { calls: 10, window: 5_000 } },
    };
    for (const policy of new Set([...retrying, ...refreshing])) {
      const [one, same, other] = [
        await storm(troubled, policy, 1),
        await storm(troubled, policy, 1),
        await storm(troubled, policy, 2),
      ];
      expect(numbers(same)).toEqual(numbers(one));
      expect(numbers(other)).not.toEqual(numbers(one));
    }
  });

  it('brings every policy the same operations at the same instants', async () => {
    const half = scenario({ ...TAB, simulated: 10 }, { type: 'failing', share: 0.5, ...EVER });
    const [first, ...others] = await Promise.all(
      retrying.map(async (policy) =>
        (await storm(half, policy, 3)).operations.series(1_000, 120_000),
      ),
    );
    for (const other of others) expect(other).toEqual(first);
  });

  it('without trouble costs one request for each operation, and none fails', async () => {
    const calm = { ...scenario({ ...TAB, simulated: 5 }, { type: 'limit', from: 0, to: 0 }) };
    for (const policy of retrying) {
      const measures = await storm(calm, policy, 1);
      expect([measures.requestsPerOperation(), measures.failureShare()]).toEqual([1, 0]);
    }
  });

  it('in turns comes to what it comes to at once', async () => {
    const all = await storm(
      scenario(
        { ...TAB, simulated: 4_003, every: 1e9, atOnce: true },
        { type: 'limit', ...EVER },
        { until: 1 },
      ),
      noRetries,
      1,
    );
    expect([all.operations.total, all.failed.total]).toEqual([4_003, 4_003]);
  });
});

describe('an outage without end', () => {
  it.each([
    ['tab', TAB, 7],
    ['server process', PROCESS, 35],
  ] as const)(
    'R4 a %s sends what its budget allows, and then no retry',
    async (_, population, retries) => {
      const outage = scenario(population, { type: 'outage', says: 'unavailable', ...EVER });
      const measures = await storm(outage, holdfast, 1);
      expect(measures.failureShare()).toBe(1);
      expect(measures.requests.total - measures.operations.total).toBe(retries);
      expect(measures.requestsPerOperation(60_000, 120_000)).toBe(1);
    },
  );

  it('R6 where nothing listens, each operation tries to connect once more', async () => {
    const outage = scenario(PROCESS, { type: 'outage', says: 'refused', ...EVER });
    const measures = await storm(outage, holdfast, 1);
    expect(measures.requests.total).toBe(2 * measures.operations.total + 35);
  });

  it('RetryLink sends everything five times', async () => {
    const outage = scenario(TAB, { type: 'outage', says: 'unavailable', ...EVER });
    expect((await storm(outage, retryLink, 1)).requestsPerOperation()).toBe(5);
  });
});

describe('failing now and then', () => {
  it.each([0.2, 0.5])('R4 at %d a process spends what it does on paper', async (failing) => {
    const population = { ...PROCESS, simulated: 10 };
    const measures = await storm(
      scenario(population, { type: 'failing', share: failing, ...EVER }, { until: 300_000 }),
      holdfast,
      1,
    );
    const paper = steadyState({ capacity: 500, cost: 14, attempts: 3, failing });
    const requests = measures.requestsPerOperation(150_000, 300_000);
    expect(requests / paper.requestsPerOperation).toBeCloseTo(1, 2);
    // Four standard deviations of what chance does to so many operations.
    const deviation = Math.sqrt(
      (paper.failureShare * (1 - paper.failureShare)) /
        measures.operations.between(150_000, 300_000),
    );
    const difference = measures.failureShare(150_000, 300_000) - paper.failureShare;
    expect(Math.abs(difference)).toBeLessThan(4 * deviation);
  });

  it('R4 on paper, half failing, one retry is paid for by fourteen operations', () => {
    const paper = steadyState({ capacity: 500, cost: 14, attempts: 3, failing: 0.5 });
    expect(paper.requestsPerOperation).toBeCloseTo(1 + 1 / 14, 3);
  });
});

describe('a hint', () => {
  const crowd = { ...TAB, simulated: 300, every: 20_000, atOnce: true };
  const limited = scenario(crowd, { type: 'limit', from: 0, to: 4_000 }, { until: 8_000 });

  it('W3 W7 nobody comes before it, and everybody within half of it after it', async () => {
    const measures = await storm(limited, holdfast, 1);
    expect([measures.early, measures.told, measures.failureShare()]).toEqual([0, 300, 0]);
    expect(measures.returns.between(0, 4_000)).toBe(0);
    expect(measures.returns.between(4_000, 6_100)).toBe(300);
    expect(measures.busiestReturn).toBeLessThan(0.12);
  });

  it('clients that come back exactly then come all at once', async () => {
    const measures = await storm(limited, grpc, 1);
    expect(measures.busiestReturn).toBeGreaterThan(0.5);
    expect(measures.early).toBeGreaterThan(0);
  });

  it('W4 one longer than anybody waits costs no request until it is over', async () => {
    const long = scenario({ ...TAB, atOnce: true }, { type: 'limit', from: 0, to: 60_000 });
    const measures = await storm(long, holdfast, 1);
    expect(measures.requests.between(0, 60_000)).toBe(1);
    // From then on less than the longest wait is left.
    expect(measures.failureShare(0, 30_000)).toBe(1);
    expect(measures.failureShare(31_000, 120_000)).toBe(0);
  });
});

describe('revoked tokens', () => {
  const revoked: Scenario = {
    ...scenario({ ...TAB, simulated: 20, burst: 4 }, { type: 'revocation', from: 5_000 }),
    tokens: {},
  };

  it('T1 cost one token call for each client, or one for each operation', async () => {
    expect((await storm(revoked, holdfast, 1)).tokenCalls.total).toBe(20);
    expect((await storm(revoked, exchangeAuth, 1)).tokenCalls.total).toBe(20);
    // What is asked during a refresh is sent with the dead token as well.
    expect((await storm(revoked, errorLink, 1)).tokenCalls.total).toBeGreaterThanOrEqual(80);
  });

  it('T6 an endpoint that issues none is asked after its hint, and then left alone', async () => {
    const one = { ...revoked, population: TAB, tokens: { limit: { calls: 0, window: 10_000 } } };
    const measures = await storm(one, holdfast, 1);
    expect(measures.earlyCalls).toBe(0);
    // Two minutes have twelve windows.
    expect(measures.tokenCalls.total).toBeLessThanOrEqual(12);
    expect((await storm(one, exchangeAuth, 1)).earlyCalls).toBeGreaterThan(50);
  });
});
