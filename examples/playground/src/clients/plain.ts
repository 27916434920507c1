import type { Readable } from '@holdfast/core';
import { createHistory } from '@holdfast/react/devtools';
import type { HistoryRecorder } from '@holdfast/react/devtools';
import type { Addresses } from '../server/state.ts';
import { Value } from '../readable.ts';
import { KEPT } from './client.ts';
import { watchHints } from './hint-watch.ts';
import type { Fetch, Network } from './network.ts';
import { PlainRecorder } from './plain-recorder.ts';
import { renew, signIn, TokensRefused } from './sign-in.ts';
import type { TokenPair } from './sign-in.ts';

/** What an application without Holdfast has besides its client: tokens, and a function that renews them. */
export interface Plain {
  /** For the client's own requests. */
  readonly fetch: Fetch;
  readonly recorder: PlainRecorder;
  readonly history: HistoryRecorder;
  readonly signedIn: Readable<boolean>;
  accessToken(): string | undefined;
  /**
   * Asks for new tokens and keeps them.
   *
   * @throws TokensRefused, or what `fetch` throws; Error where there is no refresh token.
   */
  refresh(): Promise<void>;
  signIn(): Promise<void>;
  signOut(): void;
  early(): number;
}

export async function createPlain({ graphql, token }: Addresses, network: Network): Promise<Plain> {
  const tokens = new Value<TokenPair | undefined>(await signIn(network.fetch, token));
  const signedIn = new Value(true);
  const history = createHistory({ keep: KEPT });
  const recorder = new PlainRecorder(history);
  const { fetch, early } = watchHints(network.fetch, graphql);
  recorder.signedIn();

  function signOut(): void {
    if (!signedIn.get()) return;
    tokens.set(undefined);
    signedIn.set(false);
    recorder.signedOut();
  }

  return {
    fetch: recorder.recorded(fetch),
    recorder,
    history,
    early,
    signedIn,
    signOut,
    accessToken: () => tokens.get()?.accessToken,
    async refresh() {
      const current = tokens.get();
      if (current === undefined) throw new Error('There is no refresh token: sign in.');
      recorder.refreshStarted();
      try {
        const next = await renew(network.fetch, token, current.refreshToken);
        // Who was signed out meanwhile stays so.
        if (signedIn.get()) tokens.set(next);
        recorder.refreshSucceeded();
      } catch (error) {
        recorder.refreshFailed(error);
        // 4xx: the refresh token serves no more (RFC 6749, section 5.2).
        if (error instanceof TokensRefused && error.status < 500) signOut();
        throw error;
      }
    },
    async signIn() {
      tokens.set(await signIn(network.fetch, token));
      signedIn.set(true);
      recorder.signedIn();
    },
  };
}
