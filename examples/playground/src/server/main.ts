import { fileURLToPath } from 'node:url';
import { startServer } from './server.ts';
import type { PlaygroundServer } from './server.ts';

const page = fileURLToPath(new URL('../../dist', import.meta.url));

/** @throws RangeError where PORT is none. */
function wantedPort(): number {
  const given = process.env['PORT'] ?? '8080';
  const port = Number(given);
  if (/^\d+$/u.test(given) && port <= 65_535) return port;
  throw new RangeError(
    `PORT is ${JSON.stringify(given)}; a whole number from 0 to 65535 is allowed.`,
  );
}

/** Where the wanted port is taken, any free one does. */
async function start(port: number): Promise<PlaygroundServer> {
  try {
    return await startServer({ port, page });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    console.log(`\n  Port ${port} is taken, so the playground takes another.`);
    return startServer({ port: 0, page });
  }
}

const server = await start(wantedPort());
console.log(`\n  The playground is at ${server.origin}\n  Ctrl-C ends it.\n`);

let stopping = false;

/** The process ends by itself once nothing is open. A terminal may send a signal twice: to a parent as well. */
function stop(): void {
  if (stopping) return;
  stopping = true;
  void server.close();
}

process.on('SIGINT', stop).on('SIGTERM', stop);
