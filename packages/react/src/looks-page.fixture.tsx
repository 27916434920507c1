import { createResilience } from '@holdfast/core';
import type { Failure, Resilience, Signal } from '@holdfast/core';
import { StrictMode } from 'react';
import type { ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { FailureMessage, ResilienceProvider, ResilienceStatus } from './index.ts';

/** What the test calls in the page. */
export interface LooksControls {
  /** Has an operation meet a rate limit of so many seconds, and wait for it. */
  limit(seconds: number): void;
  /** Ends all that waits. */
  calm(): void;
  /** By how much anything in the page has been moved, as browsers measure it. */
  shifts(): number;
}

const failures = (now: number): readonly Failure[] => [
  { kind: 'rate_limited', retryAt: now + 90_500 } as Failure,
  { kind: 'unavailable' } as Failure,
  { kind: 'network', outcomeUnknown: true } as Failure,
  { kind: 'unauthenticated' } as Failure,
];

function Page({ resilience }: { readonly resilience: Resilience }): ReactElement {
  const now = resilience.clock.wall();
  return (
    <main>
      <h1>Orders</h1>
      <ResilienceStatus id="inline" look="inline" nonce="page" />
      <p id="below">Twelve orders are on their way.</p>
      <ResilienceStatus id="floating" look="floating" nonce="page" />
      {failures(now).map((failure) => (
        <FailureMessage
          key={failure.kind}
          error={undefined}
          failure={failure}
          retry={() => {}}
          signIn={() => {}}
          look="card"
          nonce="page"
        />
      ))}
    </main>
  );
}

export function openPage(): LooksControls {
  const resilience = createResilience({ random: () => 0 });
  let moved = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) moved += (entry as unknown as { value: number }).value;
  }).observe({ type: 'layout-shift', buffered: true });
  createRoot(document.querySelector('#root')!).render(
    <StrictMode>
      <ResilienceProvider resilience={resilience}>
        <Page resilience={resilience} />
      </ResilienceProvider>
    </StrictMode>,
  );
  const ends: (() => void)[] = [];
  return {
    limit: (seconds) => {
      const headers = { 'retry-after': String(seconds) };
      const end = resilience.execute<Signal>(
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
      ends.push(end);
    },
    calm: () => {
      for (const end of ends.splice(0)) end();
      resilience.dispose();
    },
    shifts: () => moved,
  };
}
