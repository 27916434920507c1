import { createResilience } from '@holdfast/core';
import type { Resilience } from '@holdfast/core';

export const accessToken = 'f3b1c9d27a5e48ab9c60d1e2';

/** As an app has it: everything on, with a token that is good for another hour. */
export function signedIn(): Resilience {
  return createResilience({
    auth: {
      tokens: { accessToken, expiresAt: Date.now() + 3_600_000 },
      refresh: () => Promise.reject(new Error('No token expires in a benchmark.')),
    },
  });
}
