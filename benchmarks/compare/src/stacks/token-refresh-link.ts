import { ApolloLink, HttpLink, TokenRefreshLink } from '@holdfast/apollo-client-3';
import { apollo3Client } from '../clients/apollo-3.ts';
import { makeMistake } from '../stack.ts';
import type { Stack } from '../stack.ts';

/** apollo-link-token-refresh, which looks at the token before a request and never at the answer. */
export const tokenRefreshLink: Stack = {
  name: 'Apollo Client 3, token-refresh link',
  contents:
    '`TokenRefreshLink`, a link that signs, and `HttpLink`, in Apollo Client 3: the last version that it works with. It renews a token that the application knows to be expired, and looks at no answer',
  holdfast: false,
  readsAnswers: false,
  start: ({ application, url, throwing }) =>
    apollo3Client(
      ApolloLink.from([
        new TokenRefreshLink({
          isTokenValidOrUndefined: () => Promise.resolve(!application.expired),
          fetchAccessToken: () => application.requestToken(),
          handleFetch: (accessToken) => application.store(accessToken),
          // Instead of its own, which prints the error.
          handleError: () => undefined,
        }),
        new ApolloLink((operation, forward) => {
          if (throwing === 'sign') makeMistake();
          operation.setContext({ headers: { authorization: application.authorization } });
          return forward(operation);
        }),
        new HttpLink({ uri: url }),
      ]),
    ),
};
