import { ApolloLink, gql } from '@apollo/client';
import type { ApolloClient } from '@apollo/client';
import { failureOf } from '@holdfast/core';
import type { OperationOptions } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { from, switchMap } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientOf } from './client.fixture.ts';

const UPLOAD = gql`
  mutation Upload($file: File!) {
    upload(file: $file)
  }
`;

/** What arrived whole. */
let stored: string[];
let server: FaultServer;
beforeEach(async () => {
  stored = [];
  const upload = async (_: unknown, { file }: { file: File }): Promise<string> => {
    stored.push(await file.text());
    return file.name;
  };
  server = await startFaultServer({
    auth: { reject: '401' },
    schema: {
      typeDefs: 'scalar File type Query { a: Int } type Mutation { upload(file: File!): String! }',
      resolvers: { Mutation: { upload } },
    },
  });
});
afterEach(() => server.close());

function client(link: ApolloLink, accessToken = 'dead'): ApolloClient {
  const refresh = async (): Promise<{ accessToken: string }> => ({
    accessToken: server.issueToken(),
  });
  return clientOf(link, { auth: { tokens: { accessToken }, refresh } }).client;
}

const idempotent: { readonly resilience: OperationOptions } = { resilience: { idempotent: true } };

describe('apollo-upload-client', () => {
  const file = new File(['the whole text'], 'text.txt', { type: 'text/plain' });

  it('A6 T1 an upload is sent again, whole, after a refresh', async () => {
    const { data } = await client(new UploadHttpLink({ uri: server.url })).mutate({
      mutation: UPLOAD,
      variables: { file },
    });
    expect(data).toEqual({ upload: 'text.txt' });
    expect(stored).toEqual(['the whole text']);
    expect(server.requests.map(({ status }) => status)).toEqual([401, 200]);
    for (const { headers } of server.requests) {
      expect(headers['content-type']).toContain('multipart/form-data');
    }
  });

  it('A6 M1 one that is marked idempotent is sent again, whole, after a 503', async () => {
    server.inject({ status: 503 });
    const apollo = client(new UploadHttpLink({ uri: server.url }), server.issueToken());
    await apollo.mutate({ mutation: UPLOAD, variables: { file }, context: idempotent });
    expect(stored).toEqual(['the whole text']);
    expect(server.requests.map(({ status }) => status)).toEqual([503, 200]);
  });
});

describe('a body that is a stream', () => {
  /** What an application writes to send a file as it is read. */
  const streaming = new ApolloLink((operation) => {
    const { headers, body } = operation.getContext() as {
      headers: Record<string, string>;
      body: ReadableStream;
    };
    const init = { method: 'POST', headers, body, duplex: 'half' };
    return from(fetch(server.url, init as RequestInit)).pipe(
      switchMap(async (response) => {
        operation.setContext({ response });
        return (await response.json().catch(() => ({}))) as ApolloLink.Result;
      }),
    );
  });

  function streamed(): { body: ReadableStream } {
    return { body: new Blob(['{"query":"mutation { upload }"}']).stream() };
  }

  it.each([
    ['T1 after a refresh', 401, {}],
    ['R3 after a 503', 503, idempotent],
  ])('%s it is not sent again, and the failure says so', async (_, status, options) => {
    server.inject({ status, times: Infinity });
    const apollo = client(streaming);
    const { error } = await apollo.mutate({
      mutation: UPLOAD,
      variables: { file: null },
      context: { ...options, ...streamed() },
      errorPolicy: 'all',
    });
    expect(error).toBeInstanceOf(TypeError);
    expect(failureOf(error)).toMatchObject({
      kind: 'bad_input',
      stopped: 'not_retryable',
      // A body that was read says that there was a request, and not what became of it (F9).
      executed: undefined,
      attempts: 2,
      advice: expect.stringMatching(/Blob, File or FormData/u),
    });
    expect(server.requests.length).toBe(1);
  });
});
