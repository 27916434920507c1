import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Builds the page, and serves it. */
await build({ root: fileURLToPath(new URL('..', import.meta.url)), logLevel: 'warn' });
await import('./server/main.ts');
