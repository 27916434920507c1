/** Crowds that are counted, and which module makes each (`waiting-worker.ts`). */
export const crowds = {
  'core-refresh': 'core: a refresh',
  'core-gate': 'core: a closed scope',
  'apollo-bare': 'Apollo, bare: an answer',
  'apollo-refresh': 'Apollo: a refresh',
  'apollo-gate': 'Apollo: a closed scope',
  'apollo-peers-refresh': 'Apollo, its trio: a token',
  'apollo-peers-backoff': 'Apollo, its trio: a backoff',
  'urql-bare': 'urql, bare: an answer',
  'urql-refresh': 'urql: a refresh',
  'urql-gate': 'urql: a closed scope',
  'urql-peers-refresh': 'urql, its pair: a refresh',
  'urql-peers-backoff': 'urql, its pair: a backoff',
} as const;

export type CrowdName = keyof typeof crowds;
export const crowdNames = Object.keys(crowds) as CrowdName[];
