import { waitHint } from '@holdfast/core';
import type { Fetch } from './network.ts';

/** Milliseconds that a client is given to take in what it was told. */
const GRACE = 50;

/** A `fetch` that notices who does not listen. */
export interface HintWatch {
  readonly fetch: Fetch;
  /** How many requests were sent between a hint and the instant that it named. */
  early(): number;
}

/** @param endpoint Only what goes there counts. */
export function watchHints(fetch: Fetch, endpoint: string): HintWatch {
  let told = 0;
  let early = 0;
  const hear = (until: number): void => {
    told = Math.max(told, until);
  };
  return {
    async fetch(input, init) {
      const counts = String(input) === endpoint;
      if (counts && Date.now() < told) early += 1;
      const response = await fetch(input, init);
      if (!counts || (response.status !== 429 && response.status !== 503)) return response;
      const now = Date.now();
      const hint = waitHint(response.headers, now);
      // All of it has come before it is handed on: there is nothing left that a client would wait for.
      const body = await response.text();
      // A timer, and not an instant: it waits its turn behind what the client does, however late that is.
      if (hint !== undefined) setTimeout(() => hear(now + hint), GRACE);
      const { status, statusText, headers } = response;
      return new Response(body, { status, statusText, headers });
    },
    early: () => early,
  };
}
