import { broken } from './api.ts';
import type { Answer, Request, Trouble } from './api.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** When a trouble begins; before it everything is as it should be. */
export const START: number = 30 * SECOND;

/** The operation that is broken in one of the stories. */
export const BROKEN_NAME = 'Reviews';

/** Requests a second that the limit of two stories lets through, for each client. */
const ALLOWED = 50;

/** What happens to an API, and who uses it. Times in virtual milliseconds. */
export interface Story {
  readonly id: string;
  readonly title: string;
  readonly clients: number;
  /** Time between two moments at which a client asks for something, on average. */
  readonly every: number;
  /** How many operations it asks for at such a moment; several at once are queries. */
  readonly burst: number;
  /** Everybody asks just once, at the beginning of the trouble. */
  readonly once?: boolean;
  /** How long the trouble lasts. */
  readonly lasts: number;
  /** Made for each client; asked while the trouble lasts. */
  readonly trouble: () => Trouble;
  /** How long a request and its answer take; else as on a mobile network, with the work. */
  readonly latency?: Latency;
  /** How many of a client's operations go at once, for whoever can be told. */
  readonly concurrency?: number;
  /** Tokens of before the trouble are rejected from its beginning, and while it lasts there are no new ones. */
  readonly tokens?: boolean;
  readonly goals: Goals;
}

/** Even between the least and the most; milliseconds. */
export interface Latency {
  readonly least: number;
  readonly most: number;
}

/** What Holdfast should reach, at most. That no mutation runs twice goes for every story. */
interface Goals {
  /** Shares of the queries and mutations that fail. */
  readonly queries?: number;
  readonly mutations?: number;
  /** Fewer queries fail than with TanStack Query's policy. */
  readonly better?: boolean;
  /** Nothing fails but the operation that is broken. */
  readonly spared?: boolean;
  /** Requests an operation. */
  readonly requests?: number;
  /** Requests in the busiest second, in normal loads. */
  readonly peak?: number;
  /** Requests before the instant that the client was told. */
  readonly early?: number;
  /** Token calls of a client. */
  readonly tokenCalls?: number;
}

const STEADY = { clients: 1_000, every: SECOND, burst: 1 };
const SELDOM = { clients: 5_000, every: 5 * SECOND, burst: 1 };
const DOWN = { lasts: 10 * SECOND, trouble: () => broken };

export const stories: readonly Story[] = [
  {
    ...DOWN,
    id: 'busy',
    title: '500 for 10 s; four operations a second a client',
    clients: 2_000,
    every: SECOND / 4,
    burst: 1,
    goals: { queries: 0.01, mutations: 0.05, requests: 1.2, peak: 3.5 },
  },
  {
    ...DOWN,
    id: 'quiet',
    title: '500 for 10 s; one operation in ten seconds a client',
    clients: 5_000,
    every: 10 * SECOND,
    burst: 1,
    goals: { queries: 0.01, requests: 2.5 },
  },
  {
    ...DOWN,
    id: 'pages',
    title: '500 for 10 s; a page of eight queries at once in ten seconds',
    clients: 1_000,
    every: 10 * SECOND,
    burst: 8,
    goals: { queries: 0.01, requests: 1.5 },
  },
  ...[30, 60].map((seconds) => ({
    ...STEADY,
    id: `down-${seconds}`,
    title: `500 for ${seconds} s; an operation a second a client`,
    lasts: seconds * SECOND,
    trouble: () => broken,
    goals: { better: true, requests: seconds === 30 ? 1.1 : 0.8 },
  })),
  {
    ...SELDOM,
    id: 'half',
    title: 'Half of the answers are 500 for a minute; an operation in five seconds a client',
    lasts: MINUTE,
    trouble: () => (request) => (request.chance() < 0.5 ? broken(request) : undefined),
    goals: { queries: 0.009, requests: 1.45 },
  },
  {
    ...STEADY,
    id: 'slow',
    title: 'Answers take 20 s for a minute; an operation a second a client',
    lasts: MINUTE,
    trouble: () => () => ({ status: 200, ran: true, takes: 20 * SECOND }),
    goals: { queries: 0, mutations: 0, requests: 1.05 },
  },
  {
    ...SELDOM,
    id: 'refused',
    title: 'Connections are refused for 10 s; an operation in five seconds a client',
    lasts: 10 * SECOND,
    trouble: () => () => ({ status: 0 }),
    goals: { queries: 0.005, mutations: 0.01, requests: 1.7 },
  },
  {
    ...STEADY,
    id: 'hint',
    title:
      '429 for 10 s, with the seconds that are left as Retry-After; an operation a second a client',
    lasts: 10 * SECOND,
    trouble:
      () =>
      ({ now }) => ({
        status: 429,
        retryAfter: Math.ceil((START + 10 * SECOND - now) / SECOND),
      }),
    goals: { queries: 0, mutations: 0, requests: 1.05, early: 0 },
  },
  {
    ...atOnce(),
    id: 'burst',
    title: '300 queries at once, of which 50 a second are answered; 429 with Retry-After: 1',
    goals: { queries: 0, requests: 2.05, early: 0 },
  },
  {
    ...atOnce(),
    id: 'burst-20',
    title: 'The same, with `rateLimit.concurrency: 20`',
    concurrency: 20,
    goals: { queries: 0, requests: 1.3 },
  },
  {
    ...STEADY,
    id: 'resolver',
    title: 'One query of nine is 500 for a minute, always; an operation a second a client',
    lasts: MINUTE,
    trouble: () => (request) =>
      request.operation.name === BROKEN_NAME ? broken(request) : undefined,
    goals: { spared: true, requests: 1.5 },
  },
  {
    ...STEADY,
    id: 'tokens',
    title:
      'All tokens are rejected, and the token endpoint is down for 5 s; an operation a second a client',
    lasts: 5 * SECOND,
    tokens: true,
    trouble: () => () => undefined,
    goals: { queries: 0, mutations: 0, tokenCalls: 6 },
  },
];

/** Requests a second of all clients, as long as nothing is wrong. */
export function normalLoad({ clients, burst, every, once }: Story): number {
  return once === true ? clients * ALLOWED : (clients * burst * SECOND) / every;
}

function atOnce(): Omit<Story, 'id' | 'title' | 'goals'> {
  const lasts = Infinity;
  return { clients: 200, every: Infinity, burst: 300, once: true, lasts, trouble: limited };
}

/** Whoever comes when a second's worth has been let through is to come back in a second. */
function limited(): (request: Request) => Answer | undefined {
  let second = -1;
  let served = 0;
  return ({ now }) => {
    const current = Math.floor(now / SECOND);
    if (current !== second) {
      second = current;
      served = 0;
    }
    return ++served > ALLOWED ? { status: 429, retryAfter: 1 } : undefined;
  };
}
