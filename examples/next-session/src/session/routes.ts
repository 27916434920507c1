import { NextResponse } from 'next/server';
import type { NextRequest } from 'next/server';
import { askedUrl, dropSession, keepSession, readSession } from './cookies.ts';
import { beginSignIn, finishSignIn, revoke } from './login.ts';
import type { SignInUnderWay } from './login.ts';
import { setting } from './setting.ts';

/** Each sign-in under way has a cookie of its own: two tabs may be at it. */
const UNDER_WAY = 'sign-in-';

const ASKED = ['accept', 'content-type'];
const ANSWERED = ['content-type', 'date', 'retry-after'];

/** `GET /auth/sign-in?to=/notes`: sends the browser to the login server. */
export async function signIn(request: NextRequest): Promise<NextResponse> {
  const asked = askedUrl(request);
  const { url, underWay } = await beginSignIn(asked.origin, returnPath(asked));
  const response = NextResponse.redirect(url, 303);
  response.cookies.set(UNDER_WAY + underWay.state, JSON.stringify(underWay), {
    httpOnly: true,
    sameSite: 'lax',
    secure: asked.protocol === 'https:',
    path: '/auth',
    maxAge: 600,
  });
  return response;
}

/** `GET /auth/callback`: where the login server sends the browser back to. */
export async function callback(request: NextRequest): Promise<NextResponse> {
  const asked = askedUrl(request);
  const name = UNDER_WAY + (asked.searchParams.get('state') ?? '');
  const kept = request.cookies.get(name)?.value;
  if (kept === undefined) return refused('This sign-in is not known here, or has taken too long.');
  const underWay = JSON.parse(kept) as SignInUnderWay;
  let response;
  try {
    const tokens = await finishSignIn(asked, underWay);
    response = NextResponse.redirect(new URL(underWay.to, asked.origin), 303);
    keepSession(response, asked, crypto.randomUUID(), tokens);
  } catch (error) {
    console.error('A sign-in failed:', error);
    response = refused('The login server let nobody in.');
  }
  response.cookies.set(name, '', { path: '/auth', maxAge: 0 });
  return response;
}

/** `POST /auth/sign-out`: ends the session, here and at the login server. */
export async function signOut(request: NextRequest): Promise<NextResponse> {
  const { id, refreshToken } = readSession(request.cookies);
  // Whoever has signed in since, in another tab, stays.
  if (request.headers.get('x-session') !== (id ?? '')) {
    return new NextResponse(null, { status: 204 });
  }
  try {
    if (refreshToken !== undefined) await revoke(refreshToken);
  } catch (error) {
    // Whoever signs out is signed out here, whatever the login server says.
    console.error('A session could not be ended at the login server:', error);
  }
  const response = new NextResponse(null, { status: 204 });
  dropSession(response);
  return response;
}

/**
 * `POST /api/graphql`: hands on to the API what the page asks, with the token that the page cannot see.
 *
 * The page says on whose behalf it asks. Where that is not who is signed in now, nothing is handed on: an operation
 * that was begun under one user never runs as another. A page that says nothing is a visitor's. Since another site's
 * page can set no such header, it cannot use the cookie either.
 */
export async function graphql(request: NextRequest): Promise<Response> {
  const { id, accessToken } = readSession(request.cookies);
  const asker = request.headers.get('x-session');
  if (asker !== null && asker !== id) return unauthenticated();
  const headers = new Headers();
  for (const name of ASKED) headers.set(name, request.headers.get(name) ?? '*/*');
  if (asker !== null && accessToken !== undefined) {
    headers.set('authorization', `Bearer ${accessToken}`);
  }
  const answer = await fetch(setting('API_URL'), {
    method: 'POST',
    headers,
    body: await request.text(),
    signal: request.signal,
    cache: 'no-store',
  });
  const known = ANSWERED.flatMap((name): [string, string][] => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return new Response(answer.body, { status: answer.status, headers: known });
}

function unauthenticated(): Response {
  const errors = [{ message: 'Sign in first.', extensions: { code: 'UNAUTHENTICATED' } }];
  return Response.json({ errors }, { status: 401 });
}

/** A page of this application, whatever the address says. */
function returnPath({ searchParams, origin }: URL): string {
  const to = new URL(searchParams.get('to') ?? '/', origin);
  return to.origin === origin ? to.pathname + to.search : '/';
}

function refused(why: string): NextResponse {
  const body = `<!doctype html><title>Sign in</title><p>${why} <a href="/">Go on</a></p>`;
  return new NextResponse(body, { status: 400, headers: { 'content-type': 'text/html' } });
}
