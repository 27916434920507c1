import { ResilienceLink } from '@holdfast/apollo';
import { ResilienceError, createResilience } from '@holdfast/core';
import type { OperationOptions, Resilience } from '@holdfast/core';
import { resilientSocket } from '@holdfast/graphql-ws';
import { startFaultServer } from '@holdfast/testing';
import { resilienceExchange } from '@holdfast/urql';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { everyClient, closing } from './both-clients.ts';

afterEach(() => vi.unstubAllEnvs());

const adapters: readonly (readonly [string, (instance: Resilience) => unknown])[] = [
  ['new ResilienceLink()', (instance) => new ResilienceLink(instance)],
  ['resilienceExchange()', (instance) => resilienceExchange(instance)],
  ['resilientSocket()', (instance) => resilientSocket(instance)],
];

describe.each(adapters)('%s', (name, make) => {
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a function', createResilience],
    ['an object', { retry: false }],
  ])('X5 given %s in place of an instance says so', (shown, instance) => {
    expect(() => make(instance as Resilience)).toThrow(
      new TypeError(
        `${name} must be given an instance, as createResilience() returns it, not ${shown}.`,
      ),
    );
  });

  it('X5 says nothing in a production build', () => {
    vi.stubEnv('NODE_ENV', 'production');
    expect(() => make({ execute: () => () => {} } as unknown as Resilience)).not.toThrow();
  });
});

const ADD = 'mutation Add { add(name: "a") { id } }';
const KNOWN = 'allowed are retry, idempotent, auth, timeout, scope';

describe.each(everyClient)('wrong options of one operation with $client', ({ connect }) => {
  it.each<[unknown, string]>([
    [{ idempotant: true }, `resilience.idempotant is no option, but was given true; ${KNOWN}.`],
    [{ retry: 'yes' }, 'resilience.retry must be true or false, not "yes".'],
    [{ retry: 3 }, 'resilience.retry must be true or false, not 3.'],
    [{ timeout: -5 }, 'resilience.timeout must be a number of at least 0, not -5.'],
    [{ timeout: '5s' }, 'resilience.timeout must be a number of at least 0, not "5s".'],
    [{ timeout: Number.NaN }, 'resilience.timeout must be a number of at least 0, not NaN.'],
    [{ auth: null }, 'resilience.auth must be true or false, not null.'],
    [{ scope: 7 }, 'resilience.scope must be a string that is not empty, not 7.'],
    [true, 'resilience must be an object, not true.'],
    [null, 'resilience must be an object, not null.'],
  ])('X5 fail it with one sentence, and nothing is sent: %j', async (options, sentence) => {
    const server = closing(await startFaultServer());
    const { client } = connect(server.url);
    const resilience = options as OperationOptions;
    const query = await client.query('query Hello { hello }', { resilience });
    expect(messageOf(query.error)).toBe(`Operation Hello: ${sentence}`);
    const { error, failure } = await client.mutate(ADD, { resilience });
    expect(messageOf(error)).toBe(`Operation Add: ${sentence}`);
    expect(failure).toMatchObject({
      kind: 'bad_input',
      source: 'client',
      executed: false,
      attempts: 0,
      stopped: 'not_retryable',
    });
    expect(server.requests).toHaveLength(0);
  });

  it('X5 are not looked for in a production build', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const server = closing(await startFaultServer());
    const { client } = connect(server.url);
    const { error } = await client.mutate(ADD, { resilience: { idempotant: true } as object });
    expect(error).toBeUndefined();
  });

  it.each<[OperationOptions]>([
    [{}],
    [{ retry: undefined, timeout: undefined }],
    [{ retry: false, idempotent: true, auth: false, timeout: 5_000, scope: 'reports' }],
    [{ timeout: Infinity }],
  ])('X5 and right ones are let through: %j', async (resilience) => {
    const server = closing(await startFaultServer());
    const { error } = await connect(server.url).client.mutate(ADD, { resilience });
    expect(error).toBeUndefined();
  });
});

/** The sentence of our own error, which urql wraps. */
function messageOf(error: unknown): string | undefined {
  const { networkError = error } = { ...(error as { readonly networkError?: unknown }) };
  return networkError instanceof ResilienceError ? networkError.message : undefined;
}
