import { resilienceExchange } from '@holdfast/urql';
import { fetchExchange } from 'urql';
import type { Addresses } from '../server/state.ts';
import type { PlaygroundClient } from './client.ts';
import { createHeld } from './holdfast.ts';
import type { Network } from './network.ts';
import { askUrql } from './urql.ts';

export async function createUrqlHoldfast(
  addresses: Addresses,
  network: Network,
): Promise<PlaygroundClient> {
  const held = await createHeld('playground-urql', addresses, network);
  const exchanges = [resilienceExchange(held.resilience), fetchExchange];
  return {
    ...held,
    title: 'urql with Holdfast',
    parts: 'resilienceExchange, fetchExchange',
    ask: askUrql(addresses.graphql, held.fetch, exchanges),
  };
}
