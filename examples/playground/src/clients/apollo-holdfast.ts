import { HttpLink } from '@apollo/client';
import { ResilienceLink } from '@holdfast/apollo';
import type { Addresses } from '../server/state.ts';
import { askApollo } from './apollo.ts';
import type { PlaygroundClient } from './client.ts';
import { createHeld } from './holdfast.ts';
import type { Network } from './network.ts';

export async function createApolloHoldfast(
  addresses: Addresses,
  network: Network,
): Promise<PlaygroundClient> {
  const held = await createHeld('playground-apollo', addresses, network);
  const http = new HttpLink({ uri: addresses.graphql, fetch: held.fetch });
  return {
    ...held,
    title: 'Apollo with Holdfast',
    parts: 'ResilienceLink, HttpLink',
    ask: askApollo(new ResilienceLink(held.resilience).concat(http)),
  };
}
