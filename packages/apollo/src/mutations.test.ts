import { gql } from '@apollo/client';
import { failureOf } from '@holdfast/core';
import type { AuthOptions } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ADD, SHORT, httpClient } from './client.fixture.ts';

let server: FaultServer;
beforeEach(async () => {
  server = await startFaultServer();
});
afterEach(() => server.close());

const auth: AuthOptions = {
  tokens: { accessToken: 'one' },
  refresh: async () => ({ accessToken: 'two' }),
};
const variables = { name: 'buoy' };

it.each([{ status: 503 }, { status: 500, execute: true }, { reset: 'after-execute' as const }])(
  'M1 is not sent again where its outcome is unknown: %o',
  async (fault) => {
    server.inject(fault);
    const { client } = httpClient(server.url);
    const error: unknown = await client
      .mutate({ mutation: ADD, variables })
      .catch((thrown: unknown) => thrown);
    expect(failureOf(error)).toMatchObject({ stopped: 'unsafe_mutation', attempts: 1 });
    expect(server.requests.length).toBe(1);
  },
);

it('M1 is sent again where it is marked idempotent', async () => {
  server.inject({ status: 503 });
  const { client } = httpClient(server.url);
  const context = { resilience: { idempotent: true } };
  await client.mutate({ mutation: ADD, variables, context });
  expect(server.requests.map(({ status }) => status)).toEqual([503, 200]);
});

it('M1 M3 carries one key in all attempts, the replay included', async () => {
  server.inject([{ status: 503 }, { status: 401 }]);
  const { client } = httpClient(server.url, {
    auth,
    retry: { ...SHORT, idempotencyKey: 'idempotency-key' },
  });
  await client.mutate({ mutation: ADD, variables });
  await client.mutate({ mutation: ADD, variables });
  const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
  expect(new Set(keys.slice(0, 3)).size).toBe(1);
  expect(keys[0]).toMatch(/\S{16,}/u);
  expect(keys[3]).not.toBe(keys[0]);
});

it('M3 A6 an idempotency key of the application’s own is kept', async () => {
  server.inject({ status: 503 });
  const { client } = httpClient(server.url, {
    retry: { ...SHORT, idempotencyKey: 'idempotency-key' },
  });
  const context = { headers: { 'Idempotency-Key': 'order-7' } };
  await client.mutate({ mutation: ADD, variables, context });
  const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
  expect(keys).toEqual(['order-7', 'order-7']);
});

it('M2 errors beside data are never sent again, UNAUTHENTICATED included', async () => {
  const lenient = await startFaultServer({ auth: { reject: 'field' } });
  const { client } = httpClient(lenient.url, { auth });
  const mutation = gql`
    mutation Both {
      add(name: "buoy") {
        id
      }
      rename(id: "1", name: "x") {
        id
      }
    }
  `;
  const { data, error } = await client.mutate({ mutation, errorPolicy: 'all' });
  expect(data).toMatchObject({ add: { id: '3' }, rename: null });
  expect(failureOf(error)).toMatchObject({
    kind: 'unauthenticated',
    partial: true,
    stopped: 'unsafe_mutation',
  });
  expect(lenient.executions).toEqual({ add: 1, rename: 1 });
  await lenient.close();
});

it('M4 two identical mutations in flight get their own answers', async () => {
  server.inject([{ status: 401 }, { status: 401 }]);
  const { client } = httpClient(server.url, { auth });
  const answers = await Promise.all([
    client.mutate({ mutation: ADD, variables }),
    client.mutate({ mutation: ADD, variables }),
  ]);
  const ids = answers.map(({ data }) => (data as { add: { id: string } }).add.id);
  expect(ids.sort()).toEqual(['3', '4']);
  expect(server.executions).toEqual({ add: 2 });
});
