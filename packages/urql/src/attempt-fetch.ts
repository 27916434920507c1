/** The attempt that a request belongs to. */
export interface Requesting {
  /** Aborts when the attempt is ended from our side. */
  ended(): AbortSignal;
  /** Hears whether redirects are followed. */
  sends(redirect: RequestInit['redirect']): void;
  /** Hears of each response; an exchange below may ask more than once. */
  seen(response: Response): void;
}

/**
 * The fetch of one attempt: the user's own, else the platform's at the time of the call. Only a wrapped
 * fetch sees a success's status and headers, and only it can end one attempt of a mutation without ending
 * an identical one (U1).
 */
export function attemptFetch(given: typeof fetch | undefined, attempt: Requesting): typeof fetch {
  return async (input, init) => {
    const send = given ?? fetch;
    attempt.sends(init?.redirect);
    const response = await send(input, { ...init, signal: either(attempt.ended(), init?.signal) });
    attempt.seen(response);
    return response;
  };
}

/** Aborts with the first of the two. One for each call: urql aborts its own when an answer is complete. */
function either(ended: AbortSignal, given: AbortSignal | null | undefined): AbortSignal {
  if (given === undefined || given === null) return ended;
  const controller = new AbortController();
  for (const signal of [ended, given]) {
    const abort = (): void => controller.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true, signal: controller.signal });
  }
  return controller.signal;
}
