import { readFileSync } from 'node:fs';

/** A package that takes part, with the version that is installed. */
export interface Version {
  readonly name: string;
  readonly version: string;
}

const HERE = '../node_modules/';
const APOLLO_3 = '../../apollo-client-3/node_modules/';

const PACKAGES: readonly (readonly [folder: string, name: string])[] = [
  [HERE, '@holdfast/core'],
  [HERE, '@holdfast/apollo'],
  [HERE, '@holdfast/urql'],
  [HERE, '@holdfast/oauth'],
  [HERE, '@apollo/client'],
  [HERE, '@urql/core'],
  [HERE, '@urql/exchange-auth'],
  [HERE, '@urql/exchange-retry'],
  [APOLLO_3, '@apollo/client'],
  [APOLLO_3, 'apollo-link-token-refresh'],
  [HERE, 'graphql'],
  [HERE, 'rxjs'],
  [HERE, 'wonka'],
];

/** Every package that takes part, and the Node that runs them. */
export function versions(): readonly Version[] {
  const packages = PACKAGES.map(([folder, name]) => {
    const manifest = new URL(`${folder}${name}/package.json`, import.meta.url);
    return { name, ...(JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }) };
  });
  return [
    ...packages.map(({ name, version }) => ({ name, version })),
    { name: 'Node', version: process.versions.node },
  ];
}
