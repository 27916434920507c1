import { createResilience } from '@holdfast/core';
import type {
  AuthOptions,
  Receiver,
  Resilience,
  RetryOptions,
  Signal,
  Transport,
} from '@holdfast/core';
import type { Client, Place, Policy } from '../policy.ts';
import type { Answer } from '../server.ts';

const OPERATION = {
  kind: 'query',
  name: 'Storm',
  endpoint: 'https://api.example/graphql',
} as const;

/** The budget that the core gives to a page in a browser; here there is no page to find that out by (R4). */
const TAB_BUDGET = { capacity: 100 };

/** The core itself, with its defaults. */
export const holdfast: Policy = {
  name: 'Holdfast',
  source: '@holdfast/core of this repository, with its defaults: the code itself',
  client: (place) =>
    new HoldfastClient(place, place.habitat === 'tab' ? { budget: TAB_BUDGET } : {}),
};

/** The core with a budget of another size. */
export function holdfastWithBudget(capacity: number): Policy {
  return {
    name: `Holdfast, ${capacity}`,
    source: `the same with \`retry: { budget: { capacity: ${capacity} } }\``,
    client: (place) => new HoldfastClient(place, { budget: { capacity } }),
  };
}

/** The core told to leave alone what a gateway gave up waiting for: its server may be at work on it still. */
export const holdfastWithout504: Policy = {
  name: 'Holdfast, no 504',
  source: 'the same with `retry: { when: ({ status }) => (status === 504 ? false : undefined) }`',
  client: (place) =>
    new HoldfastClient(place, {
      budget: TAB_BUDGET,
      when: ({ status }) => (status === 504 ? false : undefined),
    }),
};

class HoldfastClient implements Client {
  readonly #resilience: Resilience;
  readonly #transport: Transport<Signal>;

  constructor(place: Place, retry: RetryOptions) {
    const { id, wire, timeline, chance } = place;
    this.#resilience = createResilience({
      clock: timeline,
      random: chance,
      retry,
      ...(place.token === undefined ? {} : { auth: auth(place, place.token) }),
    });
    this.#transport = {
      send({ headers }, receiver) {
        const token = headers['authorization']?.replace('Bearer ', '');
        return wire.send(id, token, (answer) => {
          if (answer.status === 0) {
            receiver.error({ code: 'ECONNREFUSED' });
            return;
          }
          receiver.next(signalOf(answer));
          receiver.complete();
        });
      },
      read: (signal) => signal,
    };
  }

  query(settled: (answered: boolean) => void): void {
    let answered = false;
    const receiver: Receiver<Signal> = {
      next: ({ status }) => {
        answered = status === 200;
      },
      error: () => settled(false),
      complete: () => settled(answered),
    };
    this.#resilience.execute(OPERATION, this.#transport, receiver);
  }
}

function auth({ id, wire }: Place, token: string): AuthOptions {
  return {
    tokens: { accessToken: token },
    async refresh() {
      const { answer, token: accessToken } = await wire.askForToken(id);
      if (answer.status === 200) return { accessToken };
      const refusal = { status: answer.status, headers: headersOf(answer) };
      throw Object.assign(new Error('The token endpoint refused.'), refusal);
    },
  };
}

const GOOD: Signal = { status: 200, data: {} };

function signalOf(answer: Answer): Signal {
  if (answer.status === 200) return GOOD;
  return { status: answer.status, headers: headersOf(answer), body: '' };
}

function headersOf({ retryAfter }: Answer): Record<string, string> {
  return retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
}
