import type { Cancel } from '../model/clock.ts';
import type { Failure } from '../model/failure.ts';
import type { SessionState } from '../model/state.ts';
import type { RefreshReason, SharedTokens, Tokens } from '../model/tokens.ts';
import { endOf } from './flight.ts';
import type { Flight, FlightEnd } from './flight.ts';
import { Holding } from './holding.ts';
import { readTokens } from './initial-tokens.ts';
import { Refresher } from './refresher.ts';
import type { RefresherParts } from './refresher.ts';
import type { Renewal } from './renewal.ts';
import { endedFailure, signedOutFailure } from './standing.ts';
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

/** Tokens that there are, from wherever they come. */
type Present = SharedTokens & { readonly tokens: Tokens };

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
  #disposed = false;

  constructor(given: SessionParts) {
    const parts = withOwnTokens(given);
    this.#parts = parts;
    this.#holding = new Holding(parts.auth, parts.clock, parts.random);
    this.#refresher = new Refresher({
      ...parts,
      landed: (flight, renewal) => this.#landed(flight, renewal),
      signInOf: (tokens) =>
        this.#holding.tokens === undefined || this.#holding.continuedBy({ tokens })
          ? this.#holding.signedIn
          : this.#newSignIn(),
    });
    this.#waiters = new Waiters((error) => parts.complain('subscriber', error));
    const { tokens } = parts.auth;
    if (typeof tokens === 'object') this.#holding.adopt({ generation: 1, tokens }, false, false);
    if (parts.sharing === undefined && typeof tokens !== 'function') this.#phase = 'known';
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
    if (holding.fresh || holding.cooling) return holding.go;
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
    this.#start(holding.tokens === undefined ? 'missing' : unserved, false);
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
    if (holding.signedOut) return 'signed-out';
    const current = generation === holding.generation;
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
    const signedIn = holding.continuedBy({ tokens }) ? holding.signedIn : this.#newSignIn();
    this.#take({ generation: holding.generation + 1, tokens, signedIn }, 'sign-in');
    this.#parts.emit('signed_in', { generation: holding.generation });
    void this.#publish({ tokens, signedIn }, epoch);
  }

  signOut(): void {
    const epoch = this.#supersede(signedOutFailure());
    this.#leave(this.#holding.generation + 1, true);
    void this.#publish({}, epoch);
  }

  /** Resolves when the refresh has ended: to its failure, where it failed. */
  async refresh(): Promise<FlightEnd> {
    if (this.#phase !== 'known' && !this.#begun()) {
      await new Promise<void>((resolve) => void this.wait(() => resolve()));
    }
    const { flight, rest } = this.#refresher;
    if (this.#disposed) return endedFailure();
    if (this.#holding.signedOut) return signedOutFailure();
    if (rest.resting) return rest.stopped();
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
        this.#phase = 'known';
        if (found === undefined) this.#waiters.wake(false);
        else this.#adopt(found, 'start');
      },
    });
    return atOnce;
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
    } else if (renewal.type === 'tokens') {
      const { tokens, stored } = renewal;
      const { signedIn } = this.#holding;
      this.#take({ generation: next, signedIn, ...stored, tokens }, 'refresh');
      this.#parts.emit('refresh_succeeded', {
        generation: this.#holding.generation,
        tries: flight.tries,
      });
    } else if (renewal.type === 'nothing' && !flight.ahead) {
      // Without tokens at the start, operations go unsigned; those who were rejected have their answer (T11).
      // A share numbers only what it stores: this must not look newer than a sibling's next tokens.
      const generation = this.#parts.sharing === undefined ? next : next - 1;
      this.#leave(generation, this.#holding.tokens !== undefined);
    } else {
      this.#parts.onChange();
      this.#waiters.wake(false);
    }
    flight.end(endOf(renewal, this.#holding.signedOut, this.problem));
  }

  /** Takes up what siblings have: tokens, or that they have signed out. */
  #adopt({ tokens, ...value }: SharedTokens, from: 'start' | 'elsewhere'): void {
    const { signedOut } = this.#holding;
    if (tokens !== undefined) this.#take({ ...value, tokens }, from);
    else this.#leave(value.generation, from === 'elsewhere' && !signedOut);
  }

  /** Takes up tokens, from wherever they come. */
  #take(value: Present, from: 'start' | 'elsewhere' | 'refresh' | 'sign-in'): void {
    const holding = this.#holding;
    const other = from !== 'start' && holding.tokens !== undefined && !holding.continuedBy(value);
    const issued = from === 'elsewhere' || from === 'refresh';
    // What a sibling has stored under the same sign-in, it got from a refresh.
    const renewal = holding.tokens !== undefined && !other;
    holding.adopt(value, issued, from === 'refresh' || (from === 'elsewhere' && renewal));
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
    this.#supersede(value.tokens === undefined ? signedOutFailure() : undefined);
    this.#adopt(value, from);
    if (signedOut && value.tokens !== undefined) {
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
