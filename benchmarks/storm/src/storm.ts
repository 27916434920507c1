import type { Answer, Operation, Trouble } from './api.ts';
import { chance, gap } from './chance.ts';
import type { Chance } from './chance.ts';
import { Measures } from './measures.ts';
import type { Place, Policy } from './policy.ts';
import { BROKEN_NAME, START } from './stories.ts';
import type { Latency, Story } from './stories.ts';
import { Timeline } from './timeline.ts';

/** How long clients go on asking after a trouble, in milliseconds. */
const AFTER = 60_000;
/** Milliseconds. */
export const LATENCY: Latency = { least: 150, most: 450 };
const TOKEN_CALL = 100;

const QUERIES = ['Me', 'Feed', 'Item', 'Cart', 'Search', 'Orders', 'Stock', 'Prices', BROKEN_NAME];
const MUTATIONS = ['AddToCart', 'PlaceOrder', 'Rate'];
const MUTATION_SHARE = 0.15;

/** Streams of chance, by what they are for: every policy meets the same operations at the same instants. */
const ARRIVALS = 1;
const POLICY = 2;
const SERVER = 3;

/**
 * Plays a story with one policy, in virtual time. The same seed gives the same numbers. Clients do not meet
 * each other, and so they live one after the other.
 */
export async function storm(story: Story, policy: Policy, seed: number): Promise<Measures> {
  const measures = new Measures(START, START + story.lasts);
  for (let client = 0; client < story.clients; client++) {
    await live(story, policy, measures, (purpose) => chance(seed, purpose, client));
  }
  return measures;
}

/** One client's life, from well before the trouble to well after it. */
async function live(
  story: Story,
  policy: Policy,
  measures: Measures,
  stream: (purpose: number) => Chance,
): Promise<void> {
  const timeline = new Timeline();
  const client = policy.client(new World(story, timeline, measures, stream));
  const draw = stream(ARRIVALS);
  let waiting = 0;
  const ask = (): void => {
    for (let number = 0; number < story.burst; number++) {
      const operation = chosen(story, number, timeline.monotonic(), draw);
      waiting++;
      client.run(operation, (answered) => {
        waiting--;
        measures.settled(operation, timeline.monotonic(), answered);
      });
    }
  };
  const askAgain = (): void => {
    const wait = gap(story.every, draw);
    if (timeline.monotonic() + wait >= START + story.lasts + AFTER) return;
    timeline.after(wait, () => {
      ask();
      askAgain();
    });
  };
  if (story.once === true) timeline.after(START, ask);
  else askAgain();
  // What was begun is let come to its end.
  await timeline.run();
  if (waiting > 0) {
    throw new Error(`${policy.name}: ${waiting} operations of ${story.id} were never answered.`);
  }
}

function chosen({ burst }: Story, number: number, began: number, draw: Chance): Operation {
  // A page is opened with the same queries each time.
  const name = QUERIES[number % QUERIES.length];
  if (burst > 1 && name !== undefined) return { kind: 'query', name, began, runs: 0 };
  const kind = draw() < MUTATION_SHARE ? 'mutation' : 'query';
  const names = kind === 'query' ? QUERIES : MUTATIONS;
  return { kind, name: names[Math.floor(draw() * names.length)] ?? '', began, runs: 0 };
}

/** Everything that one client meets: the API, the token endpoint, time and chance. */
class World implements Place {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly concurrency: number | undefined;
  readonly token: number | undefined;
  readonly #story: Story;
  readonly #measures: Measures;
  readonly #server: Chance;
  readonly #trouble: Trouble;
  /** Virtual instant before which it was told not to come. */
  #toldUntil = 0;

  constructor(
    story: Story,
    timeline: Timeline,
    measures: Measures,
    stream: (purpose: number) => Chance,
  ) {
    this.timeline = timeline;
    this.chance = stream(POLICY);
    this.concurrency = story.concurrency;
    this.token = story.tokens === true ? 0 : undefined;
    this.#story = story;
    this.#measures = measures;
    this.#server = stream(SERVER);
    this.#trouble = story.trouble();
  }

  send(operation: Operation, token: number, receive: (answer: Answer) => void): () => void {
    const { timeline } = this;
    const now = timeline.monotonic();
    this.#measures.sent(operation, now);
    // Virtual clocks count in doubles, and hints are of whole seconds.
    if (now < this.#toldUntil - 0.01) this.#measures.early++;
    const answer = this.#answer(operation, token, now);
    if (answer.ran === true) this.#measures.ran(operation);
    const { takes = 0, retryAfter } = answer;
    const { least, most } = this.#story.latency ?? LATENCY;
    return timeline.after(takes + least + (most - least) * this.#server(), () => {
      if (retryAfter !== undefined) this.#toldUntil = timeline.monotonic() + retryAfter * 1_000;
      receive(answer);
    });
  }

  refresh(): Promise<number | undefined> {
    const { timeline } = this;
    const now = timeline.monotonic();
    const token = this.#isTroubled(now) ? undefined : now;
    this.#measures.tokenCalls++;
    return new Promise((resolve) => {
      timeline.after(TOKEN_CALL, () => {
        timeline.promised();
        resolve(token);
      });
    });
  }

  #answer(operation: Operation, token: number, now: number): Answer {
    if (this.token !== undefined && now >= START && token < START) return { status: 401 };
    const trouble = this.#isTroubled(now)
      ? this.#trouble({ operation, now, chance: this.#server })
      : undefined;
    return trouble ?? { status: 200, ran: true };
  }

  #isTroubled(now: number): boolean {
    return now >= START && now < START + this.#story.lasts;
  }
}
