'use client';

import { createResilience } from '@holdfast/core';
import type { Resilience } from '@holdfast/core';
import { browserShare } from '@holdfast/core/browser';
import { cookieSession } from '@holdfast/oauth';
import { ResilienceProvider, ResilienceStatus, useResilience, useSession } from '@holdfast/react';
import { useRouter } from 'next/navigation';
import { useEffect, useState, useTransition } from 'react';
import type { ReactNode } from 'react';

/**
 * The sign-in of this page. It is another one only after the page was loaded anew: not when this module is written
 * anew while `next dev` runs, and begins from nothing beside a client that has the instance.
 */
const page = globalThis as { kept?: { readonly id: string; readonly resilience: Resilience } };

/**
 * Says to the server of which sign-in a page is. Where the browser has the cookies of another one by now, nothing that
 * the page asks is handed on.
 */
export function namedAs(id: string): Readonly<Record<string, string>> {
  return { 'x-session': id };
}

/**
 * Holdfast for a page of this sign-in. A browser has one, whose tabs share it under the name of the sign-in. A server
 * renders for many users, and has one for each rendering (nothing is asked there).
 */
export function resilienceOf(id: string): Resilience {
  if (page.kept?.id === id) return page.kept.resilience;
  const resilience = createResilience({
    auth: cookieSession({ url: '/auth/refresh', headers: namedAs(id) }),
    share: browserShare(id),
  });
  if (typeof window !== 'undefined') page.kept ??= { id, resilience };
  return resilience;
}

/**
 * What a signed-in user sees, as long as he is signed in. Where he has signed out, here or in another tab, or his
 * session has ended, what he saw is gone from the page.
 */
export function PageSession({ id, children }: { id: string; children: ReactNode }): ReactNode {
  // Another user has signed in, in another tab, and the server renders for him: nothing read before may serve him.
  const isAnother = page.kept !== undefined && page.kept.id !== id;
  useEffect(() => {
    if (isAnother) window.location.reload();
  }, [isAnother]);
  if (isAnother) return null;
  return (
    <ResilienceProvider resilience={resilienceOf(id)}>
      <WhileSignedIn id={id}>{children}</WhileSignedIn>
    </ResilienceProvider>
  );
}

function WhileSignedIn({ id, children }: { id: string; children: ReactNode }): ReactNode {
  const { session } = useResilience();
  const { status } = useSession();
  if (status === 'signed-out') return <SignIn>You are signed out.</SignIn>;
  if (status === 'failed') return <SignIn>Your session has ended.</SignIn>;
  async function signOut(): Promise<void> {
    const { ok } = await fetch('/auth/sign-out', { method: 'POST', headers: namedAs(id) });
    if (ok) session.signOut();
  }
  return (
    <>
      <form action={signOut}>
        <button>Sign out</button>
      </form>
      <ResilienceStatus />
      {children}
    </>
  );
}

/** A link to the login server, from where the browser comes back to the notes. */
export function SignIn({ children }: { children: ReactNode }): ReactNode {
  return (
    <p>
      {children} <a href="/auth/sign-in?to=/notes">Sign in</a>
    </p>
  );
}

/**
 * For a server component whose token the API has rejected before its time: it cannot set a cookie, so the page renews
 * the session, once, and has the server render again.
 */
export function Renewal(): ReactNode {
  const { session } = useResilience();
  const router = useRouter();
  const [isRendering, render] = useTransition();
  const [outcome, setOutcome] = useState<'none' | 'renewed' | 'failed'>('none');
  useEffect(() => {
    session.refresh().then(
      () => {
        setOutcome('renewed');
        render(() => router.refresh());
      },
      // Why stands in the session, whose status says what is to be done.
      () => setOutcome('failed'),
    );
  }, [session, router]);
  if (outcome === 'none' || isRendering) return <p>One moment …</p>;
  return <SignIn>That did not work.</SignIn>;
}
