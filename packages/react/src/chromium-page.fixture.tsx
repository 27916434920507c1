import { createResilience } from '@holdfast/core';
import type { Resilience, Signal } from '@holdfast/core';
import { StrictMode } from 'react';
import type { ReactElement } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { FailureBoundary, ResilienceProvider, ResilienceStatus, useSession } from './index.ts';

/** What the test calls in the page. */
export interface PageControls {
  /** Has an operation meet a rate limit of so many seconds, and wait for it. */
  limit(seconds: number): void;
  signOut(): void;
  unmount(): void;
  /** How many timers of the instance wait. */
  timers(): number;
}

function Account(): ReactElement {
  return <p id="session">{useSession().status}</p>;
}

export function Page({ resilience }: { readonly resilience: Resilience }): ReactElement {
  return (
    <StrictMode>
      <ResilienceProvider resilience={resilience}>
        <main>
          <h1>Orders</h1>
          <FailureBoundary fallback="failed">
            <Account />
          </FailureBoundary>
          <ResilienceStatus id="status" />
        </main>
      </ResilienceProvider>
    </StrictMode>
  );
}

export function instance(): Resilience {
  return createResilience({
    auth: { tokens: { accessToken: 't1' }, refresh: () => Promise.resolve(undefined) },
    random: () => 0,
  });
}

/** Takes the server's page over, in a browser. */
export function takeOver(): PageControls {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const waiting = new Set<unknown>();
  // The platform's own timers, counted: those of less than two seconds, as a countdown's are.
  const counted = (run: (...values: unknown[]) => void, ms = 0, ...values: unknown[]): unknown => {
    const id = set(() => {
      waiting.delete(id);
      run(...values);
    }, ms);
    if (ms > 0 && ms < 2_000) waiting.add(id);
    return id;
  };
  Object.assign(globalThis, {
    setTimeout: counted,
    clearTimeout: (id: Parameters<typeof clear>[0]) => {
      waiting.delete(id);
      clear(id);
    },
  });
  const resilience = instance();
  const root = hydrateRoot(document.querySelector('#root')!, <Page resilience={resilience} />, {
    onRecoverableError: (error) => reportError(error),
  });
  return {
    limit: (seconds) => {
      const headers = { 'retry-after': String(seconds) };
      resilience.execute<Signal>(
        { kind: 'query' },
        {
          send: (_, receiver) => {
            receiver.next({ status: 429, headers });
            return () => {};
          },
          read: (signal) => signal,
        },
        { next: () => {}, error: () => {}, complete: () => {} },
      );
    },
    signOut: () => resilience.session.signOut(),
    unmount: () => root.unmount(),
    timers: () => waiting.size,
  };
}
