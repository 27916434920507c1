import type { RecordedRequest } from '@holdfast/testing';
import type { Observed } from './observed.ts';
import { outcomeOf } from './outcome.ts';
import type { Outcome } from './outcome.ts';

export const ANSWERED: Outcome = outcomeOf({ hello: 'Hello!' }, undefined, []);
export const UNAUTHENTICATED: Outcome = outcomeOf(undefined, new Error('Sign in first.'), [
  { extensions: { code: 'UNAUTHENTICATED' } },
]);
export const LOST: Outcome = outcomeOf(undefined, new TypeError('fetch failed'), []);
export const IN_PART: Outcome = outcomeOf({ hello: 'Hello!', me: null }, new Error('No.'), []);
export const PENDING: Outcome = {
  state: 'pending',
  data: undefined,
  codes: [],
  error: undefined,
};

/** A request as far as checks look at it. */
export function requestOf(name: string): RecordedRequest {
  return {
    at: 0,
    method: 'POST',
    path: '/graphql',
    headers: {},
    body: '',
    token: undefined,
    operationName: 'Hello',
    operationType: 'query',
    query: undefined,
    variables: { name },
    status: 200,
    fault: undefined,
  };
}

/** Nothing but what a test says. */
export function observed(parts: Partial<Observed>): Observed {
  return {
    outcomes: [],
    requests: [],
    tokenCalls: 0,
    executions: {},
    tooEarly: [],
    afterwards: [],
    uncaught: 0,
    ...parts,
  };
}
