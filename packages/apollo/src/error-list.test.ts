import { ApolloClient, ApolloLink, CombinedGraphQLErrors, InMemoryCache } from '@apollo/client';
import { ErrorLink } from '@apollo/client/link/error';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { failureOf } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import {
  ADD,
  HELLO,
  TICKS,
  answers,
  clientOf,
  listen,
  run,
  scriptedLink,
} from './client.fixture.ts';

const malformed: readonly [string, unknown, string][] = [
  ['a string', 'down for today', 'down for today'],
  ['an object', { hello: ['is unknown'] }, 'The server sent an error without a message.'],
  ['one error', { message: 'down' }, 'down'],
  ['a number', 5, '5'],
  ['true', true, 'true'],
  ['null among entries', [null], 'The server sent an error without a message.'],
  ['strings and null', ['down', null], 'down\nThe server sent an error without a message.'],
  [
    'a message that is no string',
    [{ message: { toString: null } }],
    'The server sent an error without a message.',
  ],
];

const chains: readonly [string, (link: ApolloLink) => ApolloLink][] = [
  ['alone', (link) => link],
  ['below ErrorLink', (link) => ApolloLink.from([new ErrorLink(() => {}), link])],
  [
    'below PersistedQueryLink',
    (link) => ApolloLink.from([new PersistedQueryLink({ sha256: () => 'hash' }), link]),
  ],
];

describe.each(chains)('the link %s', (_, chain) => {
  it.each(malformed)(
    'A6b E4 errors: %s settle every kind of operation',
    async (__, errors, message) => {
      const { client: plain } = clientOf(scriptedLink(answers({ data: null, errors })));
      const client = new ApolloClient({ link: chain(plain.link), cache: new InMemoryCache() });
      const query = await client.query({ query: HELLO, errorPolicy: 'all' });
      const mutation: unknown = await client
        .mutate({ mutation: ADD, variables: { name: 'a' } })
        .catch((error: unknown) => error);
      const subscription = listen(client.subscribe({ query: TICKS }));
      await subscription.done;
      const [event] = subscription.said as [{ error: unknown }];
      for (const error of [query.error, mutation, event.error]) {
        expect(error).toBeInstanceOf(CombinedGraphQLErrors);
        expect((error as Error).message).toBe(message);
        expect(failureOf(error)?.stopped).toBe('not_retryable');
      }
    },
  );
});

it.each([
  ['no errors', {}],
  ['null', { errors: null }],
  ['none', { errors: [] }],
  ['an empty string', { errors: '' }],
  ['false', { errors: false }],
  ['well-formed', { errors: [{ message: 'x', path: ['hello'] }] }],
  ['strings, which Apollo takes', { errors: ['x'] }],
  ['chunks', { incremental: [{ id: '0', data: {} }], completed: [{ id: '0' }], hasNext: false }],
])('A6b a result passes as the very same object: %s', async (_, rest) => {
  const result = { data: { hello: 'a' }, ...rest };
  const { client } = clientOf(scriptedLink(answers(result)));
  const heard = run(client.link, { query: HELLO }, client);
  await heard.done;
  expect(heard.said[0]).toBe(result);
});

it('A6b what no list of errors is taken for none by Apollo is none here', async () => {
  const { client, events } = clientOf(scriptedLink(answers({ data: { hello: 'a' }, errors: '' })));
  await client.query({ query: HELLO });
  expect(events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'success' });
});

it.each(['incremental', 'completed'])('A6b the errors of a chunk are mended: %s', async (key) => {
  const chunk = { [key]: [{ id: '0', errors: 'lost' }, { id: '1' }], hasNext: false };
  const { client } = clientOf(scriptedLink(answers({ data: {}, hasNext: true }, chunk)));
  const heard = run(client.link, { query: HELLO }, client);
  await heard.done;
  expect(heard.said[1]).toEqual({
    [key]: [{ id: '0', errors: [{ message: 'lost' }] }, { id: '1' }],
    hasNext: false,
  });
});

it('A6b E4 a result that is nothing at all settles', async () => {
  const { client } = clientOf(scriptedLink(answers(null)));
  await expect(client.query({ query: HELLO })).rejects.toBeInstanceOf(TypeError);
});
