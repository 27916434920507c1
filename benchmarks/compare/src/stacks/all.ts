import type { Stack } from '../stack.ts';
import { apolloLinksTuned } from './apollo-links-tuned.ts';
import { apolloLinks } from './apollo-links.ts';
import { holdfastApollo, holdfastUrql } from './holdfast.ts';
import { tokenRefreshLink } from './token-refresh-link.ts';
import { urqlExchanges, urqlExchangesTuned } from './urql-exchanges.ts';

/** In the order of the tables. */
export const stacks: readonly Stack[] = [
  holdfastApollo,
  holdfastUrql,
  apolloLinks,
  apolloLinksTuned,
  urqlExchanges,
  urqlExchangesTuned,
];

/** With the one that knows of tokens and of nothing else. */
export const tokenStacks: readonly Stack[] = [...stacks, tokenRefreshLink];
