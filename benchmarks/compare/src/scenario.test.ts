import { describe, expect, it } from 'vitest';
import { run } from './scenario.ts';
import type { Scenario } from './scenario.ts';
import { chapters } from './scenarios/all.ts';
import { apolloLinksTuned } from './stacks/apollo-links-tuned.ts';
import { apolloLinks } from './stacks/apollo-links.ts';
import { holdfastApollo, holdfastUrql } from './stacks/holdfast.ts';
import { tokenStacks } from './stacks/all.ts';
import { urqlExchanges } from './stacks/urql-exchanges.ts';

function scenario(title: string): Scenario {
  const found = chapters.flatMap(({ scenarios }) => scenarios).find((one) => one.title === title);
  if (found === undefined) throw new Error(`There is no scenario "${title}".`);
  return found;
}

describe('a scenario, played for real', () => {
  it.each([
    [holdfastApollo, true, '1 token call, 10 answered'],
    [holdfastUrql, true, '1 token call, 10 answered'],
    [apolloLinks, false, '10 token calls, 10 answered'],
    [apolloLinksTuned, true, '1 token call, 10 answered'],
  ] as const)('T1 on $name', async (stack, met, seen) => {
    expect(await run(scenario('Ten queries on a revoked token'), stack)).toEqual({ met, seen });
  });

  it.each([
    [holdfastUrql, true, 'ran once, failed'],
    [urqlExchanges, false, 'ran twice, answered'],
  ] as const)('M1 on $name', async (stack, met, seen) => {
    expect(await run(scenario('A mutation whose answer is lost'), stack)).toEqual({ met, seen });
  });

  it.each(tokenStacks)('sends each query once where there is no trouble: $name', async (stack) => {
    expect(await run(scenario('No trouble at all'), stack)).toEqual({
      met: true,
      seen: '20 requests, 0 token calls, 20 answered',
    });
  });
});

describe('the scenarios', () => {
  it('have a title of their own, a rule and an expectation each', () => {
    const all = chapters.flatMap(({ scenarios }) => scenarios);
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
    expect(all.filter(({ rules, checks }) => rules.length === 0 || checks.length === 0)).toEqual(
      [],
    );
  });
});
