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
  let told = { from: 0, until: 0 };
  let early = 0;
  return {
    async fetch(input, init) {
      const counts = String(input) === endpoint;
      const sent = Date.now();
      if (counts && sent >= told.from && sent < told.until) early += 1;
      const response = await fetch(input, init);
      if (counts && (response.status === 429 || response.status === 503)) {
        const now = Date.now();
        const hint = waitHint(response.headers, now);
        // A second refusal says the same again.
        if (hint !== undefined && now >= told.until)
          told = { from: now + GRACE, until: now + hint };
      }
      return response;
    },
    early: () => early,
  };
}
