/**
 * What is compared, and where. The keys say which module makes it (`match-worker.ts`). A batch is what one
 * timing takes together: so many operations that the timer's own grain vanishes in them, and so few that
 * several batches fit into a turn. A turn is milliseconds: longer where what is added is small beside what
 * the client itself costs.
 */
export const matches = {
  'apollo-link': {
    title: 'Apollo Client 4, at the link',
    peers: 'RetryLink + ErrorLink + SetContextLink',
    batch: 50,
    turn: 4,
    limit: 0.25,
  },
  'apollo-link-with-response': {
    title: 'the same, with response headers to read',
    peers: 'RetryLink + ErrorLink + SetContextLink',
    batch: 50,
    turn: 4,
    limit: undefined,
  },
  'apollo-client': {
    title: 'Apollo Client 4, client.query',
    peers: 'RetryLink + ErrorLink + SetContextLink',
    batch: 10,
    turn: 15,
    limit: 0.25,
  },
  'urql-exchanges': {
    title: 'urql, at the exchanges',
    peers: 'authExchange + retryExchange',
    batch: 50,
    turn: 4,
    limit: 1,
  },
  'urql-client': {
    title: 'urql, client.query',
    peers: 'authExchange + retryExchange',
    batch: 25,
    turn: 8,
    limit: 1,
  },
} as const;

export type MatchName = keyof typeof matches;
export const matchNames = Object.keys(matches) as MatchName[];
