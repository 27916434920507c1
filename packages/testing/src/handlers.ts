import { textAnswer } from './answer.ts';
import { breezeEmulator } from './breeze/breeze-server.ts';
import type { BreezeServer } from './breeze/breeze-server.ts';
import type { BreezeOptions } from './breeze/breeze-options.ts';
import { faultEmulator } from './fault-server/fault-server.ts';
import type { FaultServer, FaultServerOptions } from './fault-server/fault-server.ts';
import type { HttpRequest } from './recorded-request.ts';
import { tbintEmulator } from './tbint/tbint-server.ts';
import type { TbintServer } from './tbint/tbint-server.ts';
import type { TbintOptions } from './tbint/tbint-options.ts';
import { run } from './test-server.ts';
import type { Emulator, Outcome, Serve, TestServer, TestServerOptions } from './test-server.ts';

/** A server behind a function: nothing listens, and no network is used. */
export interface Handler {
  /**
   * What a client is given in the place of the platform's `fetch`. It looks at the path alone, follows no
   * redirect, and fails as a browser's does where a fault cuts the connection: with a `TypeError`.
   */
  readonly fetch: typeof globalThis.fetch;
}

/** Options of a server without those of its port. */
export type HandlerOptions<Options extends TestServerOptions> = Omit<Options, 'port' | 'cors'>;

/** What the addresses of a handler begin with; no name of the network ends so (RFC 6761, section 6.4). */
const ORIGIN = 'http://server.test';

async function arrived(request: Request): Promise<HttpRequest> {
  const { pathname, searchParams } = new URL(request.url);
  return {
    method: request.method,
    path: pathname,
    search: searchParams,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
  };
}

function lost(): TypeError {
  return new TypeError('Failed to fetch');
}

/** What comes of the body, and then the end of the connection. */
function broken(body: string | ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const whole = new Response(body).body;
  const reader = whole?.getReader();
  return new ReadableStream({
    async pull(controller) {
      const next = await reader?.read();
      if (next?.value === undefined) controller.error(lost());
      else controller.enqueue(next.value);
    },
    cancel: (reason) => reader?.cancel(reason),
  });
}

const BODILESS = [204, 205, 304];

/** @throws TypeError where the connection was cut before there was an answer. */
function responseOf({ answer, cut, sent }: Outcome): Response | undefined {
  if (answer === undefined) return undefined;
  const { status, headers, body } = answer;
  if (cut === 'body') return new Response(broken(body), { status, headers });
  if (cut !== undefined) throw lost();
  sent();
  return new Response(BODILESS.includes(status) ? null : body, { status, headers });
}

/** A function of the test threw (a fault's `on`, a token check): the client is told, as over the network. */
function failed(error: unknown): Outcome {
  const answer = textAnswer(500, `The test server failed: ${String(error)}\n`);
  return { answer, cut: undefined, sent: () => {} };
}

function fetchFrom(serve: Serve, closed: AbortSignal): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    if (closed.aborted) throw lost();
    const settled = new AbortController();
    const once = { once: true, signal: settled.signal };
    const over = new Promise<never>((_, reject) => {
      request.signal.addEventListener('abort', () => reject(request.signal.reason as Error), once);
      closed.addEventListener('abort', () => reject(lost()), once);
    });
    const answering = arrived(request).then(serve).catch(failed).then(responseOf);
    try {
      // Where there is no answer, ever, only the end is left to wait for.
      return (await Promise.race([answering, over])) ?? (await over);
    } finally {
      settled.abort();
    }
  };
}

function handling<Server extends TestServer>(
  { service, complete }: Emulator<Server>,
  options: TestServerOptions,
): Server & Handler {
  const { serve, at } = run(service, options);
  const closed = new AbortController();
  const server = at(ORIGIN, async () => closed.abort());
  return Object.assign(complete(server), { fetch: fetchFrom(serve, closed.signal) });
}

/**
 * The server of `startFaultServer` without a port: give its `fetch` to a client. It runs where there is no
 * Node: in a page, a worker, a storybook.
 *
 * @throws TypeError or RangeError for a malformed option or fault.
 *
 * @example
 * const server = await createFaultHandler({ faults: [{ status: 503, times: 2 }] });
 * const link = new HttpLink({ uri: server.url, fetch: server.fetch });
 * // … its first two requests are answered with 503 …
 * console.log(server.requests.map((request) => request.status), server.executions);
 */
export async function createFaultHandler(
  options: HandlerOptions<FaultServerOptions> = {},
): Promise<FaultServer & Handler> {
  return handling(await faultEmulator(options), options);
}

/**
 * The server of `startBreeze` without a port.
 *
 * @throws TypeError or RangeError for a malformed option or fault.
 *
 * @example
 * const breeze = await createBreezeHandler({ limit: 5, window: 300 });
 * const response = await breeze.fetch(breeze.tokenUrl, { method: 'POST' });
 */
export async function createBreezeHandler(
  options: HandlerOptions<BreezeOptions> = {},
): Promise<BreezeServer & Handler> {
  return handling(await breezeEmulator(options), options);
}

/**
 * The server of `startTbint` without a port.
 *
 * @throws TypeError or RangeError for a malformed option or fault.
 *
 * @example
 * const tbint = await createTbintHandler();
 * const response = await tbint.fetch(tbint.urls.sales, { method: 'POST' });
 */
export async function createTbintHandler(
  options: HandlerOptions<TbintOptions> = {},
): Promise<TbintServer & Handler> {
  return handling(await tbintEmulator(options), options);
}
