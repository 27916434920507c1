import { TokenRequestError } from '@holdfast/oauth';
import type { Tokens } from '@holdfast/core';
import { NextResponse } from 'next/server';
import type { NextRequest } from 'next/server';
import { askedUrl, dropSession, keepSession, passOn, readSession } from './cookies.ts';
import { renew } from './login.ts';

/** By the refresh token that is used up in it. Only the proxy refreshes, so that this is the only place. */
const calls = new Map<string, Promise<Tokens>>();

/** Milliseconds for which who comes with a used refresh token, before its new cookies are set, is given the same. */
const LEEWAY = 30_000;

/**
 * What a `proxy.ts` does: renews an expired token before the page is rendered, since a server component can set no
 * cookie, and answers `POST /auth/refresh`, with which the page asks for new tokens.
 */
export function sessionProxy(request: NextRequest): Promise<NextResponse> {
  return request.nextUrl.pathname === '/auth/refresh' ? refresh(request) : pass(request);
}

async function pass(request: NextRequest): Promise<NextResponse> {
  const { id, accessToken, refreshToken } = readSession(request.cookies);
  if (id === undefined || accessToken !== undefined || refreshToken === undefined) {
    return NextResponse.next();
  }
  const cookies = new NextResponse();
  try {
    keepSession(cookies, askedUrl(request), id, await renewed(refreshToken));
  } catch (error) {
    // The login server is away for a while: the page comes without what is the user's, and asks by itself.
    if (!isFinal(error)) return NextResponse.next();
    dropSession(cookies);
  }
  passOn(request, cookies);
  const response = NextResponse.next({ request });
  for (const cookie of cookies.cookies.getAll()) response.cookies.set(cookie);
  return response;
}

async function refresh(request: NextRequest): Promise<NextResponse> {
  const { id, refreshToken } = readSession(request.cookies);
  // The page of another sign-in, or of another site: this session is none of its business.
  if (id === undefined || refreshToken === undefined || request.headers.get('x-session') !== id) {
    return new NextResponse(null, { status: 401 });
  }
  try {
    const response = new NextResponse(null, { status: 204 });
    keepSession(response, askedUrl(request), id, await renewed(refreshToken));
    return response;
  } catch (error) {
    if (!isFinal(error)) return away(error);
    const response = new NextResponse(null, { status: 401 });
    dropSession(response);
    return response;
  }
}

/** One call for all who come with the same refresh token: a second one would end the session. */
function renewed(token: string): Promise<Tokens> {
  const known = calls.get(token);
  if (known !== undefined) return known;
  const call = renew(token);
  calls.set(token, call);
  const forget = (): boolean => calls.delete(token);
  call.then(() => setTimeout(forget, LEEWAY).unref(), forget);
  return call;
}

/** Whether only a sign-in helps. A wrong client secret, say, is no reason to sign everybody out. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof TokenRequestError)) return false;
  return (Object(error.body) as { readonly error?: unknown }).error === 'invalid_grant';
}

/** Holdfast in the page waits for as long as the login server asks for, and asks again. */
function away(error: unknown): NextResponse {
  const headers = new Headers();
  const wait = error instanceof TokenRequestError ? error.headers['retry-after'] : undefined;
  if (wait !== undefined) headers.set('retry-after', wait);
  return new NextResponse(null, { status: 503, headers });
}
