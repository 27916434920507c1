import { describe, expect, it } from 'vitest';
import { everyClient, QUICK } from '../both-clients.ts';
import type { ConnectedClient } from '../both-clients.ts';
import { orderServers } from './order-servers.ts';
import type { OrderServer } from './order-servers.ts';

const CODES = ['UNAUTHENTICATED', 'RATE_LIMITED'] as const;

/** Each of these places an order, and answers `data: null` with an entry that tells of a refusal. */
const AFTER_AN_ORDER: readonly string[] = [
  'mutation { createOrder { id customer { name } } }',
  'mutation { order: createOrder { ...Whole } } fragment Whole on Order { customer { name } }',
  'mutation { createOrder { id } audit }',
  'mutation { createOrder { id } second: createOrder { id } audit }',
  'mutation { ...Both } fragment Both on Mutation { createOrder { id } audit }',
];

const stacks: readonly (OrderServer & ConnectedClient)[] = orderServers.flatMap((server) =>
  everyClient.map((client) => ({ ...server, ...client })),
);

describe.each(stacks)('$make with $client', ({ start, connect }) => {
  const auth = {
    tokens: { accessToken: 'one' },
    refresh: async () => ({ accessToken: 'two' }),
  };

  describe.each(CODES)('a field that fails with %s', (code) => {
    it.each(AFTER_AN_ORDER)('F9 M1 after an order was placed: %s', async (mutation) => {
      const orders = await start(code);
      const { client } = connect(orders.url, { ...QUICK, auth });
      const { data, failure } = await client.mutate(mutation);
      expect([orders.placed() > 0, data]).toEqual([true, undefined]);
      expect(orders.placed()).toBe((mutation.match(/createOrder/gu) ?? []).length);
      expect(failure).toMatchObject({ code, executed: undefined, stopped: 'unsafe_mutation' });
      expect(failure?.advice).toMatch(/look up/iu);
    });

    it('M2 beside an order that was placed', async () => {
      const orders = await start(code);
      const { client } = connect(orders.url, { ...QUICK, auth });
      const { data, failure } = await client.mutate('mutation { createOrder { id } note }');
      expect([orders.placed(), data]).toMatchObject([1, { createOrder: { id: '1' }, note: null }]);
      expect(failure).toMatchObject({ code, partial: true, stopped: 'unsafe_mutation' });
    });

    it('F9 M1 at the only door: nothing ran, and it is sent again', async () => {
      const orders = await start(code);
      const { client } = connect(orders.url, { ...QUICK, auth });
      const { data } = await client.mutate('mutation { guarded { id } }');
      expect([orders.placed(), data]).toMatchObject([1, { guarded: { id: '1' } }]);
    });
  });
});
