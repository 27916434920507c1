import { startFaultServer } from '@holdfast/testing';
import type { Fault } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { everyClient, closing, QUICK } from '../both-clients.ts';

const ADD = 'mutation Add { add(name: "a") { id } }';
const PADDING = 'x'.repeat(70_000);
const errors = [{ message: 'no', path: ['add', 'owner'], extensions: { code: 'UNAUTHENTICATED' } }];

/** Each of these comes after the mutation has run, and says so in what the client does not get to see. */
const unread: readonly [string, Fault][] = [
  ['is longer than 64 KiB', { body: { padding: PADDING, errors } }],
  ['is a page longer than 64 KiB', { body: `<html>${PADDING}</html>`, contentType: 'text/html' }],
  ['breaks off', { body: { errors, padding: PADDING }, reset: 'body' }],
  ['breaks off early', { body: { errors }, reset: 'body', truncate: 1 }],
  ['breaks off as a page', { body: '<html>no</html>', contentType: 'text/html', reset: 'body' }],
  ['ends too early', { body: { errors }, truncate: true }],
];

const auth = {
  tokens: { accessToken: 'one' },
  refresh: async () => ({ accessToken: 'two' }),
};

describe.each(everyClient)(
  'an answer that was not read to its end, with $client',
  ({ connect }) => {
    describe.each([401, 423, 425, 429])('under a %i', (status) => {
      it.each(unread)('F9 M1 whose body %s: what ran is not sent again', async (_, fault) => {
        const server = closing(await startFaultServer({}));
        server.inject({ ...fault, status, execute: true });
        const { client } = connect(server.url, {
          ...QUICK,
          auth: { tokens: { accessToken: 'one' }, refresh: async () => ({ accessToken: 'two' }) },
        });
        const { failure } = await client.mutate(ADD);
        expect(server.executions).toEqual({ add: 1 });
        expect(failure).toMatchObject({
          status,
          executed: undefined,
          attempts: 1,
          stopped: 'unsafe_mutation',
        });
        expect(failure?.advice).toMatch(/look up/iu);
      });

      it.each([{ errors: [{ message: 'no' }] }, 'no', ''])(
        'F9 M1 whose body is %j, to its end: it is sent again',
        async (body) => {
          const server = closing(await startFaultServer({}));
          server.inject({ status, body });
          const { client } = connect(server.url, { ...QUICK, auth });
          const { data } = await client.mutate(ADD);
          expect(data).toMatchObject({ add: { id: expect.any(String) } });
          expect(server.executions).toEqual({ add: 1 });
        },
      );
    });
  },
);
