import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';
import manifest from '../../package.json' with { type: 'json' };

const { homepage, bugs } = manifest;
const sources = bugs.replace(/issues$/u, 'blob/main/examples/playground/src');

/** What the clock asks Node for, where there is one. A page has none, and the builder would warn of each. */
const withoutNode: Plugin = {
  name: 'without-node',
  enforce: 'pre',
  resolveId: (id) => (/^(?:util|timers(?:\/promises)?|perf_hooks)$/u.test(id) ? '\0none' : null),
  load: (id) => (id === '\0none' ? 'export {};' : null),
};

export default defineConfig({
  // It is served from whatever folder it is put in.
  base: './',
  plugins: [react()],
  // Where its links lead: to the site, and to its own code.
  define: { HOME: JSON.stringify(homepage), SOURCES: JSON.stringify(sources) },
  worker: { format: 'es', plugins: () => [withoutNode] },
  // The worker brings both clients and a GraphQL server; the warning is for pages of many routes.
  build: { chunkSizeWarningLimit: 1_500, target: 'es2023' },
});
