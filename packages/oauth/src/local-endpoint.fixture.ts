import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RefreshRequest, Tokens } from '@holdfast/core';
import { onTestFinished } from 'vitest';

/** A request as it arrived. */
export interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What to answer: an object is sent as JSON; a function answers by itself. */
interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}
export type Answering = Answer | ((response: ServerResponse) => void);

/** A real HTTP server on loopback that gives one answer and keeps what it was asked. Ends with the test. */
export async function startEndpoint(
  answer: Answering,
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, headers } = request;
    received.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    if (typeof answer === 'function') return answer(response);
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
    const type = typeof answer.body === 'string' ? 'text/plain' : 'application/json';
    response.writeHead(answer.status ?? 200, { 'content-type': type, ...answer.headers });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/oauth/token`, received };
}

/** What the session calls `refresh` with. Its clock stands at 1,000,000. */
export function refreshRequest(
  tokens?: Tokens,
  signal: AbortSignal = new AbortController().signal,
): RefreshRequest {
  const clock = { monotonic: () => 0, wall: () => 1_000_000, after: () => () => undefined };
  return { tokens, reason: 'expiring', signal, clock };
}

/** What a promise rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It was expected to reject, and did not.');
}

/** Everything that an error says, to whoever prints or serializes it. */
export function everything(error: unknown): string {
  const own = error instanceof Error ? Object.getOwnPropertyNames(error) : [];
  const fields = own.map((name) => JSON.stringify((error as never)[name]));
  const cause = error instanceof Error && error.cause !== undefined ? everything(error.cause) : '';
  return [String(error), ...fields, cause].join('\n');
}
