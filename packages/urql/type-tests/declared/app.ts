import type { ResilienceContext } from '@holdfast/urql';
import { Client, fetchExchange } from '@urql/core';

// An app whose contexts are checked.
declare module '@urql/core' {
  interface OperationContext extends ResilienceContext {}
}

const client: Client = new Client({
  url: 'https://api.example.com/graphql',
  exchanges: [fetchExchange],
});

export const answer: unknown = client.query(
  '{ me }',
  {},
  { resilience: { idempotent: true, scope: 'reports' }, whatever: 7 },
);

// @ts-expect-error -- the app's context knows our options
export const mistyped: unknown = client.query('{ me }', {}, { resilience: { retry: 3 } });
