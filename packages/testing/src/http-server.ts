import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer } from './answer.ts';
import type { HttpRequest } from './recorded-request.ts';
import type { Cors, Outcome, Serve } from './test-server.ts';

export interface HttpServer {
  readonly origin: string;
  close(): Promise<void>;
}

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

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
}

/** Passes a stream on, and cancels it when the client goes away. */
async function pipe(stream: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = stream.getReader();
  const gone = new Promise<'gone'>((resolve) => response.once('close', () => resolve('gone')));
  for (;;) {
    const next = await Promise.race([reader.read(), gone]);
    if (next === 'gone') {
      await reader.cancel();
      return;
    }
    if (next.done) return;
    if (!response.write(next.value)) await drained(response);
  }
}

/** Sends all of it, where somebody is there to send it to. */
async function deliver(answer: Answer, response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  if (typeof answer.body === 'string') {
    const length = String(Buffer.byteLength(answer.body));
    response.writeHead(answer.status, { ...answer.headers, 'content-length': length });
    response.end(answer.body);
    return;
  }
  response.writeHead(answer.status, answer.headers);
  response.flushHeaders();
  await pipe(answer.body, response);
  response.end();
}

/** Promises more than there is, sends what there is, and ends the connection. */
async function cutBody(answer: Answer, response: ServerResponse): Promise<void> {
  const { socket } = response;
  if (typeof answer.body !== 'string') {
    response.writeHead(answer.status, answer.headers);
    response.flushHeaders();
    await pipe(answer.body, response);
    response.write('', () => socket?.destroy());
    return;
  }
  const length = String(Buffer.byteLength(answer.body) + 1);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': length });
  response.flushHeaders();
  response.write(answer.body, () => socket?.destroy());
}

/** Ends the connection at the given point of the answer. */
async function cut(
  where: NonNullable<Outcome['cut']>,
  answer: Answer,
  response: ServerResponse,
): Promise<void> {
  const { socket } = response;
  if (socket === null || socket.destroyed) return;
  if (where === 'body') {
    await cutBody(answer, response);
    return;
  }
  if (typeof answer.body !== 'string') await answer.body.cancel();
  if (where === 'headers') {
    socket.write(`HTTP/1.1 ${answer.status} \r\ncontent-type: appl`, () => socket.destroy());
  } else socket.resetAndDestroy();
}

/** Delivers, where somebody is there to deliver to. A request that is left without an answer keeps its connection. */
async function complete(
  { answer, cut: where, sent }: Outcome,
  response: ServerResponse,
): Promise<void> {
  if (answer === undefined) return;
  if (where !== undefined) return cut(where, answer, response);
  if (!response.destroyed) sent();
  await deliver(answer, response);
}

async function respond(
  serve: Serve,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await readRequest(message);
  if (request === undefined) return;
  try {
    await complete(await serve(request), response);
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
  serve: Serve,
  options: { readonly port?: number | undefined; readonly cors?: Cors | undefined },
): Promise<HttpServer> {
  const { port = 0, cors = true } = options;
  requirePort(port);
  requireCors(cors);
  const server = createServer((message, response) => {
    if (cors !== false && allowOrigins(message, response, cors === 'bare')) return;
    void respond(serve, message, response);
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
