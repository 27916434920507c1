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
  'core-and-urql': { limit: 30.5 * KIB, goal: 6 * KIB },
  'core-and-apollo': { limit: 29.5 * KIB, goal: 6 * KIB },
  'retry-alone': { limit: 28.25 * KIB, goal: 3 * KIB },
  core: { limit: 29.25 * KIB },
  browser: { limit: 4 * KIB },
  oauth: { limit: 3.5 * KIB },
  react: { limit: 3 * KIB },
};
