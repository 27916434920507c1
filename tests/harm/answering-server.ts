import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hasRun, isStream, resultOf } from './answers.ts';
import type { Plan, ServerAnswer } from './answers.ts';

/** What one mutation has met with. */
interface Course {
  readonly plan: Plan;
  readonly inBatch: boolean;
  requests: number;
  /** How often it ran. */
  executions: number;
}

/** A server that answers each mutation as its plan says, and knows how often it ran. */
export interface AnsweringServer {
  readonly url: string;
  /** Begins a mutation; its id is to be the variable `id`. */
  begin(plan: Plan, inBatch: boolean): number;
  course(id: number): Readonly<Course>;
  close(): Promise<void>;
}

interface Asked {
  readonly variables: { readonly id: number };
}

const GOOD = { data: { createOrder: { id: '1' }, audit: 'done' } };

export async function startAnsweringServer(): Promise<AnsweringServer> {
  const courses: Course[] = [];

  /** What one operation of a request is to be answered, `undefined` where all is well. */
  function next({ variables }: Asked): { course: Course; given: ServerAnswer | undefined } {
    const course = courses[variables.id];
    if (course === undefined) throw new Error(`Nobody began ${variables.id}.`);
    return { course, given: course.plan.answers[course.requests++] };
  }

  function handle(body: string, response: ServerResponse): void {
    // What Node's `fetch` makes of a 421: it asks again by itself, and forgets the body.
    if (body === '') return void response.writeHead(421).end();
    const asked = JSON.parse(body) as Asked | readonly Asked[];
    const inBatch = Array.isArray(asked);
    const steps = (inBatch ? (asked as readonly Asked[]) : [asked as Asked]).map(next);
    // One status and one form of body for all of a batch.
    const first = steps.find(({ given }) => given !== undefined)?.given;
    for (const { course } of steps) {
      if (first === undefined || hasRun(first, course.plan.rootFields, inBatch))
        course.executions++;
    }
    const results = steps.map(({ given }) => (given === undefined ? GOOD : resultOf(given)));
    answer(first ?? WELL, JSON.stringify(inBatch ? results : results[0]), inBatch, response);
  }

  const server = createServer((request, response) => {
    void received(request).then((body) => handle(body, response));
  });
  // A connection that is closed while it is written to would look like an answer that was lost.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', 4_096, resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    begin: (plan, inBatch) => courses.push({ plan, inBatch, requests: 0, executions: 0 }) - 1,
    course: (id) => courses[id]!,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function received(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  return body;
}

type Form = Pick<ServerAnswer, 'status' | 'media' | 'body'>;

const WELL: Form = { status: 200, media: 'application/json', body: 'whole' };

function answer(
  { status, media, body }: Form,
  json: string,
  inBatch: boolean,
  to: ServerResponse,
): void {
  const text = body === 'empty' ? '' : inBatch ? json : framed(json, media);
  const headers: Record<string, string> = {
    ...(media !== '' && { 'content-type': media }),
    // To an address that nobody listens at.
    ...(status === 303 && { location: 'http://127.0.0.1:9/graphql' }),
  };
  if (body === 'cut') {
    to.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(text)) });
    to.write(half(text), () => to.destroy());
    return;
  }
  to.writeHead(status, headers).end(body === 'short' ? half(text) : text);
}

function half(body: string): string {
  return body.slice(0, Math.floor(body.length / 2));
}

function framed(body: string, media: ServerAnswer['media']): string {
  if (!isStream(media)) return body;
  if (media === 'text/event-stream') return `event: next\ndata: ${body}\n\nevent: complete\n\n`;
  return `\r\n---\r\ncontent-type: application/json\r\n\r\n${body}\r\n-----\r\n`;
}
