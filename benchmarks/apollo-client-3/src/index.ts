/** Apollo Client 3, under a name that does not meet version 4, with the link that exists only for it. */
export { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client/core';
export { TokenRefreshLink } from 'apollo-link-token-refresh';
