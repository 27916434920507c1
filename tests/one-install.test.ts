import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** What an app says of the built packages, in a process of its own. */
function told(type: 'module' | 'commonjs', program: string): string {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [`--input-type=${type}`, '--eval', program],
    { encoding: 'utf8' },
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
