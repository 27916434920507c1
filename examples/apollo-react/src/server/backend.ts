import { randomUUID } from 'node:crypto';
import { createAdaptorServer } from '@hono/node-server';
import type { ServerType } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { MachineTokens } from './machine-tokens.ts';

export interface BackendOptions {
  readonly graphqlUrl: string;
  readonly tokens: MachineTokens;
  /** The one user that there is. A real server looks its users up, and keeps no password. */
  readonly user: { readonly name: string; readonly password: string };
  /** Folder of the built page. */
  readonly page: string;
}

/** No script can read it, no other site can send it. Over https, add `secure`. */
const COOKIE = { httpOnly: true, sameSite: 'Strict', path: '/' } as const;

const ASKED = ['accept', 'authorization', 'content-type'];
const ANSWERED = /^(?:content-type|date|retry-after|x-ratelimit-.+)$/u;

/**
 * Serves the page; signs in and out with a cookie; hands Breeze's tokens to whoever is signed in; passes
 * on to Breeze what the page asks, since Breeze documents no access for pages of other origins.
 */
export function createBackend({ graphqlUrl, tokens, user, page }: BackendOptions): ServerType {
  const sessions = new Set<string>();
  const app = new Hono();

  async function handOut(context: Context, useless: unknown): Promise<Response> {
    const { accessToken, expiresAt = Date.now() } = await tokens.insteadOf(useless);
    // The milliseconds left, which a browser whose clock is wrong understands as well.
    return context.json({ accessToken, lifetime: expiresAt - Date.now() });
  }

  app.post('/sign-in', async (context) => {
    const { name, password } = await fields(context);
    if (name !== user.name || password !== user.password) return context.body(null, 401);
    const session = randomUUID();
    setCookie(context, 'session', session, COOKIE);
    const answer = await handOut(context, undefined);
    sessions.add(session);
    return answer;
  });

  app.post('/token', async (context) => {
    if (!sessions.has(getCookie(context, 'session') ?? '')) return context.body(null, 204);
    // The page sends what has no use any more, if it had any.
    return handOut(context, (await fields(context))['accessToken']);
  });

  app.post('/sign-out', (context) => {
    sessions.delete(deleteCookie(context, 'session', COOKIE) ?? '');
    return context.body(null, 204);
  });

  app.post('/graphql', async ({ req }) => {
    const { status, headers, body } = await fetch(graphqlUrl, {
      method: 'POST',
      headers: [...req.raw.headers].filter(([name]) => ASKED.includes(name)),
      body: await req.arrayBuffer(),
      // Who hangs up asks no more.
      signal: req.raw.signal,
    });
    return new Response(body, {
      status,
      headers: [...headers].filter(([name]) => ANSWERED.test(name)),
    });
  });

  app.get('*', serveStatic({ root: page }));
  app.onError((error, context) => {
    if (!context.req.raw.signal.aborted) console.error(error);
    return context.body(null, error instanceof SyntaxError ? 400 : 502);
  });
  return createAdaptorServer({ fetch: app.fetch });
}

async function fields({ req }: Context): Promise<Readonly<Record<string, unknown>>> {
  return Object(JSON.parse((await req.text()) || '{}')) as Readonly<Record<string, unknown>>;
}
