import type { Clock, ResilienceOptions, Tokens } from '@holdfast/core';

/** A `refresh` that stays under way until it is told to succeed. */
export function pendingRefresh(): {
  refresh(): Promise<Tokens>;
  succeed(tokens: Tokens): void;
} {
  let succeed = (_tokens: Tokens): void => {};
  const promise = new Promise<Tokens>((resolve) => {
    succeed = resolve;
  });
  return { refresh: () => promise, succeed };
}

/** Milliseconds that the scope is closed for: no other timer of an operation takes as long. */
const CLOSED = 25_000;

/** What the longest of the shorter ones takes: an attempt's. */
const OTHERS = 16_000;

/**
 * Options for a scope that stays closed until it is told to open: the time of its opening comes when it is
 * called, not when it is due, for a busy machine may need longer to count. All other timers are the
 * platform's, as anywhere.
 */
export function closedScope(): { options: ResilienceOptions; open(): void } {
  let ahead = 0;
  const openings = new Set<() => void>();
  const clock: Clock = {
    monotonic: () => performance.now() + ahead,
    wall: () => Date.now() + ahead,
    after(ms, run) {
      if (ms > CLOSED || ms < OTHERS) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      }
      openings.add(run);
      return () => openings.delete(run);
    },
  };
  return {
    // Everybody may wait, and nobody longer than the server says.
    options: { rateLimit: { queue: Infinity }, random: () => 0, clock },
    open() {
      ahead += CLOSED;
      for (const run of openings) run();
    },
  };
}

/** What closes a scope. */
export const limitHeaders: Readonly<Record<string, string>> = {
  'retry-after': String(CLOSED / 1_000),
};

/** Milliseconds that peers back off for: longer than anybody counts. */
export const LONG_BACKOFF = 120_000;
