import { ApolloLink, CombinedGraphQLErrors, HttpLink } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { RetryLink } from '@apollo/client/link/retry';
import { from, switchMap } from 'rxjs';
import type { Addresses } from '../server/state.ts';
import { askApollo } from './apollo.ts';
import type { PlaygroundClient } from './client.ts';
import type { Network } from './network.ts';
import { createPlain } from './plain.ts';
import type { Plain } from './plain.ts';

/**
 * Apollo's links as its documentation shows them: `ErrorLink` renews the token and sends the operation
 * again, `RetryLink` with its defaults, `SetContextLink` for the header.
 */
function links({ accessToken, refresh, fetch }: Plain, uri: string): ApolloLink {
  const errors = new ErrorLink(({ error, operation, forward }) => {
    if (!CombinedGraphQLErrors.is(error)) return undefined;
    const rejected = error.errors.some(
      ({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED',
    );
    return rejected ? from(refresh()).pipe(switchMap(() => forward(operation))) : undefined;
  });
  const authorization = new SetContextLink(({ headers }) => {
    const token = accessToken();
    return token === undefined ? {} : { headers: { ...headers, authorization: `Bearer ${token}` } };
  });
  return ApolloLink.from([errors, new RetryLink(), authorization, new HttpLink({ uri, fetch })]);
}

export async function createApolloPlain(
  addresses: Addresses,
  network: Network,
): Promise<PlaygroundClient> {
  const plain = await createPlain(addresses, network);
  const ask = askApollo(links(plain, addresses.graphql));
  return {
    ...plain,
    title: 'Plain Apollo',
    parts: 'ErrorLink, RetryLink, SetContextLink, HttpLink',
    ask: plain.recorder.recordedAsk(ask),
  };
}
