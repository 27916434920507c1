import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isTroubleName } from '../trouble/troubles.ts';
import { sendFile } from './files.ts';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';

export interface PlaygroundServer {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Ends every page's servers and connections. */
  close(): Promise<void>;
}

export interface PlaygroundServerOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Folder of the built page. */
  readonly page: string;
}

/** Milliseconds from state to state. */
const PERIOD = 250;

/**
 * Serves the page, and four servers to each page that is open:
 *
 * - `GET /stage` opens them, and tells of them as server-sent events for as long as it is listened to;
 * - `POST /stage/<id>/<trouble>` makes trouble; with `?anew` the counts begin anew;
 * - `DELETE /stage/<id>` ends it.
 *
 * @throws Error with code `EADDRINUSE` where the port is taken.
 */
export async function startServer({
  port,
  page,
}: PlaygroundServerOptions): Promise<PlaygroundServer> {
  const stages = new Map<string, Stage>();

  async function perform(response: ServerResponse): Promise<void> {
    const stage = await openStage();
    const { id } = stage.opened;
    stages.set(id, stage);
    const tell = (event: string, data: unknown): void => {
      response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    };
    const tellState = (): void => tell('state', stage.state());
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    tell('opened', stage.opened);
    stage.onChange = tellState;
    const timer = setInterval(tellState, PERIOD);
    // A page that went away before its servers were there has closed already.
    if (!response.destroyed) await once(response, 'close');
    clearInterval(timer);
    stages.delete(id);
    await stage.close();
  }

  /** @returns the status to answer with. */
  function order(method: string | undefined, { pathname, searchParams }: URL): number {
    const [, , id = '', trouble = ''] = pathname.split('/');
    const stage = stages.get(id);
    if (stage !== undefined && method === 'DELETE' && trouble === '') {
      stage.clear();
      return 204;
    }
    if (stage !== undefined && method === 'POST' && isTroubleName(trouble)) {
      stage.begin(trouble, searchParams.has('anew'));
      return 204;
    }
    return 404;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname === '/stage') return perform(response);
    if (!url.pathname.startsWith('/stage/')) return sendFile(page, url.pathname, response);
    response.writeHead(order(request.method, url)).end();
  }

  const http = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  http.listen(port, '127.0.0.1');
  await once(http, 'listening');
  return {
    origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async close() {
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
      await Promise.all([...stages.values()].map((stage) => stage.close()));
    },
  };
}
