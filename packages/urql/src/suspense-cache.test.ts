import { manualRetry } from '@holdfast/core';
import { gql } from '@urql/core';
import { expect, it } from 'vitest';
import { startClient, startServer } from './exchange.fixture.ts';

const HELLO = gql('{ hello }');

it('V4 a failed query that is tried again by hand is dropped from what the bindings keep, others are not', async () => {
  const server = await startServer({ faults: [{ status: 403 }] });
  const { client } = startClient(server.url);
  // In the form that the bindings for React give it.
  const kept = new Map<number, unknown>();
  Object.assign(client, { _react: kept });
  const failed = await client.query(HELLO, {});
  kept.set(failed.operation.key, failed).set(1, 'another');
  await manualRetry().send(failed.error);
  expect([...kept.values()]).toEqual([undefined, 'another']);
  // It is for whoever asks anew to send.
  expect(server.requests).toHaveLength(1);
});

it('V4 without bindings that keep anything there is nothing to drop', async () => {
  const server = await startServer({ faults: [{ status: 403 }] });
  const { client } = startClient(server.url);
  const { error } = await client.query(HELLO, {});
  await manualRetry().send(error);
  expect((await client.query(HELLO, {})).error).toBeUndefined();
});
