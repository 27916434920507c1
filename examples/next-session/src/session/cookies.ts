import { cookies } from 'next/headers';
import type { NextRequest, NextResponse } from 'next/server';
import type { Tokens } from '@holdfast/core';

/** What the cookies of a browser hold. */
export interface Session {
  /** Names the sign-in and opens nothing: the page may know it, and says with it on whose behalf it asks. */
  readonly id: string | undefined;
  /** Gone when it has expired, since its cookie has. */
  readonly accessToken: string | undefined;
  readonly refreshToken: string | undefined;
}

const NAMES = { id: 'session', accessToken: 'access', refreshToken: 'refresh' } as const;

const MONTH = 30 * 86_400;

interface Jar {
  get(name: string): { readonly value: string } | undefined;
}

/** The session that the cookies of a request, or those of `next/headers`, hold. */
export function readSession(jar: Jar): Session {
  return {
    id: jar.get(NAMES.id)?.value,
    accessToken: jar.get(NAMES.accessToken)?.value,
    refreshToken: jar.get(NAMES.refreshToken)?.value,
  };
}

/** For server components: the session of whoever asked for the page. */
export async function currentSession(): Promise<Session> {
  return readSession(await cookies());
}

/** Sets the cookies of a session. No script can read them, and no other site's page can send them. */
export function keepSession(
  response: NextResponse,
  { protocol }: URL,
  id: string,
  { accessToken, refreshToken, expiresAt = Date.now() + 3_600_000 }: Tokens,
): void {
  const secure = protocol === 'https:';
  const set = (name: string, value: string, maxAge: number): void => {
    response.cookies.set(name, value, {
      httpOnly: true,
      sameSite: 'lax',
      path: '/',
      secure,
      maxAge,
    });
  };
  // The browser lets go of it in the last fifth of its life, so that the proxy renews it before it is rejected.
  const left = Math.max(1, Math.floor(((expiresAt - Date.now()) / 1_000) * 0.8));
  set(NAMES.id, id, MONTH);
  set(NAMES.accessToken, accessToken, left);
  if (refreshToken !== undefined) set(NAMES.refreshToken, refreshToken, MONTH);
}

/** The address that the browser asked for. `nextUrl` says `localhost` where it was 127.0.0.1. */
export function askedUrl({ nextUrl, headers }: NextRequest): URL {
  const url = new URL(nextUrl);
  url.host = headers.get('host') ?? nextUrl.host;
  return url;
}

/** Removes the cookies of a session. */
export function dropSession(response: NextResponse): void {
  for (const name of Object.values(NAMES)) response.cookies.delete(name);
}

/** Lets what comes after the proxy see the cookies that the proxy sets or removes. */
export function passOn(request: NextRequest, response: NextResponse): void {
  for (const { name, value, maxAge } of response.cookies.getAll()) {
    if (value === '' || maxAge === 0) request.cookies.delete(name);
    else request.cookies.set(name, value);
  }
}
