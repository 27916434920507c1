import type { Goal } from '../goal.ts';
import { showBytes } from '../number-format.ts';
import type { Findings, Part, PartOptions } from '../part.ts';
import { sizeLimits } from '../size-limits.ts';
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
  const bound = (value: number | undefined): string =>
    value === undefined ? '' : showBytes(value);
  return {
    title: 'Bundle sizes',
    notes: [
      'From the built packages, as an app’s bundler finds them: esbuild, minified for es2022, compressed with gzip at level 9. The clients themselves, rxjs, wonka, graphql and React are not counted. The tests fail above the limit.',
    ],
    head: ['bundle', 'minified', 'gzipped', 'limit', 'goal'],
    rows: sizes.map(({ title, key, minified, gzipped }) => [
      title,
      showBytes(minified),
      showBytes(gzipped),
      bound(key && sizeLimits[key].limit),
      bound(key && sizeLimits[key].goal),
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

/** Where the bytes go, in one sentence: no part that the rules ask for fits into the goal by itself. */
async function whyMissed(): Promise<string> {
  const { metafile, minified, gzipped } = await bundle({ ...ours.core, fromSources: true });
  const parts = bytesByFolder(metafile)
    .slice(0, FILES_SHOWN)
    .map(({ folder, bytes }) => `${folder} ${showBytes((bytes / minified) * gzipped)}`);
  return `all of the core is one decision, and every bundle carries it: telling failures apart (F) and reading hints (W) alone are more than the goal. Largest parts of the core's ${showBytes(gzipped)}, by their share of its bytes: ${parts.join(', ')}. ${NO_WAY_OUT}`;
}

const NO_WAY_OUT =
  'Loading the classifier only when something fails is no way out: an outage is when a page can load nothing.';

async function run({ detail, sources }: PartOptions): Promise<Findings> {
  const sizes: Size[] = [];
  for (const key of ownBundles) sizes.push({ ...(await sizeOf(ours[key], sources)), key });
  for (const peer of peers) sizes.push(await sizeOf(peer, sources));
  const tables = [sizeTable(sizes)];
  if (detail) {
    for (const key of ['core-and-urql', 'core-and-apollo', 'retry-alone'] as const) {
      tables.push(await folderTable(key));
    }
  }
  const why = await whyMissed();
  const goals = sizes.flatMap(({ key, title, gzipped }): Goal[] => {
    const limit = key === undefined ? undefined : sizeLimits[key].goal;
    if (limit === undefined) return [];
    return [{ title: `${title}: gzipped`, measured: gzipped, limit, show: showBytes, why }];
  });
  return { tables, goals, plots: [], raw: sizes };
}

export const sizes: Part = { name: 'sizes', title: 'What an app has to load', run };
