import type { Answers } from './contender.ts';

const trio = 'RetryLink + ErrorLink + SetContextLink';
const pair = 'authExchange + retryExchange';

interface MatchDescription {
  readonly title: string;
  readonly client: 'apollo' | 'urql';
  readonly answers: Answers;
  readonly peers: string;
  /** What is meant to be added over what the peers add, where it is meant to be something. */
  readonly goal?: { readonly wanted: number; readonly aim: number };
}

export const matchNames = ['apollo-in-call', 'apollo-later', 'urql-in-call', 'urql-later'] as const;
export type MatchName = (typeof matchNames)[number];

/** What is compared, and where: at the link and at the exchanges, with what an app would have there. */
export const matches: Readonly<Record<MatchName, MatchDescription>> = {
  'apollo-in-call': {
    title: 'Apollo, answer in the same call',
    client: 'apollo',
    answers: 'in-call',
    peers: trio,
    goal: { wanted: 0.12, aim: 0.08 },
  },
  'apollo-later': {
    title: 'Apollo, answers a microtask later, 10,000 in flight',
    client: 'apollo',
    answers: 'later',
    peers: trio,
    goal: { wanted: 0.55, aim: 0.3 },
  },
  'urql-in-call': {
    title: 'urql, answer in the same call',
    client: 'urql',
    answers: 'in-call',
    peers: pair,
    goal: { wanted: 0.9, aim: 0.6 },
  },
  'urql-later': {
    title: 'urql, answers a microtask later, 10,000 in flight',
    client: 'urql',
    answers: 'later',
    peers: pair,
  },
};
