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
          setupFiles: ['tests/patience.fixture.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
      {
        // The same tests of the hooks and components, on the oldest React that they are for.
        resolve: {
          conditions,
          alias: [
            { find: /^graphql$/, replacement: 'graphql/index.js' },
            { find: /^(react|react-dom)(\/.*)?$/, replacement: '$1-18$2' },
          ],
        },
        ssr: { resolve: { conditions, externalConditions: conditions } },
        test: {
          name: 'react-18',
          environment: 'node',
          include: ['packages/react/src/*.test.tsx'],
          exclude: ['**/*.browser.test.*'],
          setupFiles: ['tests/patience.fixture.ts', 'packages/react/src/react-18.fixture.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
};

export default config;
