import type { ViteUserConfig } from 'vitest/config';

/** Tests run against the sources: every package exports them under this condition. */
const conditions = ['holdfast-source', 'module', 'import', 'default'];

const config: ViteUserConfig = {
  test: {
    projects: [
      {
        // graphql-yoga loads this file of graphql; a second copy would not know its schemas.
        resolve: { conditions, alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
        ssr: { resolve: { conditions, externalConditions: conditions } },
        test: {
          name: 'node',
          environment: 'node',
          include: ['**/*.{test,spec}.{ts,tsx}'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/*.browser.test.*'],
          testTimeout: 30_000,
        },
      },
    ],
  },
};

export default config;
