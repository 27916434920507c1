import { createRequire } from 'node:module';
import type * as Core from '@apollo/client/core' with { 'resolution-mode': 'require' };
import type * as TokenRefresh from 'apollo-link-token-refresh' with {
  'resolution-mode': 'require',
};

/**
 * Apollo Client 3, under a name that does not meet version 4, with the link that exists only for it. Both
 * are loaded as CommonJS: version 3 has no `exports`, so Node finds its folders in no other way, and two
 * forms of it would be two copies.
 */
const require: NodeJS.Require = createRequire(import.meta.url);

const core: typeof Core = require('@apollo/client/core');
const tokenRefresh: typeof TokenRefresh = require('apollo-link-token-refresh');

export const ApolloClient: typeof Core.ApolloClient = core.ApolloClient;
export const ApolloLink: typeof Core.ApolloLink = core.ApolloLink;
export const HttpLink: typeof Core.HttpLink = core.HttpLink;
export const InMemoryCache: typeof Core.InMemoryCache = core.InMemoryCache;
export const gql: typeof Core.gql = core.gql;
export const TokenRefreshLink: typeof TokenRefresh.TokenRefreshLink = tokenRefresh.TokenRefreshLink;

export type ApolloLink = Core.ApolloLink;
