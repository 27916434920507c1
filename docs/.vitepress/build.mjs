// Builds the site into docs/.vitepress/dist: the API reference, then all pages, then the playground as one of them.
//
//   npm run site              builds it
//   npm run site -- --serve   builds it, and serves it on this machine
//   npm run site -- --dev     serves it while pages are written
import { join } from 'node:path';
import { build as bundle } from 'vite';
import { build, createServer, serve } from 'vitepress';
import { makeReference } from './reference.mjs';

const docs = join(import.meta.dirname, '..');
const args = process.argv.slice(2);

await makeReference();
if (args.includes('--dev')) {
  const server = await createServer(docs);
  await server.listen();
  server.printUrls();
} else {
  await build(docs);
  await addPlayground();
  if (args.includes('--serve')) await serve({ root: docs });
}

/** The playground is a static page that is served from whatever folder it is put in. */
async function addPlayground() {
  const root = join(docs, '../examples/playground');
  const outDir = join(docs, '.vitepress/dist/playground');
  // Its link to the site stays within it, wherever the site is served.
  const define = { HOME: JSON.stringify('../') };
  await bundle({ root, define, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
}
