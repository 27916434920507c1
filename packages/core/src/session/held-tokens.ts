import type { FailureKind } from '../base/failure.ts';
import type { OperationInfo } from '../base/operation.ts';
import { attempt } from '../base/property.ts';
import { grown } from '../base/time.ts';
import type { Alarms } from '../base/time.ts';
import { brings, claimsOf } from '../base/tokens.ts';
import type { AuthOptions, SharedTokens, Tokens } from '../base/tokens.ts';

/** What is needed of the instance. */
interface HolderCore {
  readonly alarms: Alarms;
  /** In [0, 1); never throws. */
  readonly settings: { chance(): number };
}

/** An operation may be sent, with these tokens or unsigned. */
export interface Go {
  readonly type: 'go';
  readonly generation: number;
  readonly tokens: Tokens | undefined;
}

/** T4b: for how long a refused token is kept, by how often in a row one was refused. Milliseconds. */
const FIRST_REFUSAL = 5_000;
const LONGEST_REFUSAL = 300_000;

/** How many tokens are remembered, so that no message repeats them (X3b). */
const SECRETS_KEPT = 16;

/** How many operations are remembered whom a fresh token did not help, and for how long (F10). */
const REFUSALS_KEPT = 100;
const REFUSAL_KEPT_FOR = 300_000;

/** How long before expiry a token counts as expired, in milliseconds (T10). */
const HARD_MARGIN = 5_000;
/** The window in which it is renewed while it serves: this share of its life, this much at most. */
const SOFT_SHARE = 0.2;
const SOFT_LIMIT = 120_000;
/** By how much of the window a renewal may start earlier, at random. */
const EARLY_START = 0.1;

/** Monotonic instants: from `soft` on a token is renewed while it serves, from `hard` on it serves no more. */
interface Expiry {
  readonly soft: number;
  readonly hard: number;
}

const NEVER: Expiry = { soft: Infinity, hard: Infinity };

/**
 * The tokens that a session holds now, or their absence: whose they are, how long they serve, and what the API
 * has made of them. It asks nobody for others: that is the session's part.
 */
export class HeldTokens {
  /** Made once for each generation: an operation that meets no trouble allocates nothing here. */
  go: Go = { type: 'go', generation: 0, tokens: undefined };
  /** Counts the sign-ins as far as they are different users' (T11b). */
  identity = 0;
  isSignedOut = false;
  /** The session goes on without a token in the page (T19). */
  isRenewed = false;
  /** The server has rejected the newest; the newest generation that it has ever rejected, 0 for none. */
  isRejected = false;
  dead = 0;
  /** An answer has shown that the API takes the newest; it does not want what `refresh` gives (T4b). */
  accepted = false;
  refused = false;
  /** Monotonic instants from which on the newest is to be renewed, and serves no more. */
  expiry: Expiry = NEVER;
  /** Epoch milliseconds. */
  expiresAt: number | undefined;
  /** The tokens of late, newest first: what no message may repeat, however late it comes (X3b). */
  secrets: readonly string[] = [];
  readonly #core: HolderCore;
  readonly #auth: AuthOptions;
  /** `refresh` has brought the newest (T4b). */
  #issued = false;
  /** Monotonic instant before which a refused token is not replaced, and how often in a row there was one. */
  #refusedUntil = -Infinity;
  #refusals = 0;
  /**
   * Operations that a fresh token did not help, by what they are: until when that counts (F10), and whether it
   * was the token of now, which had served nobody before (T4b).
   */
  readonly #inVain = new Map<string, { readonly until: number; untaken: boolean }>();

  constructor(core: HolderCore, auth: AuthOptions) {
    this.#core = core;
    this.#auth = auth;
  }

  get generation(): number {
    return this.go.generation;
  }

  /** There is a token, or a session without one. */
  get hasSession(): boolean {
    return this.go.tokens !== undefined || this.isRenewed;
  }

