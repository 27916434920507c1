import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const folder = fileURLToPath(new URL('../..', import.meta.url));

/** What an app of these lines consists of: the files that leave something in its bundle, and their text. */
async function bundled(
  app: string,
): Promise<{ readonly files: readonly string[]; readonly text: string }> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: app, resolveDir: folder, loader: 'tsx' },
    absWorkingDir: folder,
    bundle: true,
    // It warns of imports that leave nothing.
    logLevel: 'error',
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    jsx: 'automatic',
    conditions: ['holdfast-source'],
    define: { 'process.env.NODE_ENV': '"production"' },
    external: ['react', 'react-dom', 'react/jsx-runtime'],
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const files = inputs.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));
  return { files, text: outputFiles.map((file) => file.text).join('') };
}

const OF_DEVTOOLS = /devtools|@visx|d3-|classnames|react-dom/;

it('an app that imports the package without its devtools has nothing of them', async () => {
  const { files, text } = await bundled(
    `export * from '@holdfast/react'; export { createResilience } from '@holdfast/core';`,
  );
  expect(files).toContain('src/context.ts');
  expect(files.filter((file) => OF_DEVTOOLS.test(file))).toEqual([]);
  expect(text).not.toMatch(/visx|holdfast-timeline|react-dom/);
});

it('what is imported and not used is not there either: importing has no side effect', async () => {
  const { files } = await bundled(`
    import '@holdfast/react';
    import '@holdfast/react/devtools';
    export const nothing = 1;
  `);
  expect(files).toEqual(['<stdin>']);
});

it('a recorder draws nothing: visx comes with what draws', async () => {
  const { files } = await bundled(`export { recordHistory } from '@holdfast/react/devtools';`);
  expect(files).toContain('src/devtools/recorder.ts');
  expect(files.filter((file) => /@visx|\.tsx$/.test(file))).toEqual([]);
});

it('what the devtools need comes with the package: nobody installs a drawing library for them', async () => {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../devtools.ts', import.meta.url))],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    jsx: 'automatic',
    packages: 'external',
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const needed = new Set(
    imports.map(({ path }) => path.replace(/(?<=^[^@/]+|^@[^/]+\/[^/]+)\/.*$/u, '')),
  );
  const { dependencies, peerDependencies } = manifest;
  const brought = [...needed].filter((name) => name in dependencies);
  const others = [...needed].filter((name) => !(name in dependencies));
  expect(brought.sort()).toEqual(['@visx/axis', '@visx/group', '@visx/scale', '@visx/shape']);
  // What every application of React has anyway.
  expect(others.filter((name) => !name.startsWith('react'))).toEqual([]);
  expect(Object.keys(peerDependencies).sort()).toEqual(['@holdfast/core', 'react', 'react-dom']);
});

it('the devtools are there where they are imported', async () => {
  const { files } = await bundled(`export { ResilienceDevtools } from '@holdfast/react/devtools';`);
  expect(files.some((file) => file.includes('@visx'))).toBe(true);
});
