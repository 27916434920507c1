import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import type { MachineTokens } from './machine-tokens.ts';

export interface BackendOptions {
  readonly graphqlUrl: string;
  readonly tokens: MachineTokens;
  /** The one user that there is. A real server looks its users up, and keeps no password. */
  readonly user: { readonly name: string; readonly password: string };
  /** Folder of the built page. */
  readonly page: string;
}

interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
}

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<Answer>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** No script can read it, no other site can send it. Over https, add `Secure`. */
const COOKIE = 'HttpOnly; SameSite=Strict; Path=/';

const ASKED = ['accept', 'authorization', 'content-type'];
const ANSWERED = /^(?:content-type|date|retry-after|x-ratelimit-.+)$/u;

/**
 * Serves the page; signs in and out with a cookie; hands Breeze's tokens to whoever is signed in; passes
 * on to Breeze what the page asks, since Breeze documents no access for pages of other origins.
 */
export function createBackend({ graphqlUrl, tokens, user, page }: BackendOptions): Server {
  const sessions = new Set<string>();

  async function handOut(useless: unknown, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    const { accessToken, expiresAt = Date.now() } = await tokens.insteadOf(useless);
    // The milliseconds left, which a browser whose clock is wrong understands as well.
    const body = JSON.stringify({ accessToken, lifetime: expiresAt - Date.now() });
    return { status: 200, headers: { 'content-type': 'application/json', ...headers }, body };
  }

  const routes: Readonly<Record<string, Route>> = {
    'POST /sign-in': async (request) => {
      const { name, password } = await fields(request);
      if (name !== user.name || password !== user.password) return { status: 401 };
      const session = randomUUID();
      const answer = await handOut(undefined, { 'set-cookie': `session=${session}; ${COOKIE}` });
      sessions.add(session);
      return answer;
    },
    'POST /token': async (request) => {
      if (!sessions.has(sessionOf(request))) return { status: 204 };
      // The page sends what has no use any more, if it had any.
      return handOut((await fields(request))['accessToken']);
    },
    'POST /sign-out': async (request) => {
      sessions.delete(sessionOf(request));
      return { status: 204, headers: { 'set-cookie': `session=; Max-Age=0; ${COOKIE}` } };
    },
    'POST /graphql': async (request, response) => {
      const hungUp = new AbortController();
      response.once('close', () => hungUp.abort());
      const headers = Object.entries(request.headers).filter(([name]) => ASKED.includes(name));
      const answer = await fetch(graphqlUrl, {
        method: 'POST',
        headers: headers as [string, string][],
        body: await buffer(request),
        signal: hungUp.signal,
      });
      return {
        status: answer.status,
        headers: Object.fromEntries([...answer.headers].filter(([name]) => ANSWERED.test(name))),
        body: new Uint8Array(await answer.arrayBuffer()),
      };
    },
  };

  async function file(path: string): Promise<Answer> {
    const name = path === '/' ? '/index.html' : path;
    const body = await readFile(join(page, name)).catch(absent);
    if (body === undefined) return { status: 404 };
    const type = TYPES[extname(name)] ?? 'application/octet-stream';
    return { status: 200, headers: { 'content-type': type }, body };
  }

  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const route = routes[`${request.method} ${pathname}`] ?? (() => file(pathname));
    void route(request, response)
      .catch((error: unknown) => {
        if (!response.destroyed) console.error(error);
        return { status: error instanceof SyntaxError ? 400 : 502 };
      })
      .then(({ status, headers, body }: Answer) => {
        response.writeHead(status, headers).end(body);
      });
  });
}

function sessionOf({ headers }: IncomingMessage): string {
  return /(?:^|; )session=([^;]+)/u.exec(headers.cookie ?? '')?.[1] ?? '';
}

async function fields(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  return Object(JSON.parse((await text(request)) || '{}')) as Readonly<Record<string, unknown>>;
}

/** A page that is not there is an answer; one that cannot be read is not. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'EISDIR') throw error;
}
