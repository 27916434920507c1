import { inspect } from 'node:util';
import { failureOf } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { startClient, startServer } from './exchange.fixture.ts';

const ACCESS = 'aC/ce+ss-To.ken~1=';
const SIGNATURE = 'sIg+na/ture-0123456789';

const forms: readonly [string, (secret: string) => string][] = [
  ['as it is', (secret) => secret],
  ['URL-encoded', encodeURIComponent],
  ['base64', (secret) => Buffer.from(secret).toString('base64')],
  ['base64url', (secret) => Buffer.from(secret).toString('base64url')],
];

function printed(value: unknown): string {
  return inspect(value, { depth: 14, showHidden: true, getters: true });
}

describe.each(forms)('a server that repeats a secret %s', (_, form) => {
  it.each([
    ['in an error status', 400],
    ['in a GraphQL error', 200],
  ])('X3b F11 is quoted in no failure and no event: %s', async (__, status) => {
    const leak = `${form(ACCESS)} ${form(SIGNATURE)}`;
    const entry = {
      message: `no ${leak}`,
      path: [leak],
      extensions: { code: leak, type: leak, docs_url: `https://a.example/?${leak}` },
    };
    const server = await startServer({
      faults: [{ status, body: { errors: [entry], data: null }, times: Infinity }],
    });
    const { client, events } = startClient(server.url, {
      retry: false,
      auth: {
        tokens: { accessToken: ACCESS },
        headers: ({ accessToken }) => ({ authorization: `Bearer ${accessToken}`, x: SIGNATURE }),
      },
    });
    const query = await client.query('{ hello }', {});
    const mutation = await client.mutation('mutation { add(name: "a") { id } }', {});
    const failures = [failureOf(query.error), failureOf(mutation.error)];
    expect(failures.map((failure) => failure?.message)).toEqual([
      'no [redacted] [redacted]',
      'no [redacted] [redacted]',
    ]);
    const text = printed([failures, events]);
    for (const secret of [ACCESS, SIGNATURE]) expect(text).not.toContain(form(secret));
  });
});
