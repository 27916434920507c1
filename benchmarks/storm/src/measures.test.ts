import { expect, it } from 'vitest';
import type { Operation } from './api.ts';
import { Measures } from './measures.ts';

const asked = (kind: 'query' | 'mutation', began: number): Operation => ({
  kind,
  name: kind,
  began,
  runs: 0,
});

it('counts what began in the trouble or later, and apart what began while it lasted', () => {
  const measures = new Measures(1_000, 2_000);
  for (const [began, answered] of [
    [900, false],
    [1_000, false],
    [1_900, true],
    [2_000, true],
    [2_500, true],
  ] as const) {
    measures.settled(asked('query', began), began + 100, answered);
  }
  expect(measures.query.share).toBe(1 / 4);
  expect(measures.troubled.share).toBe(1 / 2);
  expect([...measures.failedNames]).toEqual([['query', 1]]);
});

it('attributes requests to the operations that they are for', () => {
  const measures = new Measures(1_000, 2_000);
  const [early, late] = [asked('query', 999), asked('query', 1_000)];
  measures.sent(early, 999);
  measures.sent(early, 1_500);
  for (const at of [1_000, 1_100, 1_200]) measures.sent(late, at);
  for (const one of [early, late]) measures.settled(one, 3_000, true);
  expect(measures.requestsPerOperation).toBe(3);
  expect(measures.between(1_000, 1_200)).toBe(2);
});

it('finds the busiest second since the trouble began, wherever it begins', () => {
  const measures = new Measures(1_000, 2_000);
  const one = asked('query', 0);
  for (let at = 0; at < 1_000; at += 10) measures.sent(one, at);
  for (const at of [1_650, 2_550, 2_649, 2_650]) measures.sent(one, at);
  expect(measures.busiestSecond).toBe(3);
});

it('says when the last second with more than normal ended, counted from the end of the trouble', () => {
  const measures = new Measures(1_000, 2_000);
  const one = asked('query', 0);
  for (const at of [1_500, 1_501, 1_502, 4_000, 4_500, 9_000]) measures.sent(one, at);
  expect(measures.settlesAfter(1)).toBe(3_000);
  expect(measures.settlesAfter(2)).toBe(0);
});

it('counts a mutation that ran twice once, and a query that did not at all', () => {
  const measures = new Measures(0, 1_000);
  const mutation = asked('mutation', 0);
  for (let run = 0; run < 3; run++) measures.ran(mutation);
  const query = asked('query', 0);
  for (let run = 0; run < 3; run++) measures.ran(query);
  measures.ran(asked('mutation', 0));
  expect(measures.twice).toBe(1);
});

it('knows how long the slowest waited, and all but one in a hundred', () => {
  const measures = new Measures(0, 1_000);
  for (let wait = 200; wait > 0; wait--) measures.settled(asked('query', 0), wait, true);
  expect([measures.wait(0.5), measures.wait(0.99), measures.wait(1)]).toEqual([100, 198, 200]);
});
