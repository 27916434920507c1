import type { Cancel } from '../model/clock.ts';
import type { Failure } from '../model/failure.ts';
import type { SessionState } from '../model/state.ts';
import type { RefreshReason, SharedTokens, Tokens } from '../model/tokens.ts';
import { endOf } from './flight.ts';
import type { Flight, FlightEnd } from './flight.ts';
import { Holding } from './holding.ts';
import { differentSubjects } from './jwt.ts';
import { readTokens } from './initial-tokens.ts';
import { presentIn } from './present.ts';
import type { Credentials, Origin, Present } from './present.ts';
import { Refresher } from './refresher.ts';
import type { RefresherParts } from './refresher.ts';
import type { Renewal } from './renewal.ts';
import { endedFailure, signedOutFailure, unrenewableFailure } from './standing.ts';
import type { Rejection, Standing, Wake } from './standing.ts';
import { sessionState } from './state.ts';
import { FIRST_SIGN_IN, takeTokens } from './token.ts';
import { Waiters } from './waiters.ts';

const WAIT_FOR_TOKENS: Standing = { type: 'wait', reason: 'tokens' };
const WAIT_FOR_REFRESH: Standing = { type: 'wait', reason: 'refresh' };

export interface SessionParts extends Omit<RefresherParts, 'landed' | 'signInOf'> {
  /** A callback failed that no operation's error can tell of. */
  readonly complain: (callback: string, error: unknown) => void;
  /** The state has changed. */
  readonly onChange: () => void;
  /** Whoever was signed in is so no more: what began under that sign-in must not be sent again (T11b). */
  readonly onDeparture: () => void;
}

/** Sign-ins of all instances: two never have the same name, whatever the clock and chance say. */
let signIns = 0;

/**
 * The tokens of one user or machine, and the one refresh that serves all operations (T1). An operation
 * asks `standing`, and where the answer is `wait`, it does.
 */
export class TokenSession {
  readonly #parts: SessionParts;
  readonly #holding: Holding;
  readonly #refresher: Refresher;
  readonly #waiters: Waiters;
  #phase: 'unread' | 'reading' | 'known' = 'unread';
  /** Counts what application and siblings decide: what was begun before is discarded after (T11). */
  #epoch = 0;
  /** A decision is being told the siblings; `#missed` is what was heard of them meanwhile. */
  #publishing = false;
  #missed: SharedTokens | undefined;
  /** Signed out by `signOut`, here or in a sibling: only `signIn` ends it (T11). */
  #barred = false;
  #disposed = false;

