import { ApolloLink, HttpLink } from '@apollo/client';
import { ResilienceLink } from '@holdfast/apollo';
import { createResilience } from '@holdfast/core';
import type { Resilience } from '@holdfast/core';
import { clientCredentials } from '@holdfast/oauth';
import { resilienceExchange } from '@holdfast/urql';
import { apolloClient } from '../clients/apollo.ts';
import { urqlClient } from '../clients/urql.ts';
import { makeMistake } from '../stack.ts';
import type { Setting, Stack, StackClient } from '../stack.ts';

export const holdfastApollo: Stack = {
  name: 'Holdfast, Apollo',
  contents: '`ResilienceLink` and `HttpLink`; `createResilience` with its defaults',
  holdfast: true,
  readsAnswers: true,
  start: (setting) =>
    closing(resilienceFor(setting), (resilience) =>
      apolloClient(
        ApolloLink.from([new ResilienceLink(resilience), new HttpLink({ uri: setting.url })]),
      ),
    ),
};

export const holdfastUrql: Stack = {
  name: 'Holdfast, urql',
  contents: '`resilienceExchange` and `fetchExchange`; the same',
  holdfast: true,
  readsAnswers: true,
  start: (setting) =>
    closing(resilienceFor(setting), (resilience) =>
      urqlClient(setting.url, [resilienceExchange(resilience)]),
    ),
};

function resilienceFor(setting: Setting): Resilience {
  const { application, attemptTimeout, refreshTimeout, throwing } = setting;
  const { accessToken, expiresAt, tokenUrl, clientId, clientSecret, fetch } = application;
  return createResilience({
    auth: {
      tokens: { accessToken, expiresAt },
      refresh: clientCredentials({ url: tokenUrl, clientId, clientSecret, fetch }),
      refreshTimeout,
      ...(throwing === 'sign' && { headers: makeMistake }),
    },
    timeout: { attempt: attemptTimeout },
    ...(throwing === 'retry' && { retry: { when: makeMistake } }),
  });
}

function closing(
  resilience: Resilience,
  start: (resilience: Resilience) => StackClient,
): StackClient {
  const client = start(resilience);
  return {
    ...client,
    close() {
      client.close();
      resilience.dispose();
    },
  };
}
