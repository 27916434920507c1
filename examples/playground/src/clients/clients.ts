import type { Addresses } from '../server/state.ts';
import { createApolloHoldfast } from './apollo-holdfast.ts';
import { createApolloPlain } from './apollo-plain.ts';
import type { PlaygroundClient } from './client.ts';
import type { ForEachClient } from './names.ts';
import type { Network } from './network.ts';
import { createUrqlHoldfast } from './urql-holdfast.ts';
import { createUrqlPlain } from './urql-plain.ts';

/** All four, signed in. */
export async function createClients(
  servers: ForEachClient<Addresses>,
  network: Network,
): Promise<ForEachClient<PlaygroundClient>> {
  const [apolloHoldfast, apolloPlain, urqlHoldfast, urqlPlain] = await Promise.all([
    createApolloHoldfast(servers['apollo-holdfast'], network),
    createApolloPlain(servers['apollo-plain'], network),
    createUrqlHoldfast(servers['urql-holdfast'], network),
    createUrqlPlain(servers['urql-plain'], network),
  ]);
  return {
    'apollo-holdfast': apolloHoldfast,
    'apollo-plain': apolloPlain,
    'urql-holdfast': urqlHoldfast,
    'urql-plain': urqlPlain,
  };
}
