import { createAdaptorServer } from '@hono/node-server';
import type { ServerType } from '@hono/node-server';
import { failureOf } from '@holdfast/core';
import type { OperationResult } from '@urql/core';
import { Hono } from 'hono';
import type { HonoRequest } from 'hono';
import { answerTo, refusal } from './answer.ts';
import type { Answer, Caller } from './answer.ts';
import { connect, machineResilience, ORDER, TEMPLATES, userResilience } from './breeze.ts';
import type { BreezeSettings } from './breeze.ts';

export interface Service {
  readonly server: ServerType;
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

  async function templates(page: number): Promise<Answer> {
    if (!Number.isInteger(page) || page < 1) return refusal(400, 'page is a number from 1.');
    // A user who hangs up does not end this one: urql asks once for all who want the same page.
    return answerOf(breeze.query(TEMPLATES, { page }), 'machine');
  }

  async function order(request: HonoRequest): Promise<Answer> {
    const accessToken = BEARER.exec(request.header('authorization') ?? '')?.[1];
    if (accessToken === undefined) return refusal(401, 'Send your Breeze token as bearer token.');
    const length = Number(request.header('content-length') ?? Infinity);
    if (length > LARGEST_BODY) return refusal(413, 'That is too long, or does not say how long.');
    const resilience = userResilience(accessToken);
    // Answered or hung up: the request to Breeze ends, and nothing of this user is left.
    const end = (): void => resilience.dispose();
    request.raw.signal.addEventListener('abort', end);
    try {
      const credential: unknown = await request.json();
      const asked = connect(settings.url, resilience).mutation(ORDER, { credential });
      return await answerOf(asked, 'user');
    } finally {
      end();
    }
  }

  const app = new Hono();
  app.get('/templates', async ({ req }) =>
    responseOf(await templates(Number(req.query('page') ?? 1))),
  );
  app.post('/orders', async ({ req }) => responseOf(await order(req)));
  app.notFound(() => responseOf(refusal(404, 'There are GET /templates and POST /orders.')));
  app.onError((error) => {
    if (error instanceof SyntaxError) return responseOf(refusal(400, 'The body is not JSON.'));
    console.error(error);
    return responseOf(refusal(500, 'Something is wrong here.'));
  });

  function responseOf({ status, headers, body }: Answer): Response {
    // A connection that is kept alive would keep a stopping process alive too.
    const last = server.listening ? undefined : { connection: 'close' };
    return Response.json(body, { status, headers: { ...headers, ...last } });
  }

  const server = createAdaptorServer({ fetch: app.fetch });
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
