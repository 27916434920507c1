import type { Readable } from '@holdfast/core';
import type { Fetch } from '../run/network.ts';
import type { Surroundings } from './client.ts';
import { PlainRecorder } from './plain-recorder.ts';
import { renew, signIn, TokensRefused } from './sign-in.ts';
import type { TokenPair } from './sign-in.ts';

/** What an application without Holdfast has besides its client: tokens, and a function that renews them. */
export interface Plain {
  /** For the client's own requests. */
  readonly fetch: Fetch;
  readonly recorder: PlainRecorder;
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
}

export async function createPlain({ tokenUrl, network, record }: Surroundings): Promise<Plain> {
  let tokens: TokenPair | undefined = await signIn(network.fetch, tokenUrl);
  const listeners = new Set<() => void>();
  const recorder = new PlainRecorder(record);
  recorder.signedIn();

  function keep(next: TokenPair | undefined): void {
    tokens = next;
    for (const listener of listeners) listener();
  }

  function signOut(): void {
    if (tokens === undefined) return;
    keep(undefined);
    recorder.signedOut();
  }

  return {
    fetch: recorder.recorded(network.fetch),
    recorder,
    signedIn: {
      get: () => tokens !== undefined,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    signOut,
    accessToken: () => tokens?.accessToken,
    async refresh() {
      const current = tokens;
      if (current === undefined) throw new Error('There is no refresh token: sign in.');
      recorder.refreshStarted();
      try {
        const next = await renew(network.fetch, tokenUrl, current.refreshToken);
        // Who was signed out meanwhile stays so.
        if (tokens !== undefined) keep(next);
        recorder.refreshSucceeded();
      } catch (error) {
        recorder.refreshFailed(error);
        // 4xx: the refresh token serves no more (RFC 6749, section 5.2).
        if (error instanceof TokensRefused && error.status < 500) signOut();
        throw error;
      }
    },
    async signIn() {
      keep(await signIn(network.fetch, tokenUrl));
      recorder.signedIn();
    },
  };
}
