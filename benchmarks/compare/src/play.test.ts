import { describe, expect, it } from 'vitest';
import { answered, requests } from './checks.ts';
import { hello } from './operations.ts';
import { play } from './play.ts';
import type { Scenario } from './scenario.ts';
import { holdfastUrql } from './stacks/holdfast.ts';
import { tokenRefreshLink } from './stacks/token-refresh-link.ts';

const quick: Scenario = {
  title: 'One query, two rounds',
  rules: ['R1'],
  story: 'Nothing happens.',
  rounds: 2,
  checks: [requests(2), answered],
  play: (stage, round) => stage.settled([stage.query(hello(round))]),
};

describe('a play', () => {
  it('has a verdict for every stack that takes part, all rounds together', async () => {
    const revoked: Scenario = {
      ...quick,
      title: 'The same, read off answers',
      onlyAnswersTell: true,
    };
    const scenarios = [quick, revoked];
    const stacks = [holdfastUrql, tokenRefreshLink];
    const seen: string[] = [];
    const [chapter] = await play([{ title: 'Quick', scenarios, stacks }], (done, of) =>
      seen.push(`${done} of ${of}`),
    );
    const verdict = { met: true, seen: '2 requests, 2 answered' };
    expect(chapter!.results.map(({ verdicts }) => [...verdicts])).toEqual([
      expect.arrayContaining([
        [holdfastUrql, verdict],
        [tokenRefreshLink, verdict],
      ]),
      [[holdfastUrql, verdict]],
    ]);
    expect(seen).toEqual(['1 of 3', '2 of 3', '3 of 3']);
  });
});
