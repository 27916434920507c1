import type { BundleInput } from './bundle.ts';

/** Something whose size is measured. */
export interface Measured extends BundleInput {
  readonly title: string;
}

export type OwnBundle =
  'core-and-urql' | 'core-and-apollo' | 'retry-alone' | 'core' | 'browser' | 'oauth' | 'react';

/** What an app has of ours. The keys are those of `size-limits.ts`. */
export const ours: Readonly<Record<OwnBundle, Measured>> = {
  'core-and-urql': {
    title: 'core + urql adapter, everything on',
    entry: new URL('./entries/core-and-urql.ts', import.meta.url),
  },
  'core-and-apollo': {
    title: 'core + Apollo adapter, everything on',
    entry: new URL('./entries/core-and-apollo.ts', import.meta.url),
  },
  'retry-alone': {
    title: 'retry alone (core without session)',
    entry: new URL('./entries/retry-alone.ts', import.meta.url),
  },
  core: {
    title: 'core, everything it exports',
    entry: new URL('./entries/core.ts', import.meta.url),
  },
  browser: {
    title: '@holdfast/core/browser',
    entry: new URL('./entries/browser.ts', import.meta.url),
  },
  oauth: {
    title: '@holdfast/oauth, without the core',
    entry: new URL('./entries/oauth.ts', import.meta.url),
    external: ['@holdfast/core'],
  },
  react: {
    title: '@holdfast/react, without the core',
    entry: new URL('./entries/react.ts', import.meta.url),
    external: ['@holdfast/core'],
  },
};

export const ownBundles: readonly OwnBundle[] = Object.keys(ours) as OwnBundle[];

const retryLink = '@apollo/client/link/retry';

/** What else an app could use for some of it. */
export const peers: readonly Measured[] = [
  {
    title: 'urql: authExchange + retryExchange',
    entry: new URL('./entries/urql-pair.ts', import.meta.url),
  },
  {
    title: 'Apollo: RetryLink',
    entry: new URL('./entries/apollo-retry.ts', import.meta.url),
    parts: [retryLink],
  },
  {
    title: 'Apollo: RetryLink + ErrorLink + SetContextLink',
    entry: new URL('./entries/apollo-trio.ts', import.meta.url),
    parts: [retryLink, '@apollo/client/link/error', '@apollo/client/link/context'],
  },
  { title: 'cockatiel', entry: new URL('./entries/cockatiel.ts', import.meta.url) },
  { title: 'ky', entry: new URL('./entries/ky.ts', import.meta.url) },
  {
    title: 'Smithy: StandardRetryStrategy',
    entry: new URL('./entries/smithy.ts', import.meta.url),
  },
  {
    title: 'oidc-client-ts: UserManager',
    entry: new URL('./entries/oidc-client.ts', import.meta.url),
  },
];
