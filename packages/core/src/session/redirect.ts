import type { Attempt } from '../model/operation.ts';

/** What `fetch` itself takes off a request that is led to another origin (Fetch standard, HTTP-redirect fetch). */
const GUARDED = 'authorization';

/** Whether a redirect would take a token along that signs a request with these fields (X1). */
export function isExposed(signed: Attempt['headers'] | undefined): boolean {
  return Object.keys(signed ?? {}).some((name) => name.toLowerCase() !== GUARDED);
}
