import type { Measures } from './measures.ts';
import { holdfast, holdfastWithBudget, holdfastWithout504 } from './policies/holdfast.ts';
import { noRetries } from './policies/no-retries.ts';
import { refreshing, retrying } from './policies/all.ts';
import type { Policy } from './policy.ts';
import type { Scenario } from './scenario.ts';
import {
  CAPACITIES,
  commonHint,
  failing,
  HINTS,
  limit,
  outage,
  revocation,
  SHARES,
  SLOW,
  slow,
} from './scenarios.ts';
import type { Scale } from './scenarios.ts';
import { storm } from './storm.ts';

/** One scenario, played with one policy. */
export interface Result {
  readonly scenario: Scenario;
  readonly policy: Policy;
  readonly measures: Measures;
}

/** All that was measured. */
export class Results {
  readonly #all = new Map<string, Result>();

  add(result: Result): void {
    this.#all.set(`${result.scenario.id} ${result.policy.name}`, result);
  }

  /** @throws Error where that was not played. */
  of(scenario: string, policy: Policy = holdfast): Result {
    const result = this.#all.get(`${scenario} ${policy.name}`);
    if (result === undefined) throw new Error(`${scenario} was not played with ${policy.name}.`);
    return result;
  }

  /** What was played of a scenario, policies in their order. */
  each(scenario: string): Result[] {
    return [...this.#all.values()].filter((result) => result.scenario.id === scenario);
  }

  /** Everything of one policy. */
  by(policy: Policy): Result[] {
    return [...this.#all.values()].filter((result) => result.policy.name === policy.name);
  }
}

/** A scenario and who plays it. */
interface Bill {
  readonly scenario: Scenario;
  readonly policies: readonly Policy[];
}

function programme(scale: Scale): Bill[] {
  const all = (scenario: Scenario): Bill => ({ scenario, policies: retrying });
  const options = (scenario: Scenario): Bill => ({
    scenario: { ...scenario, id: `options-${scenario.id}` },
    policies: [noRetries, ...CAPACITIES.map(holdfastWithBudget), holdfastWithout504],
  });
  const [first = 1, ...later] = HINTS;
  const peers = retrying.filter((policy) => policy !== holdfast);
  return [
    ...SHARES.map((share) => all(failing('process', share, scale))),
    all(failing('tab', 0.2, scale)),
    all(failing('tab', 0.5, scale)),
    all(outage('process', 'unavailable', 60, scale)),
    all(outage('process', 'refused', 60, scale)),
    all(slow('process', 20, scale)),
    all(outage('tab', 'unavailable', 10, scale)),
    all(outage('tab', 'unavailable', 60, scale)),
    all(outage('tab', 'nothing', 20, scale)),
    all(outage('tab', 'nothing', 120, scale)),
    ...SLOW.map((seconds) => all(slow('tab', seconds, scale))),
    options(slow('tab', 20, scale)),
    options(outage('tab', 'nothing', 20, scale)),
    options(failing('tab', 0.2, scale)),
    all(limit(scale)),
    { scenario: commonHint(first, scale.million), policies: [holdfast] },
    { scenario: commonHint(first, scale.hinted), policies: peers },
    ...later.map((seconds) => all(commonHint(seconds, scale.hinted))),
    { scenario: revocation(false, scale), policies: refreshing },
    { scenario: revocation(true, scale), policies: refreshing },
  ];
}

/** Plays everything there is. The same seed and scale give the same results. */
export async function play(
  scale: Scale,
  seed: number,
  told: (scenario: Scenario) => void,
): Promise<Results> {
  const results = new Results();
  for (const { scenario, policies } of programme(scale)) {
    told(scenario);
    for (const policy of policies) {
      results.add({ scenario, policy, measures: await storm(scenario, policy, seed) });
    }
  }
  return results;
}
