import type { Metafile } from 'esbuild';
import { expect, it } from 'vitest';
import { bytesByFolder } from './folders.ts';

it('adds up the files of a folder, largest first, and leaves out what left no byte', () => {
  const bytes = {
    'packages/core/src/run.ts': 40,
    'packages/core/src/session/token.ts': 10,
    'packages/core/src/session/deep/flight.ts': 60,
    'packages/core/src/model/types.ts': 0,
    'node_modules/other/index.js': 5,
  };
  const inputs = Object.fromEntries(
    Object.entries(bytes).map(([file, bytesInOutput]) => [file, { bytesInOutput }]),
  );
  const output = { inputs, bytes: 115, imports: [], exports: [] };
  const metafile: Metafile = { inputs: {}, outputs: { 'out.js': output } };

  const folders = bytesByFolder(metafile).map((entry) => [entry.folder, entry.bytes]);

  expect(folders).toEqual([
    ['core/session/', 70],
    ['core/run.ts', 40],
    ['node_modules/other/index.js', 5],
  ]);
});
