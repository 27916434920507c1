import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem, type as systemName } from 'node:os';
import type { Table } from './table.ts';

/** On what the numbers were measured. */
export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memory: number;
  readonly system: string;
  readonly node: string;
  readonly versions: Readonly<Record<string, string>>;
}

const measured = [
  '@apollo/client',
  'rxjs',
  '@urql/core',
  '@urql/exchange-auth',
  '@urql/exchange-retry',
  'wonka',
  'graphql',
  'cockatiel',
  'ky',
  '@smithy/util-retry',
  'oidc-client-ts',
  'esbuild',
];

export function thisMachine(): Machine {
  const [first] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: first?.model ?? 'unknown',
    cores: cpus().length,
    memory: totalmem(),
    system: `${systemName()} ${release()}`,
    node: process.version,
    versions: Object.fromEntries(measured.map((name) => [name, versionOf(name)])),
  };
}

/** Not every package exports its manifest, but each lies beside its code. */
function versionOf(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const folder of folders) {
    const text = readIfThere(`${folder}/${name}/package.json`);
    if (text !== undefined) return (JSON.parse(text) as { readonly version: string }).version;
  }
  throw new Error(`${name} is not installed.`);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export function machineTable(machine: Machine): Table {
  const { date, processor, cores, memory, system, node, versions } = machine;
  return {
    title: 'The machine',
    notes: [],
    head: ['', 'measured on'],
    rows: [
      ['date', date],
      ['processor', `${processor}, ${cores} cores`],
      ['memory', `${(memory / 2 ** 30).toFixed(1)} GiB`],
      ['system', system],
      ['Node', node],
      ...Object.entries(versions),
    ],
  };
}
