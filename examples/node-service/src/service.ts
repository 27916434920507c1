import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { failureOf } from '@holdfast/core';
import type { OperationResult } from '@urql/core';
import { answerTo, refusal } from './answer.ts';
import type { Answer, Caller } from './answer.ts';
import { connect, machineResilience, ORDER, TEMPLATES, userResilience } from './breeze.ts';
import type { BreezeSettings } from './breeze.ts';

export interface Service {
  readonly server: Server;
  /** Takes no more requests, ends what waits for Breeze, and resolves when all are answered. */
  stop(): Promise<void>;
}

/** What a bearer token may consist of (RFC 6750, section 2.1). */
const BEARER = /^Bearer ([\w.~+/-]+=*)$/iu;

const LARGEST_BODY = 10_000;

/**
 * `GET /templates?page=2` asks Breeze as this machine, `POST /orders` as the user whose token comes with
 * the request.
 */
export function createService(settings: BreezeSettings): Service {
  const machine = machineResilience(settings);
  const breeze = connect(settings.url, machine);

  async function templates(search: URLSearchParams): Promise<Answer> {
    const page = Number(search.get('page') ?? 1);
    if (!Number.isInteger(page) || page < 1) return refusal(400, 'page is a number from 1.');
    // A user who hangs up does not end this one: urql asks once for all who want the same page.
    return answerOf(breeze.query(TEMPLATES, { page }), 'machine');
  }

  async function order(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const accessToken = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (accessToken === undefined) return refusal(401, 'Send your Breeze token as bearer token.');
    const length = Number(request.headers['content-length'] ?? Infinity);
    if (length > LARGEST_BODY) return refusal(413, 'That is too long, or does not say how long.');
    const resilience = userResilience(accessToken);
    // Answered or hung up: the request to Breeze ends, and nothing of this user is left.
    response.once('close', () => resilience.dispose());
    const credential = await json(request);
    return answerOf(connect(settings.url, resilience).mutation(ORDER, { credential }), 'user');
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const asked = `${request.method} ${pathname}`;
    if (asked === 'GET /templates') return templates(searchParams);
    if (asked === 'POST /orders') return order(request, response);
    return refusal(404, 'There are GET /templates and POST /orders.');
  }

  const server = createServer((request, response) => {
    void route(request, response)
      .catch((error: unknown) => {
        if (error instanceof SyntaxError) return refusal(400, 'The body is not JSON.');
        console.error(error);
        return refusal(500, 'Something is wrong here.');
      })
      .then(({ status, headers, body }) => {
        // A connection that is kept alive would keep a stopping process alive too.
        if (!server.listening) response.setHeader('connection', 'close');
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify(body));
      });
  });
  return {
    server,
    stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      machine.dispose();
      return closed;
    },
  };
}

async function answerOf(asked: PromiseLike<OperationResult>, caller: Caller): Promise<Answer> {
  const { data, error } = await asked;
  if (error === undefined) return { status: 200, body: data };
  const failure = failureOf(error);
  if (failure === undefined) throw error;
  console.error(`Breeze, as ${caller}: ${failure.kind} (${failure.stopped}). ${failure.advice}`);
  return answerTo(failure, caller);
}
