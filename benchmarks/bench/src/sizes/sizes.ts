import type { Goal } from '../goal.ts';
import { showKilobytes } from '../number-format.ts';
import type { Findings, Part, PartOptions } from '../part.ts';
import type { Table } from '../table.ts';
import { bundle } from './bundle.ts';
import { ours, ownBundles, peers } from './bundles.ts';
import type { Measured, OwnBundle } from './bundles.ts';
import { bytesByFolder } from './folders.ts';

interface Size {
  readonly title: string;
  readonly key?: OwnBundle;
  readonly minified: number;
  readonly gzipped: number;
}

async function sizeOf(measured: Measured, fromSources: boolean): Promise<Size> {
  const { minified, gzipped } = await bundle({ ...measured, fromSources });
  return { title: measured.title, minified, gzipped };
}

function sizeTable(sizes: readonly Size[]): Table {
  return {
    title: 'Bundle sizes',
    notes: [
      'From the built packages, as an app’s bundler finds them: esbuild, minified for es2022, compressed with gzip at level 9. The clients themselves, rxjs, wonka, graphql and React are not counted. KB are 1,000 bytes. What fails above a limit is checked by `scripts/sizes.mjs`.',
    ],
    head: ['bundle', 'minified', 'gzipped'],
    rows: sizes.map(({ title, minified, gzipped }) => [
      title,
      showKilobytes(minified),
      showKilobytes(gzipped),
    ]),
  };
}

/** How many files of a folder are named. */
const FILES_SHOWN = 4;

async function folderTable(key: OwnBundle): Promise<Table> {
  const { title } = ours[key];
  const { metafile, minified } = await bundle({ ...ours[key], fromSources: true });
  return {
    title: `Where the bytes are: ${title}`,
    notes: ['Bundled from the sources, minified, not compressed.'],
    head: ['folder', 'bytes', 'share', 'largest files'],
    rows: bytesByFolder(metafile).map(({ folder, bytes, files }) => [
      folder,
      bytes.toLocaleString('en-US'),
      `${((100 * bytes) / minified).toFixed(1)} %`,
      files.length === 1
        ? ''
        : files
            .slice(0, FILES_SHOWN)
            .map((entry) => `${entry.file.split('/').at(-1)} ${entry.bytes}`)
            .join(', '),
    ]),
  };
}

async function run({ detail, sources }: PartOptions): Promise<Findings> {
  const sizes: Size[] = [];
  for (const key of ownBundles) sizes.push({ ...(await sizeOf(ours[key], sources)), key });
  for (const peer of peers) sizes.push(await sizeOf(peer, sources));
  const tables = [sizeTable(sizes)];
  if (detail) {
    for (const key of ['core-and-urql', 'core-and-apollo', 'classification'] as const) {
      tables.push(await folderTable(key));
    }
  }
  const goals = sizes.flatMap(({ key, title, gzipped: measured }): Goal[] => {
    const goal = key && ours[key].goal;
    return goal === undefined
      ? []
      : [{ title: `${title}: gzipped`, measured, ...goal, show: showKilobytes }];
  });
  return { tables, goals, raw: sizes };
}

export const sizes: Part = { name: 'sizes', title: 'What an app has to load', run };
