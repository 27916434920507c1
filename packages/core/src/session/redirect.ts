import type { Attempt } from '../model/operation.ts';

/** What `fetch` itself takes off a request that is led to another origin (Fetch standard, HTTP-redirect fetch). */
const GUARDED = 'authorization';

/** Whether a request with these signing fields may follow a redirect without taking a token along (X1). */
export function redirectOf(signed: Attempt['headers'] | undefined): Attempt['redirect'] {
  const exposed = Object.keys(signed ?? {}).some((name) => name.toLowerCase() !== GUARDED);
  return exposed ? 'manual' : 'follow';
}
