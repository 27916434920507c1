import { chance, gap } from './chance.ts';
import type { Chance } from './chance.ts';
import { Measures } from './measures.ts';
import type { Client, Policy } from './policy.ts';
import { normalLoad } from './scenario.ts';
import type { Scenario } from './scenario.ts';
import { Server } from './server.ts';
import { Timeline } from './timeline.ts';
import { TokenEndpoint } from './token-endpoint.ts';
import { Wire } from './wire.ts';

/**
 * Clients that do not meet each other are simulated so many at a time. A million would not fit in memory,
 * and what dies young is collected soonest.
 */
const TURN = 2_000;

/** Streams of chance, by what they are for. */
const ARRIVALS = 1;
const POLICY = 2;
const SERVER = 3;

/** Plays a scenario with one policy, in virtual time. The same seed gives the same numbers. */
export async function storm(scenario: Scenario, policy: Policy, seed: number): Promise<Measures> {
  const { simulated } = scenario.population;
  const independent = scenario.server.headroom === Infinity && scenario.tokens?.limit === undefined;
  const size = independent ? TURN : simulated;
  const all = new Measures(0);
  for (let first = 0; first < simulated; first += size) {
    const clients = Math.min(size, simulated - first);
    all.merge(await turn({ scenario, policy, seed, first, clients }));
  }
  return all;
}

interface Turn {
  readonly scenario: Scenario;
  readonly policy: Policy;
  readonly seed: number;
  /** The number of the first client. */
  readonly first: number;
  readonly clients: number;
}

async function turn({ scenario, policy, seed, first, clients }: Turn): Promise<Measures> {
  const { population, troubles, server: size, tokens } = scenario;
  const timeline = new Timeline();
  const measures = new Measures(clients);
  const server = new Server({
    rate: normalLoad(population) * size.headroom,
    queue: size.queue,
    patience: size.patience,
    troubles,
    chance: chance(seed, SERVER, first),
  });
  const wire = new Wire(timeline, server, new TokenEndpoint(tokens?.limit), measures);
  for (let id = 0; id < clients; id++) {
    const client = policy.client({
      id,
      habitat: population.habitat,
      wire,
      timeline,
      chance: chance(seed, POLICY, first + id),
      token: tokens === undefined ? undefined : '0',
    });
    const user = new User(client, scenario, timeline, measures, chance(seed, ARRIVALS, first + id));
    if (population.atOnce === true) timeline.after(0, () => user.ask());
    user.live();
  }
  // What was begun before `until` is let come to its end: retries and waits may take a minute.
  await timeline.run();
  if (measures.settled !== measures.operations.total) {
    const lost = measures.operations.total - measures.settled;
    throw new Error(`${policy.name}: ${lost} operations of ${scenario.id} were never answered.`);
  }
  return measures;
}

/** Whoever uses a client: asks now and then, and does not mind what came of it. */
class User {
  readonly #client: Client;
  readonly #scenario: Scenario;
  readonly #timeline: Timeline;
  readonly #measures: Measures;
  readonly #chance: Chance;

  constructor(
    client: Client,
    scenario: Scenario,
    timeline: Timeline,
    measures: Measures,
    draw: Chance,
  ) {
    this.#client = client;
    this.#scenario = scenario;
    this.#timeline = timeline;
    this.#measures = measures;
    this.#chance = draw;
  }

  /** Asks at random instants, until the end of the scenario. */
  live(): void {
    const { population, until } = this.#scenario;
    const wait = gap(population.every, this.#chance);
    if (this.#timeline.monotonic() + wait >= until) return;
    this.#timeline.after(wait, () => {
      this.ask();
      this.live();
    });
  }

  ask(): void {
    const { burst } = this.#scenario.population;
    for (let query = 0; query < burst; query++) this.#query();
  }

  #query(): void {
    const began = this.#timeline.monotonic();
    const measures = this.#measures;
    measures.operations.add(began);
    this.#client.query((answered) => {
      measures.settled++;
      if (!answered) measures.failed.add(began);
    });
  }
}
