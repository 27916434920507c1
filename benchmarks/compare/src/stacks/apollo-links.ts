import { ApolloLink, CombinedGraphQLErrors, HttpLink, ServerError } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { RetryLink } from '@apollo/client/link/retry';
import { from, mergeMap } from 'rxjs';
import { apolloClient } from '../clients/apollo.ts';
import { makeMistake } from '../stack.ts';
import type { Setting, Stack } from '../stack.ts';

/** Apollo Client's own links, in the order and with the options that its documentation shows. */
export const apolloLinks: Stack = {
  name: 'Apollo links',
  contents:
    '`RetryLink` with its defaults, an `ErrorLink` that fetches a token and forwards again after an UNAUTHENTICATED or a 401, `SetContextLink`, `HttpLink`: the order and the form that the documentation shows',
  holdfast: false,
  readsAnswers: true,
  start: (setting) =>
    apolloClient(
      ApolloLink.from([
        new RetryLink(setting.throwing === 'retry' ? { attempts: makeMistake } : {}),
        new ErrorLink(({ error, operation, forward }) =>
          isRejected(error)
            ? from(setting.application.renew()).pipe(mergeMap(() => forward(operation)))
            : undefined,
        ),
        signing(setting),
        new HttpLink({ uri: setting.url }),
      ]),
    ),
};

/** Signs every request with the token of the moment. */
export function signing({ application, throwing }: Setting): ApolloLink {
  return new SetContextLink(({ headers }) => {
    if (throwing === 'sign') makeMistake();
    return {
      headers: { ...(headers as object | undefined), authorization: application.authorization },
    };
  });
}

export function isRejected(error: unknown): boolean {
  if (ServerError.is(error)) return error.statusCode === 401;
  return (
    CombinedGraphQLErrors.is(error) &&
    error.errors.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED')
  );
}
