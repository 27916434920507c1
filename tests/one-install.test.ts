import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** What an app says of the built packages, in a process of its own. */
function told(type: 'module' | 'commonjs', program: string, cwd: string = root): string {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [`--input-type=${type}`, '--eval', program],
    { encoding: 'utf8', cwd },
  );
  return `${stdout}${stderr}`;
}

/** Each must be the core's own: an instance is of one copy, and its failures are found by another. */
const PROBE = `
  const resilience = createResilience({ retry: false });
  const refused = new Error('refused');
  resilience.execute(
    { kind: 'query' },
    { send: (_, { error }) => (error(refused), () => {}), read: () => undefined },
    { next() {}, complete() {}, error: (given) => console.log(failureOf(given)?.kind, typeof own) },
  );`;

const packages = [
  ['@holdfast/apollo', 'ResilienceLink'],
  ['@holdfast/urql', 'resilienceExchange'],
  ['@holdfast/fetch', 'resilientFetch'],
] as const;

it.each(packages)(
  'A6 U6 %s is all that there is to install, as ESM and as CommonJS',
  (name, own) => {
    const names = `createResilience, failureOf`;
    const outcome = 'unknown function\n';
    expect(told('module', `import { ${names}, ${own} as own } from '${name}';${PROBE}`)).toBe(
      outcome,
    );
    const required = `const { ${names}, ${own}: own } = require('${name}');`;
    expect(told('commonjs', `${required}${PROBE}`)).toBe(outcome);
    const mixed = `const { createResilience } = require('@holdfast/core');
    import('${name}').then(({ failureOf, ${own}: own }) => {${PROBE}});`;
    expect(told('commonjs', mixed)).toBe(outcome);
  },
);

/** An app that has Apollo Client 3 by its own name, and neither version 4 nor rxjs. */
function appWithApollo3(): string {
  const app = mkdtempSync(join(tmpdir(), 'holdfast-apollo-3-'));
  onTestFinished(() => rmSync(app, { recursive: true, force: true }));
  const modules = join(app, 'node_modules');
  const own = join(modules, '@holdfast/apollo');
  for (const part of ['dist', 'package.json']) {
    cpSync(join(root, 'packages/apollo', part), join(own, part), { recursive: true });
  }
  const links = [
    ['@apollo/client', 'node_modules/apollo-client-3'],
    ['@holdfast/core', 'packages/core'],
    ['graphql', 'node_modules/graphql'],
  ] as const;
  for (const [name, target] of links) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(realpathSync(join(root, target)), join(modules, name), 'junction');
  }
  return app;
}

const QUERY = `
  const link = new ResilienceLink(createResilience({ retry: { backoff: { transient: 1 } } }));
  const answers = [new Response('', { status: 503 }), Response.json({ data: { hello: 'a' } })];
  const http = new HttpLink({ uri: 'http://localhost', fetch: async () => answers.shift() });
  const client = new ApolloClient({ link: link.concat(http), cache: new InMemoryCache() });
  client.query({ query: gql('{ hello }') }).then(({ data }) => console.log(data.hello, answers.length));`;
const NAMES = 'ApolloClient, HttpLink, InMemoryCache, gql';
const OURS = 'ResilienceLink, createResilience';

it('A6 an app with Apollo Client 3 finds its link, as ESM and as CommonJS, and where they are mixed', () => {
  const app = appWithApollo3();
  const imported = `import { ${OURS} } from '@holdfast/apollo/v3';`;
  const programs = [
    ['module', `${imported}import { ${NAMES} } from '@apollo/client/core/index.js';${QUERY}`],
    [
      'module',
      `${imported}import own from '@apollo/client/core/core.cjs'; const { ${NAMES} } = own;${QUERY}`,
    ],
    [
      'commonjs',
      `const { ${OURS} } = require('@holdfast/apollo/v3');
      const { ${NAMES} } = require('@apollo/client/core');${QUERY}`,
    ],
  ] as const;
  for (const [type, program] of programs) expect(told(type, program, app)).toBe('a 0\n');
});
