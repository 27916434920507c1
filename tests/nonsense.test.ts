import { startFaultServer } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { everyClient, closing, QUICK } from './both-clients.ts';

const HELLO = 'query Hello { hello }';
const ADD = 'mutation Add { add(name: "a") { id } }';

describe.each(everyClient)('nonsense with $client', ({ connect }) => {
  it.each(['[]', 'null', '"hello"', '42', '{}', '{"hello":"world"}', 'true', '', '{"data":'])(
    'F7 a body of %j is a bad response, for a query and for a mutation',
    async (body) => {
      const fault = { status: 200, body, contentType: 'application/json', times: 9 };
      const server = closing(await startFaultServer({ faults: [fault] }));
      const { client } = connect(server.url);
      for (const { error, failure } of [await client.query(HELLO), await client.mutate(ADD)]) {
        expect(error).toBeDefined();
        expect(failure).toMatchObject({ kind: 'bad_response', stopped: 'not_retryable' });
      }
      expect(server.requests).toHaveLength(2);
    },
  );

  it('A5 W3 a limit whose body breaks is a limit all the same', async () => {
    const fault = {
      status: 429,
      headers: { 'retry-after': '1' },
      body: 'x'.repeat(5_000),
      reset: 'body',
    } as const;
    const server = closing(await startFaultServer({ faults: [fault] }));
    const { client } = connect(server.url, { ...QUICK, random: () => 0 });
    const { error } = await client.query(HELLO);
    expect(error).toBeUndefined();
    const [refused, again] = server.requests;
    expect((again?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it.each([401, 429])(
    'F9 M1 a %i whose body breaks does not prove that a mutation did not run',
    async (status) => {
      const fault = { status, body: 'x'.repeat(5_000), reset: 'body', times: 9 } as const;
      const server = closing(await startFaultServer({ faults: [fault] }));
      const { client } = connect(server.url, {
        ...QUICK,
        auth: { tokens: { accessToken: 'one' }, refresh: async () => ({ accessToken: 'two' }) },
      });
      const { failure } = await client.mutate(ADD);
      expect(failure).toMatchObject({ status, executed: undefined });
      expect(server.requests).toHaveLength(1);
    },
  );

  it('A5 R3 a refusal whose body breaks is a refusal all the same', async () => {
    const fault = { status: 400, body: 'x'.repeat(5_000), reset: 'body', times: 9 } as const;
    const server = closing(await startFaultServer({ faults: [fault] }));
    const { client } = connect(server.url);
    const { failure } = await client.query(HELLO);
    expect(failure).toMatchObject({ kind: 'bad_input', status: 400 });
    expect(server.requests).toHaveLength(1);
  });
});
