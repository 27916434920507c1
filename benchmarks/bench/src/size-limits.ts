import type { OwnBundle } from './sizes/bundles.ts';

/** In bytes, minified and gzipped. */
export interface SizeLimit {
  /** Above it the tests fail. Lowered when a bundle has become smaller, and raised only with a reason. */
  readonly limit: number;
  /** What it is meant to come to. */
  readonly goal?: number;
}

const KIB = 1_024;

/** How large each bundle of ours may be. */
export const sizeLimits: Readonly<Record<OwnBundle, SizeLimit>> = {
  'core-and-urql': { limit: 31 * KIB, goal: 6 * KIB },
  'core-and-apollo': { limit: 30 * KIB, goal: 6 * KIB },
  'retry-alone': { limit: 29 * KIB, goal: 3 * KIB },
  core: { limit: 30 * KIB },
  browser: { limit: 4.5 * KIB },
  oauth: { limit: 5 * KIB },
  react: { limit: 4 * KIB },
};
