import type { Clock } from '../model/clock.ts';
import type { AuthOptions, Tokens } from '../model/tokens.ts';
import { expiryOf, NEVER, remainingLife } from './expiry.ts';
import { grown } from '../time/jitter.ts';
import { differentSubjects } from './jwt.ts';
import { tokensOf } from './present.ts';
import type { Credentials, Origin, Present } from './present.ts';
import { FIRST_SIGN_IN } from './token.ts';
import type { Standing } from './standing.ts';

type Go = Extract<Standing, { type: 'go' }>;

/** How many tokens are remembered, so that no message repeats them. */
const SECRETS_KEPT = 16;
/** How long nothing is refreshed after a token was refused, in milliseconds (T4b). */
const REFUSED = { base: 5_000, factor: 2, cap: 300_000 };

/** The newest tokens, their generation, and how long they serve. */
export class Holding {
  readonly #clock: Clock;
  readonly #chance: () => number;
  readonly #auth: Pick<AuthOptions, 'lifetime' | 'refreshAhead'>;
  #expiry = NEVER;
  #rejected = false;
  /** They came from a refresh, and no request with them has been accepted yet: rejected, they are refused. */
  #untried = false;
  /** How many tokens in a row were refused, and the monotonic instant until which nothing is refreshed. */
  #refusals = 0;
  #coolUntil = -Infinity;
  /** The newest generation that the server has rejected; 0 for none. */
  dead = 0;
  /** Made once for each generation: an operation that meets no trouble allocates nothing here. */
  go: Go = { type: 'go', generation: 0, tokens: undefined };
  signedOut = false;
  /** Somebody is signed in: there are tokens, or a session that has none in the page (T19). */
  present = false;
  /**
   * Counts the users: a sign-out moves it on, and so does a sign-in that can only be another user's. An
   * operation belongs to the one under which it began (T11b).
   */
  identity = 0;
  /** Names the sign-in for the siblings. */
  signedIn: string = FIRST_SIGN_IN;
  /** The tokens of late, newest last: what no message may repeat, however late it comes (F11). */
  secrets: readonly string[] = [];
  /** Epoch milliseconds, for showing. */
  expiresAt: number | undefined;

  /** @param chance a random number in [0, 1); never throws. */
  constructor(
    auth: Pick<AuthOptions, 'lifetime' | 'refreshAhead'>,
    clock: Clock,
    chance: () => number,
  ) {
    this.#auth = auth;
    this.#clock = clock;
    this.#chance = chance;
  }

  get generation(): number {
    return this.go.generation;
  }

  get tokens(): Tokens | undefined {
    return this.go.tokens;
  }

  get rejected(): boolean {
    return this.#rejected;
  }

  /** They serve, and need no renewal yet: what almost every operation finds, with one look at the clock. */
  get fresh(): boolean {
    const { soft, hard } = this.#expiry;
    return this.present && !this.#rejected && !this.#past(Math.min(soft, hard));
  }

  /** The tokens serve no more: there are none, the server refused them, or they have expired. */
  get spent(): boolean {
    return !this.present || this.#rejected || this.#past(this.#expiry.hard);
  }

  /** The server refuses what the token endpoint gives: they are sent as they are, for a while (T4b). */
  get cooling(): boolean {
    return this.#rejected && this.#clock.monotonic() < this.#coolUntil;
  }

  /** Monotonic instant from which on they are spent by age alone. */
  get expires(): number {
    return this.#expiry.hard;
  }

  /** The tokens serve, but it is time to renew them (T10). */
  get due(): boolean {
    return this.#past(this.#expiry.soft);
  }

  /** Whether credentials are of the sign-in that is there: nothing says that they are another user's. */
  continuedBy(next: Credentials & Pick<Present, 'signedIn'>): boolean {
    const held = this.tokens;
    const tokens = tokensOf(next);
    if (!this.present) return false;
    if (next.signedIn !== undefined && next.signedIn !== this.signedIn) return false;
    if (held === undefined || tokens === undefined) return true;
    return !differentSubjects(held.accessToken, tokens.accessToken);
  }

  /** @param refreshed a refresh brought them, here or in a sibling. */
  adopt(next: Present, from: Origin, refreshed: boolean): void {
    const { generation, signedIn } = next;
    const tokens = tokensOf(next);
    const life = this.#measure(tokens, from);
    this.expiresAt = life === undefined ? undefined : this.#clock.wall() + life;
    this.present = true;
    this.#rejected = false;
    this.#untried = refreshed;
    this.#coolUntil = -Infinity;
    if (!refreshed) this.#refusals = 0;
    this.signedOut = false;
    this.signedIn = signedIn ?? this.signedIn;
    if (tokens !== undefined) this.#remember(tokens);
    this.go = { type: 'go', generation, tokens };
  }

  /** How long they serve. @returns what is left of their life, in milliseconds, where that is known. */
  #measure(tokens: Tokens | undefined, from: Origin): number | undefined {
    const { lifetime, refreshAhead } = this.#auth;
    const said = remainingLife(tokens, this.#clock.wall(), lifetime);
    // Straight from the token endpoint, one that says it has expired speaks of another clock, and is used.
    const issued = from === 'refresh' || from === 'elsewhere';
    const life = said !== undefined && said <= 0 && issued ? lifetime : said;
    this.#expiry = NEVER;
    if (life === undefined) return undefined;
    const received = this.#clock.monotonic();
    const chance = this.#chance();
    this.#expiry = expiryOf({ life, received, recent: from !== 'start', refreshAhead, chance });
    return life;
  }

  /** @param ends somebody was signed in until now. */
  signOut(generation: number, ends: boolean): void {
    if (ends) this.identity++;
    this.signedIn = FIRST_SIGN_IN;
    this.#expiry = NEVER;
    this.expiresAt = undefined;
    this.#rejected = false;
    this.present = false;
    this.signedOut = true;
    this.go = { type: 'go', generation, tokens: undefined };
  }

  reject(): void {
    this.#rejected = true;
    this.dead = this.generation;
  }

  /** A request with these tokens had an answer that does not reject them. */
  accept(): void {
    if (this.#untried && !this.#rejected) this.#refusals = 0;
    this.#untried = false;
  }

  /** Takes note that the server rejected them; `true` where they are refused, and nothing is refreshed now. */
  refuse(): boolean {
    if (!this.#untried || this.#rejected) return this.cooling;
    this.#refusals++;
    this.#coolUntil = this.#clock.monotonic() + grown(REFUSED, this.#refusals);
    this.reject();
    return true;
  }

  /** The same tokens under the number that the share has given them. */
  renumber(generation: number): void {
    this.go = { ...this.go, generation };
  }

  #remember({ accessToken, refreshToken = '' }: Tokens): void {
    const known = this.secrets.filter(
      (secret) => secret !== accessToken && secret !== refreshToken,
    );
    const fresh = [refreshToken, accessToken].filter((secret) => secret !== '');
    this.secrets = [...known, ...fresh].slice(-SECRETS_KEPT);
  }

  #past(instant: number): boolean {
    return instant !== Infinity && this.#clock.monotonic() >= instant;
  }
}
