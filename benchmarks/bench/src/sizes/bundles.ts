import type { BundleInput } from './bundle.ts';

/** Something whose size is measured. */
export interface Measured extends BundleInput {
  readonly title: string;
  /** Bytes, minified and gzipped. */
  readonly goal?: { readonly wanted: number; readonly aim: number };
}

export type OwnBundle =
  'core-and-urql' | 'core-and-apollo' | 'classification' | 'core' | 'browser' | 'oauth' | 'react';

/** What an app has of ours. What must not grow is checked by `scripts/sizes.mjs`. */
export const ours: Readonly<Record<OwnBundle, Measured>> = {
  'core-and-urql': {
    title: 'core + urql adapter, everything on',
    entry: new URL('./entries/core-and-urql.ts', import.meta.url),
    goal: { wanted: 22_000, aim: 16_000 },
  },
  'core-and-apollo': {
    title: 'core + Apollo adapter, everything on',
    entry: new URL('./entries/core-and-apollo.ts', import.meta.url),
    goal: { wanted: 21_300, aim: 16_000 },
  },
  classification: {
    title: 'classification alone',
    entry: new URL('./entries/classification.ts', import.meta.url),
    goal: { wanted: 6_000, aim: 4_000 },
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