  /** Whether operations can be sent with what is held. */
  get serves(): boolean {
    // Who only looks reads no clock where there is nothing to compare it with (P4).
    const { hard } = this.expiry;
    return (
      !this.isRejected && this.hasSession && (hard === Infinity || this.#core.alarms.now() < hard)
    );
  }

  /** What an application gives to start with, before anything is known of its age (P4). */
  begin(tokens: Tokens): void {
    this.go = { type: 'go', generation: 1, tokens };
    this.expiresAt = endOf(tokens);
    this.#remember(tokens);
  }

  /**
   * @param issued a refresh brought them, here or at a sibling (T4b).
   * @param fresh they are new, and not what an application has kept (T10).
   */
  set(value: SharedTokens, issued: boolean, fresh: boolean): void {
    const { generation, tokens, renewed = false } = value;
    const { lifetime, refreshAhead } = this.#auth;
    const { alarms, settings } = this.#core;
    // A token that served nobody says nothing of the operations that it did not help (T4b).
    for (const [operation, known] of this.#inVain) {
      if (!issued || (!this.accepted && known.untaken)) this.#inVain.delete(operation);
      known.untaken = false;
    }
    this.isSignedOut = !brings(value);
    this.isRenewed = renewed;
    this.isRejected = false;
    this.accepted = false;
    this.refused = false;
    this.#issued = issued;
    if (!issued) this.#refusals = 0;
    this.go = { type: 'go', generation, tokens };
    this.expiry = NEVER;
    this.expiresAt = undefined;
    if (tokens !== undefined) this.#remember(tokens);
    if (this.isSignedOut) return;
    const wall = alarms.clock.wall();
    const end = endOf(tokens);
    // One that says it has expired when it has just been issued speaks of another clock, and is used.
    const isKnown = end !== undefined && (end > wall || !issued);
    // A clock that is wrong was wrong by the same amount when the instant was made from a lifetime.
    const life = isKnown ? end - wall : lifetime;
    if (life === undefined) return;
    // What an application starts with is of unknown age.
    const whole = (fresh ? life : lifetime) ?? Infinity;
    const share = Math.min(SOFT_LIMIT, whole * SOFT_SHARE);
    const window = refreshAhead ?? share * (1 + EARLY_START * settings.chance());
    // One that arrives inside its own window would be renewed by every operation.
    const soft = fresh && window >= life ? life / 2 : life - window;
    const margin = fresh ? Math.min(HARD_MARGIN, life / 2) : HARD_MARGIN;
    const now = alarms.now();
    const hard = now + life - margin;
    this.expiry = { soft: Math.min(now + soft, hard), hard };
    this.expiresAt = wall + life;
  }

  /** An answer came with a token that does not reject it. */
  accept(generation: number, info: OperationInfo): void {
    if (generation !== this.generation) return;
    if (this.#inVain.size > 0) this.#inVain.delete(operationKey(info) ?? '');
    if (this.accepted) return;
    this.accepted = true;
    this.refused = false;
    this.#refusals = 0;
  }

  /** The API does not want what `refresh` gives, and `refresh` is not called again so soon (T4b). */
  isRefused(now: number): boolean {
    return this.refused && now < this.#refusedUntil;
  }

  /** Takes note of a rejection; answers whether it makes the newest a refused token (T4b). */
  reject(now: number, kind: FailureKind): boolean {
    if (kind === 'unauthenticated' && this.#issued && !this.accepted) {
      if (!this.refused) {
        this.refused = true;
        this.#refusedUntil = now + grown(FIRST_REFUSAL, 2, this.#refusals++, LONGEST_REFUSAL);
      }
      if (this.isRefused(now)) return true;
    }
    this.isRejected = true;
    this.dead = this.generation;
    return false;
  }

  /** Whether tokens are known to be of another user than those that are held (T11b, X7). */
  isOther(tokens: Tokens | undefined): boolean {
    const [sub, twin] = [this.go.tokens, tokens].map((one) => claimsOf(one?.accessToken).sub);
    return sub !== undefined && twin !== undefined && sub !== twin;
  }

  /**
   * A fresh token did not help this operation: it is what it is, for a while and for this user (F10).
   *
   * @param isTaken the token is known to serve others.
   */
  rememberInVain(info: OperationInfo, isTaken: boolean): void {
    const operation = operationKey(info);
    if (operation === undefined) return;
    const [oldest] = this.#inVain.keys();
    if (this.#inVain.size >= REFUSALS_KEPT) this.#inVain.delete(oldest ?? '');
    const until = this.#core.alarms.now() + REFUSAL_KEPT_FOR;
    this.#inVain.set(operation, { until, untaken: !isTaken });
  }

  isInVain(info: OperationInfo): boolean {
    const known = this.#inVain.size > 0 && this.#inVain.get(operationKey(info) ?? '');
    return known ? this.#core.alarms.now() < known.until : false;
  }

  #remember({ accessToken, refreshToken = accessToken }: Tokens): void {
    const all = new Set([accessToken, refreshToken, ...this.secrets]);
    this.secrets = [...all].slice(0, SECRETS_KEPT);
  }
}

/** When tokens expire, epoch milliseconds, as far as they say it themselves: `expiresAt`, else a JWT's `exp`. */
function endOf(tokens: Tokens | undefined): number | undefined {
  const { accessToken, expiresAt } = tokens ?? {};
  if (Number.isFinite(expiresAt)) return expiresAt;
  const { exp } = claimsOf(accessToken);
  return exp && exp * 1_000;
}

/** What tells one operation from another; `undefined` where nothing does, so that none is taken for it (F10). */
function operationKey(info: OperationInfo): string | undefined {
  const { kind, name, endpoint = '' } = info;
  // Variables that cannot be written down: it is like no other.
  const it = info.identity === undefined ? name : attempt(() => hashed(String(info.identity?.())));
  return it === undefined ? undefined : `${kind} ${endpoint} ${it}`;
}

/** A number in place of variables, which nobody should find in memory long after (F11). */
function hashed(text: string): number {
  let hash = 0;
  // A prime of 36 bits, and a factor above any code: products stay exact.
  for (let index = 0; index < text.length; index++) {
    hash = (hash * 65_537 + text.charCodeAt(index)) % 68_719_476_731;
  }
  return hash;
}
