import { ID, INSTANCES, playFleet, TITLE } from './fleet.ts';
import type { FleetMeasures } from './fleet.ts';
import type { Measures } from './measures.ts';
import { holdfast, holdfastWith } from './policies/holdfast.ts';
import {
  awsStandard,
  exchangeRetry,
  noRetries,
  retryLink,
  tanStackQuery,
} from './policies/others.ts';
import type { Policy } from './policy.ts';
import { stories } from './stories.ts';
import type { Story } from './stories.ts';
import { storm } from './storm.ts';

export const policies: readonly Policy[] = [
  holdfast,
  retryLink,
  exchangeRetry,
  tanStackQuery,
  awsStandard,
  noRetries,
];

const SECOND = 1_000;
const BUSY = named('busy');
const HALF = named('half');
const RESOLVER = named('resolver');

/** What else the core's numbers could be. */
export const numbers: readonly Policy[] = [
  holdfastWith('as they are', {}),
  ...[2.5, 10].map((seconds) =>
    holdfastWith(`\`probe.cap\` ${seconds} s`, { outage: { probe: { cap: seconds * SECOND } } }),
  ),
  ...[0.5, 2].map((seconds) =>
    holdfastWith(`\`probe.base\` ${seconds} s`, { outage: { probe: { base: seconds * SECOND } } }),
  ),
  ...[5, 30].map((seconds) =>
    holdfastWith(`\`patience\` ${seconds} s`, { outage: { patience: seconds * SECOND } }),
  ),
  holdfastWith('`outage: false`', { outage: false }),
  holdfastWith('`budget.capacity` 500, as in a process', { retry: { budget: { capacity: 500 } } }),
];

/** The stories in which those are compared. */
export const compared: readonly Story[] = [
  { ...BUSY, id: 'numbers-busy', clients: 500 },
  { ...named('down-30'), id: 'numbers-down-30', clients: 500 },
  { ...HALF, id: 'numbers-half', clients: 500, every: SECOND },
];

/** Shorter answers than on a mobile network. */
export const fast: Story = {
  ...BUSY,
  id: 'busy-fast',
  clients: 1_000,
  latency: { least: 40, most: 120 },
};

/** Clients so quiet that they cannot tell one broken query from a server that is down. */
export const seldom: Story = {
  ...RESOLVER,
  id: 'resolver-seldom',
  clients: 10_000,
  every: 10 * SECOND,
};

/** One story, played with one policy. */
export interface Result {
  readonly story: Story;
  readonly policy: Policy;
  readonly measures: Measures;
}

/** All that was measured. */
export class Results {
  readonly #all: Result[] = [];
  /** `undefined` where it was not played. */
  fleet: FleetMeasures | undefined;

  add(result: Result): void {
    this.#all.push(result);
  }

  /** @throws Error where that was not played. */
  of(story: Story, policy: Policy = holdfast): Result {
    const result = this.each(story).find((each) => each.policy === policy);
    if (result === undefined) throw new Error(`${story.id} was not played with ${policy.name}.`);
    return result;
  }

  /** What was played of a story, policies in their order. */
  each({ id }: Story): Result[] {
    return this.#all.filter(({ story }) => story.id === id);
  }
}

/** The names of all that can be played by itself. */
export const ids: readonly string[] = [...stories.map(({ id }) => id), ID];

/**
 * Plays everything there is. The same seed and scale give the same results.
 *
 * @param scale how many of the clients there are, up to 1.
 * @param only the stories to play, by their ids; none: all there is.
 */
export async function play(
  scale: number,
  seed: number,
  told: (story: Pick<Story, 'title' | 'clients'>) => void,
  only: readonly string[] = [],
): Promise<Results> {
  const results = new Results();
  const everything = [
    ...stories.map((story) => ({ story, cast: policies })),
    ...compared.map((story) => ({ story, cast: numbers })),
    ...[fast, seldom].map((story) => ({ story, cast: [holdfast] })),
  ];
  const isWanted = (id: string): boolean => only.length === 0 || only.includes(id);
  const programme = everything.filter(({ story }) => isWanted(story.id));
  for (const { story: whole, cast } of programme) {
    const story = { ...whole, clients: Math.ceil(whole.clients * scale) };
    told(story);
    for (const policy of cast) {
      results.add({ story, policy, measures: await storm(story, policy, seed) });
    }
  }
  if (isWanted(ID)) {
    const instances = Math.ceil(INSTANCES * scale);
    told({ title: TITLE, clients: instances });
    results.fleet = await playFleet(instances, seed);
  }
  return results;
}

function named(id: string): Story {
  const story = stories.find((each) => each.id === id);
  if (story === undefined) throw new Error(`There is no story ${id}.`);
  return story;
}
