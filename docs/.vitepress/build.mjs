// Builds the site into docs/.vitepress/dist: the API reference, then all pages.
//
//   npm run site              builds it
//   npm run site -- --serve   builds it, and serves it on this machine
//   npm run site -- --dev     serves it while pages are written
import { join } from 'node:path';
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
  if (args.includes('--serve')) await serve({ root: docs });
}
