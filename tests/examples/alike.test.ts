import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** Each example is whole by itself, so that it can be copied; what both have is the same in both. */
it.each([
  ...[
    'index.html',
    'vite.config.ts',
    'src/page/main.tsx',
    'src/page/style.css',
    'src/server/backend.ts',
    'src/server/emulator.ts',
    'src/start.ts',
    'src/server/machine-tokens.ts',
  ].map((file) => ['react', file] as const),
  // Next.js wants a file for each route; what is in them is next-session's.
  ...[
    'next.config.ts',
    'tsconfig.json',
    'src/start.ts',
    'src/proxy.ts',
    'src/app/layout.tsx',
    'src/app/page.tsx',
    'src/app/api/graphql/route.ts',
    'src/app/auth/callback/route.ts',
    'src/app/auth/sign-in/route.ts',
    'src/app/auth/sign-out/route.ts',
  ].map((file) => ['next', file] as const),
])('in the examples for %s, %s is the same for Apollo Client and urql', (kind, file) => {
  const names = kind === 'react' ? ['apollo-react', 'urql-react'] : ['next-apollo', 'next-urql'];
  const [apollo, urql] = names.map((example) =>
    readFileSync(
      fileURLToPath(new URL(`../../examples/${example}/${file}`, import.meta.url)),
      'utf8',
    ),
  );
  expect(urql).toBe(apollo);
});

/** As its README says: what is copied has to be read first. */
it.each(['apollo-react', 'urql-react'])('the page of %s has fewer than 150 lines', (example) => {
  const folder = fileURLToPath(new URL(`../../examples/${example}/src/page/`, import.meta.url));
  const files = globSync('**/*.{ts,tsx}', { cwd: folder });
  const lines = files.flatMap((file) =>
    readFileSync(folder + file, 'utf8')
      .trimEnd()
      .split('\n'),
  );
  expect(files).toContain('main.tsx');
  expect(lines.length).toBeLessThan(150);
});