  constructor(given: SessionParts) {
    const parts = withOwnTokens(given);
    this.#parts = parts;
    this.#holding = new Holding(parts.auth, parts.clock, parts.random);
    this.#refresher = new Refresher({
      ...parts,
      landed: (flight, renewal) => this.#landed(flight, renewal),
      signInOf: (credentials) => this.#signInOf(credentials),
    });
    this.#waiters = new Waiters((error) => parts.complain('subscriber', error));
    const { tokens } = parts.auth;
    if (typeof tokens === 'object') this.#holding.adopt({ generation: 1, tokens }, 'start', false);
    if (parts.sharing === undefined && typeof tokens !== 'function') this.#known();
  }

  /** Whether there is anything to get new tokens with (T19). */
  get #renewable(): boolean {
    return this.#parts.auth.refresh !== undefined;
  }

  /** The newest tokens, as far as others may look at them. */
  get held(): Pick<Holding, 'generation' | 'dead' | 'expires' | 'identity' | 'secrets'> {
    return this.#holding;
  }

  /** Why the last refresh failed: the `cause` of what fails for want of a token (T8). */
  get problem(): Failure | undefined {
    return this.#refresher.rest.failure;
  }

  state(): SessionState {
    return sessionState(this.#holding, this.#refresher);
  }

  /** Whether, and with what, an operation may be sent now. Starts what must be started for it. */
  standing(): Standing {
    if (this.#phase !== 'known' && !this.#begun()) return WAIT_FOR_TOKENS;
    const holding = this.#holding;
    const { awaited, flight, rest } = this.#refresher;
    if (holding.signedOut) return holding.go;
    if (awaited) return WAIT_FOR_REFRESH;
    if (holding.fresh || holding.cooling || !this.#renewable) return holding.go;
    if (!holding.spent) {
      if (holding.due && flight === undefined && !rest.resting) this.#start('expiring', true);
      return holding.go;
    }
    if (flight !== undefined) {
      // A refresh ahead of time becomes one that is waited for (T9).
      flight.ahead = false;
      this.#parts.onChange();
      return WAIT_FOR_REFRESH;
    }
    const stopped = rest.resting ? rest.stopped() : undefined;
    if (stopped !== undefined) return { type: 'stop', failure: stopped };
    const unserved = holding.rejected ? 'rejected' : 'expiring';
    this.#start(holding.present ? unserved : 'missing', false);
    return WAIT_FOR_REFRESH;
  }

  /** Calls `wake` once, when `standing` may answer something else. */
  wait(wake: Wake): Cancel {
    return this.#waiters.add(wake);
  }

  /** Takes note that an attempt with a token had an answer that does not reject it (T4b). */
  accept(generation: number): void {
    if (generation === this.#holding.generation) this.#holding.accept();
  }

  /** Whether a rejected token is one that the server refuses although it is new (T4b). */
  refuses(generation: number): boolean {
    const { generation: current, signedOut } = this.#holding;
    if (generation !== current || signedOut || this.#refresher.flight !== undefined) return false;
    return this.#holding.refuse();
  }

  /** Takes note that the server rejected a token, and says what that means for who sent it (T2). */
  reject(generation: number): Rejection {
    const holding = this.#holding;
    const { flight, rest } = this.#refresher;
    const current = generation === holding.generation;
    if (holding.signedOut || (current && !this.#renewable)) return 'unrenewable';
    if (current) holding.reject();
    if (flight === undefined && holding.spent && rest.resting) {
      this.#parts.onChange();
      return 'failed';
    }
    return current ? 'current' : 'stale';
  }

  signIn(given: Tokens): void {
    const { tokens, fault } = takeTokens(given, this.#parts.note);
    if (tokens === undefined) throw new TypeError(`signIn: ${fault}.`);
    const epoch = this.#supersede(undefined);
    const holding = this.#holding;
    const signedIn = this.#signInOf({ tokens }, true);
    this.#take({ generation: holding.generation + 1, tokens, signedIn }, 'sign-in');
    this.#parts.emit('signed_in', { generation: holding.generation });
    void this.#publish({ tokens, signedIn }, epoch);
  }

  signOut(): void {
    const epoch = this.#supersede(signedOutFailure());
    this.#bar();
    this.#leave(this.#holding.generation + 1, true);
    void this.#publish({}, epoch);
  }

  /** Resolves when the refresh has ended: to its failure, where it failed. */
  async refresh(): Promise<FlightEnd> {
    if (this.#phase !== 'known' && !this.#begun()) {
      await new Promise<void>((resolve) => void this.wait(() => resolve()));
    }
    const { flight } = this.#refresher;
    if (this.#disposed) return endedFailure();
    if (this.#holding.signedOut && this.#barred) return signedOutFailure();
    if (!this.#renewable) return unrenewableFailure();
    return (flight ?? this.#start('requested', false)).ended;
  }

  /** What is being told the siblings still is: a sign-out counts, whatever follows it. */
  dispose(): void {
    this.#disposed = true;
    this.#phase = 'known';
    this.#refresher.supersede(endedFailure());
    this.#waiters.wake(false);
  }

  /** Reads what there is to start with; `true` where that is known at once. */
  #begun(): boolean {
    if (this.#phase === 'reading') return false;
    this.#phase = 'reading';
    const epoch = this.#epoch;
    const { auth, sharing, clock, emit, note } = this.#parts;
    sharing?.join();
    let atOnce = false;
    readTokens({
      auth,
      sharing,
      clock,
      note,
      unreadable: (message) => emit('tokens_unreadable', { message }),
      found: (found) => {
        if (epoch !== this.#epoch || this.#disposed) return;
        atOnce = true;
        this.#known();
        if (found === undefined) this.#moved(false, false);
        else this.#adopt(found, 'start');
      },
    });
    return atOnce;
  }

  /** What there is to start with is known: where that is nothing, and nothing gets any, nobody is signed in. */
  #known(): void {
    this.#phase = 'known';
    const holding = this.#holding;
    if (!holding.present && !this.#renewable) holding.signOut(holding.generation, false);
  }

  #start(reason: RefreshReason, ahead: boolean): Flight {
    const { tokens, generation } = this.#holding;
    const flight = this.#refresher.start(reason, ahead, tokens, generation);
    this.#parts.onChange();
    return flight;
  }

  #landed(flight: Flight, renewal: Renewal): void {
    const next = this.#holding.generation + 1;
    if (renewal.type === 'adopted') {
      this.#adopt(renewal.adopted, 'elsewhere');
    } else if (renewal.type === 'fresh') {
      const { credentials, stored } = renewal;
      const { signedOut } = this.#holding;
      const signedIn = this.#signInOf(credentials);
      this.#take(stored ?? { generation: next, signedIn, ...credentials }, 'refresh');
      const { generation } = this.#holding;
      this.#parts.emit('refresh_succeeded', { generation, tries: flight.tries });
      if (signedOut) this.#parts.emit('signed_in', { generation });
    } else if (renewal.type === 'nothing' && !flight.ahead && !this.#holding.signedOut) {
      // Without tokens at the start, operations go unsigned; those who were rejected have their answer (T11).
      // A share numbers only what it stores: this must not look newer than a sibling's next tokens.
      const generation = this.#parts.sharing === undefined ? next : next - 1;
      this.#leave(generation, this.#holding.present);
    } else {
      this.#parts.onChange();
      this.#waiters.wake(false);
    }
    flight.end(endOf(renewal, this.#holding.signedOut, this.problem));
  }

  /** Takes up what siblings have: tokens, or that they have signed out. */
  #adopt(value: SharedTokens, from: 'start' | 'elsewhere'): void {
    const { signedOut } = this.#holding;
    const present = presentIn(value);
    if (from === 'start') this.#compare(value);
    if (present !== undefined) this.#take(present, from);
    else this.#leave(value.generation, from === 'elsewhere' && !signedOut);
  }

  /** What the application remembers gives way to what siblings hold: a development build says so (X7). */
  #compare({ tokens }: SharedTokens): void {
    const remembered = this.#holding.tokens;
    if (remembered === undefined || tokens === undefined) return;
    if (!differentSubjects(remembered.accessToken, tokens.accessToken)) return;
    this.#parts.note(
      'auth.tokens',
      'auth.tokens is of another user than the one who is signed in where instances share, and gives way. Hand the tokens of a new sign-in to session.signIn(tokens), also after a page load.',
    );
  }

  /** Takes up who is signed in, from wherever that comes. */
  #take(value: Present, from: Origin): void {
    const holding = this.#holding;
    const other = from !== 'start' && holding.present && !holding.continuedBy(value);
    // What a sibling has stored under the same sign-in, it got from a refresh.
    const renewal = from === 'elsewhere' && holding.present && !other;
    holding.adopt(value, from, from === 'refresh' || renewal);
    this.#barred = false;
    if (other) holding.identity++;
    this.#moved(other, false);
  }

  /** @param ends somebody was signed in until now. */
  #leave(generation: number, ends: boolean): void {
    const wasSignedOut = this.#holding.signedOut;
    this.#holding.signOut(generation, ends);
    if (!wasSignedOut) this.#parts.emit('signed_out', { generation });
    this.#moved(ends, ends);
  }

  /** Who is signed in, or with what, has changed: whoever waits learns of it. */
  #moved(departed: boolean, signedOut: boolean): void {
    this.#parts.onChange();
    if (departed) this.#parts.onDeparture();
    this.#waiters.wake(signedOut);
  }

  /**
   * Names the sign-in that credentials belong to: the one there is, or another.
   *
   * @param anew the application says who is signed in: only where it follows on another is it the same.
   */
  #signInOf(credentials: Credentials, anew = this.#holding.signedOut): string {
    const holding = this.#holding;
    const same = holding.present ? holding.continuedBy(credentials) : !anew;
    return same ? holding.signedIn : this.#newSignIn();
  }

  /** A cookie session has no tokens that could be handed to `signIn`: there a refresh is the sign-in (T19). */
  #bar(): void {
    const { present, signedOut, tokens } = this.#holding;
    if (!signedOut) this.#barred = !present || tokens !== undefined;
  }

  #newSignIn(): string {
    const { sharing, clock, random } = this.#parts;
    if (sharing === undefined) return FIRST_SIGN_IN;
    return [clock.wall(), random(), ++signIns].map((part) => part.toString(36)).join('-');
  }

  /** Whatever was under way is decided now: by the application, or by a sibling. */
  #supersede(end: FlightEnd): number {
    const epoch = ++this.#epoch;
    this.#phase = 'known';
    this.#refresher.supersede(end);
    return epoch;
  }

  /** Tells the siblings; a later decision here takes the place of this one. */
  async #publish(next: Omit<SharedTokens, 'generation'>, epoch: number): Promise<void> {
    const { sharing } = this.#parts;
    sharing?.join();
    const wanted = (): boolean => epoch === this.#epoch;
    this.#publishing = true;
    const generation = await sharing?.publish(next, this.#holding.generation, wanted);
    if (!wanted()) return;
    this.#publishing = false;
    if (generation !== undefined) this.#holding.renumber(generation);
    this.heard(this.#missed);
    this.#missed = undefined;
  }

  /** Takes up what a sibling stored, unless what was decided here is about to take its place. */
  heard(value: SharedTokens | undefined): void {
    if (value === undefined || value.generation <= this.#holding.generation) return;
    if (this.#publishing) return void (this.#missed = value);
    const { signedOut } = this.#holding;
    // What siblings have goes before what the application remembers: until that is read, nobody is here.
    const from = this.#phase === 'known' ? 'elsewhere' : 'start';
    const present = presentIn(value) !== undefined;
    this.#supersede(present ? undefined : signedOutFailure());
    if (!present) this.#bar();
    this.#adopt(value, from);
    if (signedOut && present) {
      this.#parts.emit('signed_in', { generation: value.generation });
    }
  }
}

/** The options, with a copy of the tokens that the application starts with (T18). */
function withOwnTokens(parts: SessionParts): SessionParts {
  const { tokens } = parts.auth;
  if (typeof tokens !== 'object') return parts;
  const taken = takeTokens(tokens, parts.note);
  return { ...parts, auth: { ...parts.auth, tokens: taken.tokens } };
}
