/** What a careful application adds to a peer by its documented options, in a few lines of its own. */

/** Statuses that pass: others say that the same request will fail again. */
export function passes(status: number): boolean {
  return [408, 423, 429, 500, 502, 503, 504].includes(status);
}

/** Whether `fetch` failed for want of a connection, or of an answer in time. */
export function isLost(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TypeError' || error.name === 'TimeoutError');
}

/** Milliseconds that Retry-After asks for; `undefined` where it asks for nothing that can be read. */
export function retryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = Number(value);
  if (seconds >= 0) return seconds * 1_000;
  const ahead = Date.parse(value) - Date.now();
  return ahead > 0 ? ahead : undefined;
}

/** `fetch` that gives up after so many milliseconds. */
export function fetchWithin(timeout: number): typeof globalThis.fetch {
  return (input, init) => {
    const deadline = AbortSignal.timeout(timeout);
    const signal = init?.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
    return fetch(input, { ...init, signal });
  };
}
