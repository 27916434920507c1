import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** Each example is whole by itself, so that it can be copied; what both have is the same in both. */
it.each([
  'index.html',
  'vite.config.ts',
  'src/page/app.tsx',
  'src/page/backend.ts',
  'src/page/main.tsx',
  'src/page/sign-in.tsx',
  'src/page/style.css',
  'src/page/trouble.tsx',
  'src/server/backend.ts',
  'src/server/emulator.ts',
  'src/start.ts',
  'src/server/machine-tokens.ts',
])('%s is the same in the examples for Apollo Client and urql', (file) => {
  const [apollo, urql] = ['apollo-react', 'urql-react'].map((example) =>
    readFileSync(
      fileURLToPath(new URL(`../../examples/${example}/${file}`, import.meta.url)),
      'utf8',
    ),
  );
  expect(urql).toBe(apollo);
});
