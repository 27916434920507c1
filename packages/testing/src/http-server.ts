import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that has arrived whole. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly search: URLSearchParams;
  /** Names in lower case; several values of one name joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** `'bare'`: pages on other origins may ask, and read no header but those that every page may. */
export type Cors = boolean | 'bare';

export type HttpHandler = (request: HttpRequest, response: ServerResponse) => Promise<void>;

/** What a page on another origin may read. `Date` is not on the browser's own list, and W6 needs it. */
const EXPOSED_HEADERS = [
  'Date',
  'RateLimit',
  'RateLimit-Limit',
  'RateLimit-Policy',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'WWW-Authenticate',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
].join(', ');

function readHeaders(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** `undefined` where the client went away before it had sent everything. */
async function readRequest(message: IncomingMessage): Promise<HttpRequest | undefined> {
  const chunks: Buffer[] = [];
  message.on('data', (chunk: Buffer) => chunks.push(chunk));
  const whole = await new Promise<boolean>((resolve) => {
    message.once('end', () => resolve(true));
    message.once('close', () => resolve(message.complete));
    message.once('error', () => resolve(false));
  });
  if (!whole) return undefined;
  const url = new URL(message.url ?? '/', 'http://127.0.0.1');
  return {
    method: message.method ?? 'GET',
    path: url.pathname,
    search: url.searchParams,
    headers: readHeaders(message),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** Lets a page on any origin use the server, cookies included. Answers `true` for a preflight, which is then done. */
function allowOrigins(message: IncomingMessage, response: ServerResponse, bare: boolean): boolean {
  response.setHeader('access-control-allow-origin', message.headers.origin ?? '*');
  if (!bare) response.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
  response.setHeader('vary', 'Origin');
  if (message.headers.origin !== undefined) {
    response.setHeader('access-control-allow-credentials', 'true');
  }
  if (message.method !== 'OPTIONS') return false;
  const headers = message.headers['access-control-request-headers'];
  response.setHeader('access-control-allow-methods', 'GET, POST');
  if (headers !== undefined) response.setHeader('access-control-allow-headers', headers);
  response.setHeader('access-control-max-age', '600');
  response.writeHead(204).end();
  return true;
}

async function respond(
  handler: HttpHandler,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await readRequest(message);
  if (request === undefined) return;
  try {
    await handler(request, response);
  } catch (error) {
    // A function of the test threw (a fault's `on`, a token check): the client is told, since nobody else can be.
    const text = `The test server failed: ${String(error)}\n`;
    if (response.headersSent) response.destroy();
    else response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
  }
}

function bind(server: Server, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `Port ${port} on 127.0.0.1 is in use; stop what listens there, or leave "port" out to be given a free one.`,
              { cause: error },
            )
          : error,
      );
    });
    // A thousand clients that connect at once are more than Node's 511 places: the rest would wait for seconds.
    server.listen(port, '127.0.0.1', 4_096, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') {
        reject(new Error('The server has no TCP address.'));
      } else resolve(address);
    });
  });
}

function requireCors(cors: unknown): void {
  if (typeof cors === 'boolean' || cors === 'bare') return;
  throw new TypeError(`Option "cors" was given ${String(cors)}; true, false or 'bare' is allowed.`);
}

function requirePort(port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return;
  throw new RangeError(
    `Option "port" was given ${String(port)}; a whole number from 0 (any free port) to 65535 is allowed.`,
  );
}

/** Listens on 127.0.0.1. */
export async function startHttpServer(
  handler: HttpHandler,
  options: { readonly port?: number | undefined; readonly cors?: Cors | undefined },
): Promise<HttpServer> {
  const { port = 0, cors = true } = options;
  requirePort(port);
  requireCors(cors);
  const server = createServer((message, response) => {
    if (cors !== false && allowOrigins(message, response, cors === 'bare')) return;
    void respond(handler, message, response);
  });
  const address = await bind(server, port);
  let closed: Promise<void> | undefined;
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}
