import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const conditions = ['holdfast-source', 'module', 'browser', 'import', 'default'];

/** A web site on 127.0.0.1 whose every page is `page/tab.ts`. */
export interface Site {
  readonly origin: string;
  /** Answers what is no page of the site; `true` where it does. */
  answer: (request: IncomingMessage, response: ServerResponse) => boolean;
  close(): Promise<void>;
}

/** The script of `page/tab.ts` with everything that it imports, as an app in that stage would have it. */
export async function bundle(stage: 'development' | 'production' = 'production'): Promise<string> {
  const entry = fileURLToPath(new URL('page/tab.ts', import.meta.url));
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    resolve: { conditions },
    define: { 'process.env.NODE_ENV': JSON.stringify(stage) },
    build: {
      write: false,
      minify: false,
      lib: { entry, formats: ['es'], fileName: 'tab' },
    },
  });
  const [built] = Array.isArray(result) ? result : [result];
  if (built === undefined || !('output' in built)) throw new Error('Vite built nothing.');
  return built.output[0].code;
}

export async function openSite(script: string): Promise<Site> {
  const page = `<!doctype html><meta charset="utf-8"><title>Tab</title><link rel="icon" href="data:,"><script type="module" src="/tab.js"></script>`;
  const server = createServer((request, response) => {
    if (site.answer(request, response)) return;
    const isScript = request.url === '/tab.js';
    response.setHeader('access-control-allow-origin', '*');
    // A page of no origin, as in a sandboxed frame.
    if (request.url === '/sandboxed') {
      response.setHeader('content-security-policy', 'sandbox allow-scripts');
    }
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : page);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const site: Site = {
    origin: `http://127.0.0.1:${port}`,
    answer: () => false,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
  return site;
}
