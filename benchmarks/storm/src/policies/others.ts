import type { Answer, Operation } from '../api.ts';
import type { Client, Place, Policy } from '../policy.ts';

/** How one operation is retried. */
export interface Course {
  /** Milliseconds until the next attempt, after one that failed; `undefined`: it was the last. */
  after(failed: Answer): number | undefined;
  succeeded(): void;
}

/** What a client remembers between its operations, such as a budget. */
export type Retries = (operation: Pick<Operation, 'kind'>) => Course;

const ONCE: Course = { after: () => undefined, succeeded: () => {} };

/** What the others are measured by. */
export const noRetries: Policy = policy('none', 'every operation is sent once', () => () => ONCE);

/** Apollo Client's link with no options given: five attempts for whatever fails, no hints. */
export const retryLink: Policy = policy(
  'RetryLink',
  '`@apollo/client` 4.3.8, `link/retry` without options: five attempts of everything, mutations included, after up to 600, 1,200, 2,400, 4,800 ms',
  retryLinkRetries,
);

export function retryLinkRetries({ chance }: Pick<Place, 'chance'>): Retries {
  return () => {
    let failures = 0;
    return {
      ...ONCE,
      after: () => (++failures < 5 ? chance() * 300 * 2 ** failures : undefined),
    };
  };
}

/** urql's exchange with no options given: one retry of what its client calls a network error, no hints. */
export const exchangeRetry: Policy = policy(
  'exchange-retry',
  '`@urql/exchange-retry` 2.0.0 without options: one retry of everything, mutations included, after 1.5 to 2.5 s',
  exchangeRetryRetries,
);

export function exchangeRetryRetries({ chance }: Pick<Place, 'chance'>): Retries {
  return () => {
    let failures = 0;
    return {
      ...ONCE,
      after: () => (++failures < 2 ? Math.min(1_000 * (1.5 + chance()), 15_000) : undefined),
    };
  };
}

/** TanStack Query's retryer: it has no jitter, and leaves mutations alone. */
export const tanStackQuery: Policy = policy(
  'TanStack Query',
  '`@tanstack/query-core` 5, `retryer.ts` with its defaults: three retries of queries after 1, 2, 4 s',
  tanStackRetries,
);

export function tanStackRetries(): Retries {
  return ({ kind }) => {
    let failures = 0;
    return {
      ...ONCE,
      after: () =>
        kind === 'query' && failures < 3 ? Math.min(1_000 * 2 ** failures++, 30_000) : undefined,
    };
  };
}

const AWS = { attempts: 3, capacity: 500, longest: 20_000, patience: 5_000 };

/** The AWS SDK's standard mode: full jitter, and a bucket that retries drain and successes fill. */
export const awsStandard: Policy = policy(
  'AWS standard',
  '`@smithy/util-retry` 4.6.2, `StandardRetryStrategy` with the settings of 2026: three attempts of what is throttled or transient, full jitter from 50 ms (1 s after a limit) up to 20 s, a bucket of 500 that a retry costs 14 (5)',
  awsRetries,
);

export function awsRetries({ chance }: Pick<Place, 'chance'>): Retries {
  let bucket = AWS.capacity;
  return () => {
    let retries = 0;
    let paid: number | undefined;
    return {
      after: ({ status, retryAfter }) => {
        const [base, cost] = status === 429 ? [1_000, 5] : [50, 14];
        if (status === 401 || retries + 1 >= AWS.attempts || bucket < cost) return undefined;
        bucket -= cost;
        paid = cost;
        const own = Math.floor(chance() * Math.min(base * 2 ** retries++, AWS.longest));
        // A hint is followed for five seconds beyond the delay of its own.
        return Math.max(own, Math.min((retryAfter ?? 0) * 1_000, own + AWS.patience));
      },
      succeeded: () => {
        bucket = Math.min(AWS.capacity, bucket + (paid ?? 1));
      },
    };
  };
}

/** A policy that is no more than its retries: each operation for itself, with what its client remembers. */
function policy(name: string, source: string, retries: (place: Place) => Retries): Policy {
  return { name, source, client: (place) => new PlainClient(place, retries(place)) };
}

/** Where tokens are wanted, a rejection causes a refresh, one at a time, and then the operation once more. */
class PlainClient implements Client {
  readonly #place: Place;
  readonly #retries: Retries;
  #token: number;
  #refresh: Promise<boolean> | undefined;

  constructor(place: Place, retries: Retries) {
    this.#place = place;
    this.#retries = retries;
    this.#token = place.token ?? 0;
  }

  run(operation: Operation, settled: (answered: boolean) => void): void {
    const { timeline } = this.#place;
    const course = this.#retries(operation);
    const send = (): void => {
      this.#send(operation, true, (answer) => {
        if (answer.status === 200) {
          course.succeeded();
          return settled(true);
        }
        const delay = course.after(answer);
        if (delay === undefined) return settled(false);
        timeline.after(delay, send);
      });
    };
    send();
  }

  #send(operation: Operation, again: boolean, receive: (answer: Answer) => void): void {
    this.#place.send(operation, this.#token, (answer) => {
      if (answer.status !== 401 || !again) return receive(answer);
      void this.#renewed().then((renewed) =>
        renewed ? this.#send(operation, false, receive) : receive(answer),
      );
    });
  }

  #renewed(): Promise<boolean> {
    this.#refresh ??= this.#place.refresh().then((token) => {
      this.#refresh = undefined;
      this.#token = token ?? this.#token;
      return token !== undefined;
    });
    return this.#refresh;
  }
}
