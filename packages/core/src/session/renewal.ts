import type { Cancel, Clock } from '../model/clock.ts';
import type { Failure } from '../model/failure.ts';
import type { SharedTokens } from '../model/tokens.ts';
import { fullJitter, hintSpread } from '../time/jitter.ts';
import type { Credentials, Present } from './present.ts';

/** How often and how long new tokens are asked for (T6). Times in milliseconds. */
const TRIES = 3;
const GROWTH = { base: 200, factor: 2, cap: 20_000 };
/** A token endpoint that says "slow down" is never asked again at once (R1). */
const THROTTLED_FLOOR = 1_000;
const TOTAL = 30_000;

/** What one try came to. */
export type CallOutcome =
  /** New tokens, or a session that is good again; `stored` as a share has them. */
  | { readonly type: 'fresh'; readonly credentials: Credentials; readonly stored?: Present }
  /** Nothing to refresh with. */
  | { readonly type: 'nothing' }
  /** A sibling was faster: what it stored. */
  | { readonly type: 'adopted'; readonly adopted: SharedTokens }
  /** `final`: only a sign-in can help (T7). */
  | { readonly type: 'failed'; readonly failure: Failure; readonly final: boolean };

/** Says what the rejection of a refresh means. */
export type JudgeRefusal = (
  error: unknown,
  now: number,
) => { readonly failure: Failure; readonly final: boolean };

export type Renewal =
  | Exclude<CallOutcome, { type: 'failed' }>
  | {
      readonly type: 'failed';
      readonly failure: Failure;
      /** Only a sign-in can help (T7). */
      readonly final: boolean;
      /** Milliseconds that the token endpoint wants to be left alone (W4). */
      readonly wait: number | undefined;
    };

export interface RenewalParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** One try, the first being number 1. It always settles, within `limit` milliseconds, and never rejects. */
  call(limit: number, tried: number): Promise<CallOutcome>;
}

/** Asks for new tokens until there are some, or asking is in vain, or time is up (T6). */
export async function renew(parts: RenewalParts): Promise<Renewal> {
  const { clock, random, signal } = parts;
  const end = clock.monotonic() + TOTAL;
  for (let tried = 1; ; tried++) {
    const outcome = await parts.call(end - clock.monotonic(), tried);
    if (outcome.type !== 'failed') return outcome;
    const { failure, final } = outcome;
    const hint = failure.retryAt === undefined ? undefined : failure.retryAt - clock.wall();
    const chance = random();
    const wait =
      hint === undefined
        ? fullJitter(GROWTH, tried, chance) +
          (failure.kind === 'rate_limited' ? THROTTLED_FLOOR : 0)
        : Math.max(0, hint) + hintSpread(Math.max(0, hint), chance);
    const tooLate = clock.monotonic() + wait >= end;
    const passing = failure.retryable || (failure.status ?? 0) >= 500;
    if (final || !passing || tried === TRIES || tooLate || signal.aborted) {
      return { type: 'failed', failure, final, wait: hint === undefined ? undefined : wait };
    }
    await pause(clock, wait, signal);
  }
}

/** Resolves after `ms`, or as soon as `signal` aborts. */
function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let cancel: Cancel = () => {};
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    cancel = clock.after(ms, done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
