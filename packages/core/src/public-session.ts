import { ownFailure } from './model/own-failure.ts';
import type { Readable } from './model/readable.ts';
import { ResilienceError } from './model/resilience-error.ts';
import type { SessionState } from './model/state.ts';
import type { Tokens } from './model/tokens.ts';
import type { TokenSession } from './session/session.ts';

/** Who is signed in, and the means to change that. */
export interface Session extends Readable<SessionState> {
  /**
   * Takes new tokens, as after a sign-in form. Ends a refresh under way; what waited goes on (T11).
   *
   * @throws TypeError where the tokens are none or hold what a header cannot (X3), or there is no `auth`.
   */
  signIn(tokens: Tokens): void;
  /** Forgets the tokens. What waits for one fails; later operations go unsigned (T11). */
  signOut(): void;
  /**
   * Gets new tokens now, or joins the refresh that runs already.
   *
   * @returns a promise that rejects with a `ResilienceError` where there are none to be had; left
   *   alone, it raises no unhandled rejection.
   */
  refresh(): Promise<void>;
}

/** What an application sees of the session. */
export function publicSession(
  session: TokenSession | undefined,
  { get, subscribe }: Readable<SessionState>,
): Session {
  const refreshed = async (): Promise<void> => {
    const failure = session === undefined ? noAuthFailure() : await session.refresh();
    if (failure !== undefined) throw new ResilienceError(failure);
  };
  return {
    get,
    subscribe,
    signIn: (tokens) => {
      if (session === undefined)
        throw new TypeError('signIn: there is no session without the option auth.');
      session.signIn(tokens);
    },
    signOut: () => session?.signOut(),
    refresh: () => {
      const promise = refreshed();
      // Who does not look at the promise learns it from the state and the events (E4).
      promise.catch(() => undefined);
      return promise;
    },
  };
}

function noAuthFailure(): ReturnType<typeof ownFailure> {
  return ownFailure({
    kind: 'unauthenticated',
    source: 'client',
    message: 'There is no session without the option auth.',
    executed: false,
    advice: 'Give createResilience the option auth.',
  });
}
