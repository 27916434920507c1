import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';

/** The built page. */
const page = fileURLToPath(new URL('../dist', import.meta.url));

/** @throws RangeError where PORT is none. */
function wantedPort(): number {
  const given = process.env['PORT'] ?? '8080';
  const port = Number(given);
  if (/^\d+$/u.test(given) && port <= 65_535) return port;
  throw new RangeError(
    `PORT is ${JSON.stringify(given)}; a whole number from 0 to 65535 is allowed.`,
  );
}

async function listening(port: number): Promise<Server> {
  // Each file is looked up when it is asked for: a page that was built meanwhile is the one that is served.
  const files = sirv(page, { dev: true });
  const server = createServer((request, response) => {
    files(request, response, () => {
      response.writeHead(404).end('Not Found');
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Where the wanted port is taken, any free one does. */
async function start(port: number): Promise<Server> {
  try {
    return await listening(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    console.log(`\n  Port ${port} is taken, so the playground takes another.`);
    return listening(0);
  }
}

const server = await start(wantedPort());
const { port } = server.address() as AddressInfo;
console.log(`\n  The playground is at http://127.0.0.1:${port}\n  Ctrl-C ends it.\n`);

/** The process ends by itself once nothing is open. A terminal may send a signal twice: to a parent as well. */
function stop(): void {
  server.close();
  server.closeAllConnections();
}

process.on('SIGINT', stop).on('SIGTERM', stop);
