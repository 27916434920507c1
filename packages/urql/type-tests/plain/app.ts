import { createResilience, resilienceExchange } from '@holdfast/urql';
import type { ResilienceContext } from '@holdfast/urql';
import { Client, fetchExchange } from '@urql/core';

// An app that says nothing about its types.
export const client: Client = new Client({
  url: 'https://api.example.com/graphql',
  exchanges: [resilienceExchange(createResilience()), fetchExchange],
});

export const answer: unknown = client.query('{ me }', {}, {
  resilience: { auth: false, timeout: 1_000 },
} satisfies ResilienceContext);

// @ts-expect-error -- options are checked where they are given the type
export const mistyped: ResilienceContext = { resilience: { idempotant: true } };

// @ts-expect-error -- an exchange without an instance
export const missing: unknown = resilienceExchange();
