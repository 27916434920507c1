import { failureOf } from '@holdfast/core';
import type { SchemaParts } from '@holdfast/testing';
import { gql } from '@urql/core';
import { describe, expect, it } from 'vitest';
import { refresher, startClient, startServer } from './exchange.fixture.ts';

const UPLOAD = gql`
  mutation Upload($file: File!) {
    upload(file: $file)
  }
`;

const schema: SchemaParts = {
  typeDefs: 'scalar File type Query { a: Int } type Mutation { upload(file: File!): String! }',
  resolvers: {
    Mutation: { upload: (_: unknown, { file }: { file: Blob }) => file.text() },
  },
};

describe.each([
  ['a File', new File(['the bow'], 'bow.txt', { type: 'text/plain' })],
  ['a Blob', new Blob(['the bow'], { type: 'text/plain' })],
])('an upload of %s', (_, file) => {
  it('M1 U6 refused for its token, it is sent again, whole', async () => {
    const server = await startServer({ schema, auth: { reject: '401' } });
    const source = refresher(server);
    const { client } = startClient(server.url, {
      auth: { tokens: { accessToken: 'dead' }, refresh: source.refresh },
    });
    const { data, error } = await client.mutation(UPLOAD, { file });
    expect([data?.upload, error]).toEqual(['the bow', undefined]);
    expect(server.requests.map(({ status }) => status)).toEqual([401, 200]);
    for (const { headers, body } of server.requests) {
      expect(headers['content-type']).toMatch(/^multipart\/form-data; boundary=/u);
      expect(body).toContain('the bow');
    }
    expect(source.calls).toBe(1);
    expect(server.executions).toEqual({ upload: 1 });
  });

  it('M1 U6 marked idempotent, it is sent again after a 503; else it is not', async () => {
    const server = await startServer({ schema, faults: [{ status: 503, times: 2 }] });
    const { client } = startClient(server.url);
    const failed = await client.mutation(UPLOAD, { file });
    expect(failureOf(failed.error)).toMatchObject({ stopped: 'unsafe_mutation', attempts: 1 });
    const context = { resilience: { idempotent: true } };
    const { data } = await client.mutation(UPLOAD, { file }, context);
    expect(data?.upload).toBe('the bow');
    expect(server.requests).toHaveLength(3);
    expect(server.executions).toEqual({ upload: 1 });
  });
});

it('R3 a body that the first attempt has used up is not sent a third time, and the failure says so', async () => {
  const server = await startServer({ schema, faults: [{ status: 503, times: 2 }] });
  const { client } = startClient(server.url);
  const bytes = new TextEncoder().encode('{"query":"mutation { upload(file: null) }"}');
  const body = new ReadableStream({
    start: (stream) => {
      stream.enqueue(bytes);
      stream.close();
    },
  });
  let calls = 0;
  // One stream for all attempts: only a wrapper of the application's own can do that.
  const streaming: typeof fetch = (input, init) => {
    calls++;
    return fetch(input, { ...init, body, duplex: 'half' } as RequestInit);
  };
  const file = new File(['the bow'], 'bow.txt');
  const context = { fetch: streaming, resilience: { idempotent: true } };
  const { error } = await client.mutation(UPLOAD, { file }, context);
  expect(failureOf(error)).toMatchObject({ stopped: 'not_retryable', attempts: 2 });
  expect(failureOf(error)?.advice).toMatch(/body/u);
  expect(calls).toBe(2);
  expect(server.requests).toHaveLength(1);
});
