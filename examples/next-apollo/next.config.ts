import { fileURLToPath } from 'node:url';
import type { NextConfig } from 'next';

const config: NextConfig = {
  cacheComponents: true,
  partialPrefetching: true,
  // It is TypeScript, and outside of this folder.
  transpilePackages: ['@holdfast/example-next-session'],
  // The repository's own type check looks at the examples, too.
  typescript: { ignoreBuildErrors: true },
  // A build here is the only one of its folder.
  experimental: { turbopackFileSystemCacheForBuild: false },
  turbopack: { root: fileURLToPath(new URL('../..', import.meta.url)) },
};

export default config;
