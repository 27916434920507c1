import type { RefreshRequest, Tokens } from '@holdfast/core';

/** The tokens of the Breeze client, kept for all who are signed in: Breeze allows 100 token calls an hour. */
export class MachineTokens {
  readonly #refresh: (request: RefreshRequest) => Promise<Tokens>;
  #kept: Promise<Tokens | undefined> = Promise.resolve(undefined);

  constructor(refresh: (request: RefreshRequest) => Promise<Tokens>) {
    this.#refresh = refresh;
  }

  /** What is kept, or new ones where that is what somebody has no more use for. */
  insteadOf(useless: unknown): Promise<Tokens> {
    const tokens = this.#kept.then((kept) =>
      kept === undefined || kept.accessToken === useless ? this.#renewed(kept) : kept,
    );
    // Whoever asked hears of a failure; whoever asks next begins anew.
    this.#kept = tokens.catch(() => undefined);
    return tokens;
  }

  #renewed(tokens: Tokens | undefined): Promise<Tokens> {
    const reason = tokens === undefined ? 'missing' : 'rejected';
    return this.#refresh({ tokens, reason, signal: AbortSignal.timeout(10_000) });
  }
}
