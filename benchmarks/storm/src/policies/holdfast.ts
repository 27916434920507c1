import { createResilience } from '@holdfast/core';
import type {
  OperationInfo,
  Receiver,
  Resilience,
  ResilienceOptions,
  Signal,
  Transport,
} from '@holdfast/core';
import type { Answer, Operation } from '../api.ts';
import type { Client, Place, Policy } from '../policy.ts';

type Numbers = Pick<ResilienceOptions, 'outage' | 'retry'>;

/** The budget that the core gives to a page in a browser; here there is no page to find that out by. */
const TAB = { retry: { budget: { capacity: 100 } } } as const;

/** The core itself, with its defaults. */
export const holdfast: Policy = holdfastWith('Holdfast', {});

/** The core with other numbers than its defaults. */
export function holdfastWith(name: string, numbers: Numbers): Policy {
  return {
    name,
    source: '`@holdfast/core` of this repository with its defaults for a tab: the code itself',
    client: (place) => new HoldfastClient(place, { ...TAB, ...numbers }),
  };
}

class HoldfastClient implements Client {
  readonly #place: Place;
  readonly #resilience: Resilience;

  constructor(place: Place, numbers: Numbers) {
    const { timeline, chance, concurrency, token } = place;
    this.#place = place;
    this.#resilience = createResilience({
      clock: timeline,
      random: chance,
      ...numbers,
      ...(concurrency === undefined ? {} : { rateLimit: { concurrency } }),
      ...(token === undefined
        ? {}
        : { auth: { tokens: tokens(token), refresh: () => this.#refresh() } }),
    });
  }

  run(operation: Operation, settled: (answered: boolean) => void): void {
    const { kind, name } = operation;
    const info: OperationInfo = { kind, name, endpoint: 'https://api.example/graphql' };
    const transport: Transport<Signal> = {
      send: ({ headers }, receiver) =>
        this.#place.send(operation, tokenIn(headers), (answer) => {
          if (answer.status === 0) return receiver.error({ code: 'ECONNREFUSED' });
          receiver.next(signalOf(answer));
          receiver.complete();
        }),
      read: (signal) => signal,
    };
    let answered = false;
    const receiver: Receiver<Signal> = {
      next: ({ status }) => {
        answered = status === 200;
      },
      error: () => settled(false),
      complete: () => settled(answered),
    };
    this.#resilience.execute(info, transport, receiver);
  }

  async #refresh(): Promise<{ readonly accessToken: string }> {
    const token = await this.#place.refresh();
    if (token !== undefined) return tokens(token);
    throw Object.assign(new Error('The token endpoint is down.'), { status: 503 });
  }
}

function tokens(token: number): { readonly accessToken: string } {
  return { accessToken: String(token) };
}

function tokenIn({ authorization }: Readonly<Record<string, string>>): number {
  return Number(authorization?.replace('Bearer ', '') ?? 0);
}

const GOOD: Signal = { status: 200, data: {} };

function signalOf({ status, retryAfter }: Answer): Signal {
  if (status === 200) return GOOD;
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return { status, headers, body: '' };
}
