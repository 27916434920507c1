import type { Failure } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { failureSnapshotOf, snapshotOf } from './snapshot.ts';
import { busyHistory } from './story.fixture.ts';

const END = 1_700_000_030_000;
const FAILURE = {
  kind: 'unauthenticated',
  source: 'token-endpoint',
  message: 'secret words of a server',
  code: 'invalid_grant',
  advice: 'Sign in again.',
  cause: new Error('secret cause'),
  partial: false,
  executed: undefined,
  retryable: false,
  all: [],
} satisfies Failure;

describe('what is copied', () => {
  it('F11 is what is shown, and nothing that a server wrote', () => {
    const text = snapshotOf({
      at: END,
      session: { status: 'failed', generation: 2, until: END + 1_000, failure: FAILURE },
      limits: [
        {
          scope: 'https://secret-user:secret-word@api.example.com/graphql?key=secret-key#secret',
          reason: 'rate_limit',
          until: END + 5_000,
          waiting: 3,
        },
        { scope: 'orders:read', reason: 'outage', until: Infinity, waiting: 0 },
      ],
      activity: [{ kind: 'query', name: 'Orders', reason: 'backoff', attempt: 2, until: END + 10 }],
      history: busyHistory(END),
    });
    expect(text).not.toContain('secret');
    const read: unknown = JSON.parse(text);
    expect(read).toMatchObject({
      at: '2023-11-14T22:13:50.000Z',
      session: {
        status: 'failed',
        generation: 2,
        until: '2023-11-14T22:13:51.000Z',
        failure: { kind: 'unauthenticated', code: 'invalid_grant', advice: 'Sign in again.' },
      },
      limits: [
        {
          scope: 'https://api.example.com/graphql',
          reason: 'rate_limit',
          until: '2023-11-14T22:13:55.000Z',
          waiting: 3,
        },
        { scope: 'orders:read', reason: 'outage', waiting: 0 },
      ],
      waiting: [{ name: 'Orders', reason: 'backoff', attempt: 2 }],
      closures: [{ scope: 'https://api.example.com/graphql' }, {}],
      failures: [{ name: 'PlaceOrder', stopped: 'unsafe_mutation', advice: 'Look it up.' }],
    });
    expect(Object.keys(read as object)).toEqual([
      'at',
      'session',
      'limits',
      'waiting',
      'operations',
      'failures',
      'refreshes',
      'closures',
      'generations',
    ]);
  });

  it('F11 of one failure has its steps, where they are kept', () => {
    const { failures, lanes } = busyHistory(END);
    const lane = lanes.find(({ name }) => name === 'PlaceOrder');
    expect(JSON.parse(failureSnapshotOf(failures[0]!, lane))).toMatchObject({
      at: '2023-11-14T22:13:29.500Z',
      spans: [{ kind: 'attempt', from: '2023-11-14T22:13:29.000Z', outcome: 'failure' }],
    });
    expect(JSON.parse(failureSnapshotOf(failures[0]!, undefined))).not.toHaveProperty('spans');
  });
});
