import type { Attempt, Cancel, Receiver, Signal, Tokens } from '../src/index.ts';
import { endpointError, GOOD, Harness, rejection, Sent, Watched } from './harness.fixture.ts';
import type { RefreshCall } from './harness.fixture.ts';
import type { Answer, Happening, Plan } from './happening.fixture.ts';

/** The options of the instance that time is counted with (R2, H3, H5, H6). */
const TOTAL = 60_000;
const PATIENCE = 15_000;
const CAP = 5_000;
/** Whoever comes late waits for half of it, for the next probe, and for what becomes of that. */
const LATE_PATIENCE = PATIENCE / 2 + 2 * CAP;

interface Operation {
  readonly id: string;
  readonly plan: Plan;
  readonly watched: Watched;
  readonly controller: AbortController;
  /** Monotonic. */
  readonly begun: number;
  /** Who was signed in, in words; `undefined`: nobody. */
  readonly user: string | undefined;
  /** How many sign-outs there had been. */
  readonly signOuts: number;
  /** Tokens that were rejected for it. */
  readonly rejected: Set<string | undefined>;
  /** It has run, or may have: nothing may be sent again. */
  finished: boolean;
  /** Monotonic instant at which it first waited for an outage. */
  held: number | undefined;
}

interface Flight {
  readonly sent: Sent;
  readonly operation: Operation;
  /** Monotonic. */
  readonly at: number;
  /** It was sent into a scope that is down. */
  readonly isProbe: boolean;
}

/** A world of one instance and one server, and what must hold in it whatever happens. */
export class World {
  readonly harness: Harness;
  /** Collected, since what a transport or a listener throws is the core's business. */
  readonly violations: string[] = [];
  readonly #operations = new Map<string, Operation>();
  readonly #byNumber = new Map<number, Operation>();
  /** Attempts that the test has still to answer, whether or not the core has ended them. */
  readonly #open: Flight[] = [];
  #starting: Operation | undefined;
  #isDown = false;
  #isOnline = true;
  #hearOnline: (() => void) | undefined;
  #user: string | undefined = 'u1';
  #users = 1;
  /** Somebody has signed out, and nobody in since: no refresh, asked for by name either, may end that. */
  #hasLeft = false;
  #signOuts = 0;
  #issued = 0;
  #valid: string | undefined;
  /** What the instance knows: it must never send anything older; `undefined`: nobody is signed in. */
  #newest: number | undefined;
  /** Tokens that the server has rejected, in words that the instance could hear. */
  readonly #refused = new Set<string | undefined>();
  readonly #moot = new Set<RefreshCall>();
  readonly #settled = new Set<RefreshCall>();
  #disposed = false;

  constructor(initial: 'tokens' | 'none') {
    const first = this.#issue();
    this.#newest = initial === 'tokens' ? 1 : 0;
    // Nobody is known to be signed in.
    if (initial === 'none') this.#user = undefined;
    this.harness = new Harness(initial === 'tokens' ? { tokens: first } : {}, {
      random: () => 0.5,
      retry: { budget: false },
      online: {
        get: () => this.#isOnline,
        subscribe: (listener) => {
          this.#hearOnline = listener;
          return () => {
            this.#hearOnline = undefined;
          };
        },
      },
    });
    this.harness.resilience.subscribe((event) => {
      if ('operation' in event) {
        if (event.type === 'operation_started' && this.#starting !== undefined) {
          this.#byNumber.set(event.operation, this.#starting);
        }
        const operation = this.#byNumber.get(event.operation);
        if (event.type === 'wait' && event.reason === 'outage' && operation !== undefined) {
          operation.held ??= this.#now;
        }
      }
      if (event.type === 'refresh_succeeded') {
        if (this.#hasLeft) this.violations.push('a token came back to life');
        this.#newest = this.#issued;
      }
      if (event.type === 'refresh_started') this.#refreshStarts(event.reason);
      if (event.type === 'signed_out') {
        if (this.#user !== undefined) this.#signOuts++;
        this.#user = undefined;
        this.#newest = undefined;
      }
    });
  }

  async happen(what: Happening): Promise<void> {
    await this.#happen(what);
    this.#look(what.type === 'advance');
  }

  /** Lets everything come to its end, and tells what went wrong on the way. */
  async end(): Promise<readonly string[]> {
    // Everything answers now, so nothing has to wait for a deadline.
    this.#isDown = false;
    this.#online(true);
    for (let round = 0; round < 400 && !this.#allSettled; round++) {
      for (const flight of this.#open.slice()) this.#answer(flight, 'as it is');
      this.#refreshed('tokens');
      await this.harness.clock.advanceAsync(200);
      this.#look(true);
    }
    const { resilience, clock } = this.harness;
    for (const { id, watched } of this.#operations.values()) {
      const { settled, cancelled } = watched;
      if (!cancelled && settled !== 1) this.violations.push(`${id} settled ${settled} times`);
    }
    resilience.dispose();
    await this.harness.settle();
    for (const { id, watched } of this.#operations.values()) {
      if (watched.late > 0) this.violations.push(`${id} heard something after its end`);
    }
    if (clock.pending > 0) this.violations.push(`${clock.pending} timers after dispose`);
    const shown = resilience.activity.get().length + resilience.limits.get().length;
    if (shown > 0) this.violations.push(`${shown} waits or limits are shown after dispose`);
    return this.violations;
  }

  get #now(): number {
    return this.harness.clock.monotonic();
  }

  async #happen(what: Happening): Promise<void> {
    const { session } = this.harness.resilience;
    switch (what.type) {
      case 'run':
        return this.#run(what.plan);
      case 'answer':
        return this.#answer(this.#open[what.index % Math.max(1, this.#open.length)], what.how);
      case 'cancel':
        return this.#chosen(what.index)?.watched.cancel();
      case 'abort':
        return this.#chosen(what.index)?.controller.abort();
      case 'refreshed':
        return this.#refreshed(what.how);
      case 'advance':
        return this.harness.clock.advanceAsync(what.ms);
      case 'jobs':
        for (let job = 0; job < what.count; job++) await Promise.resolve();
        return;
      case 'down':
      case 'up':
        this.#isDown = what.type === 'down';
        return;
      case 'offline':
      case 'online':
        return this.#online(what.type === 'online');
      case 'revoke':
        this.#valid = undefined;
        return;
      case 'expire':
        return this.#signIn({ ...this.#issue(), expiresAt: 1 });
      case 'renew':
        return this.#signIn(this.#issue());
      case 'sign out':
        return this.#signOut();
      case 'switch user':
        this.#signOut();
        this.#user = `u${++this.#users}`;
        return this.#signIn(this.#issue());
      case 'ask':
        void session.refresh();
        return;
      case 'dispose':
        this.#disposed = true;
        return this.harness.resilience.dispose();
    }
  }

  /** Tokens name their user and their number: `u1.3`. */
  #issue(): Tokens {
    this.#user ??= `u${++this.#users}`;
    this.#valid = `${this.#user}.${++this.#issued}`;
    return { accessToken: this.#valid };
  }

  #run(plan: Plan): void {
    const watched = new Watched();
    const controller = new AbortController();
    const operation: Operation = {
      id: `o${this.#operations.size + 1} (${plan.kind} ${plan.name})`,
      plan,
      watched,
      controller,
      begun: this.#now,
      user: this.#newest === undefined ? undefined : this.#user,
      signOuts: this.#signOuts,
      rejected: new Set(),
      finished: false,
      held: undefined,
    };
    this.#operations.set(operation.id, operation);
    this.#starting = operation;
    const { kind, name, auth, idempotent, retry, timeout, scope } = plan;
    const send = (attempt: Attempt, receiver: Receiver<Signal>): Cancel => {
      const sent = new Sent(operation.id, attempt, receiver);
      this.#sent(sent, operation);
      return () => {
        sent.ended = true;
      };
    };
    watched.end = this.harness.resilience.execute<Signal>(
      {
        kind,
        name,
        signal: controller.signal,
        options: { auth, idempotent, retry, timeout, scope },
      },
      { send, read: (result) => result },
      watched.receiver,
    );
    this.#starting = undefined;
  }

  #sent(sent: Sent, operation: Operation): void {
    const { plan, watched, rejected, finished, id } = operation;
    const { token } = sent;
    const limits = this.harness.resilience.limits.get();
    const isProbe = limits.some(({ scope, reason }) => scope === plan.scope && reason === 'outage');
    const tell = (wrong: boolean, what: string): void => {
      if (wrong) this.violations.push(`${id}: attempt ${sent.number} ${what}`);
    };
    const others = this.#open.filter(
      (flight) =>
        flight.isProbe &&
        !flight.sent.ended &&
        flight.operation.plan.scope === plan.scope &&
        this.#now - flight.at < CAP,
    );
    tell(isProbe && others.length > 0, 'is a second probe at a time');
    this.#open.push({ sent, operation, at: this.#now, isProbe });
    tell(watched.cancelled || watched.settled > 0, 'after the end');
    tell(finished, 'though it has run, or may have');
    tell(this.#disposed, 'after dispose');
    tell(!this.#isOnline, 'without a network');
    tell(this.#now - operation.begun >= (plan.timeout ?? TOTAL), 'after its deadline');
    tell(token !== undefined && rejected.has(token), `again with ${token}`);
    tell(sent.number > 80, 'of an endless loop');
    if (!plan.auth || this.#newest === undefined) {
      tell(token !== undefined, `with ${token}, which it must not have`);
    } else {
      const [user, serial] = token?.split('.') ?? [];
      tell(Number(serial) < this.#newest, `with the older ${token}`);
      tell(token === undefined, 'without a token');
      tell(this.harness.status === 'refreshing', 'though a refresh runs');
      tell(
        operation.user !== undefined && user !== operation.user,
        `of ${operation.user} as ${user}`,
      );
    }
    tell(plan.auth && operation.signOuts !== this.#signOuts, 'after a sign-out');
  }

  #answer(flight: Flight | undefined, how: Answer): void {
    if (flight === undefined) return;
    this.#open.splice(this.#open.indexOf(flight), 1);
    const { sent, operation } = flight;
    // A transport that goes on after its end is not heard.
    if (sent.ended) return how === 'lost' ? sent.error(new Error('late')) : sent.answer(GOOD);
    const { plan } = operation;
    const once = plan.kind === 'mutation' && !plan.idempotent;
    const maybe = how === 'as it is' && this.#isDown ? 'unavailable' : how;
    const answered = maybe === 'as it is' || maybe === 'partial';
    const refused = plan.auth && sent.token !== this.#valid;
    if (answered && refused) {
      operation.rejected.add(sent.token);
      this.#refused.add(sent.token);
    }
    const final = maybe === 'not found' || maybe === 'forbidden, executed';
    const unclear = maybe === 'unavailable' || maybe === 'lost' || maybe === 'partial';
    operation.finished ||= final || (answered && !refused) || (once && unclear);
    if (maybe === 'lost' || maybe === 'never sent') {
      const code = maybe === 'never sent' ? 'ECONNREFUSED' : 'ECONNRESET';
      return sent.error(new TypeError('fetch failed', { cause: { code } }));
    }
    const answer: Signal = refused ? rejection() : GOOD;
    const answers: Record<Exclude<Answer, 'lost' | 'never sent'>, Signal> = {
      'as it is': answer,
      partial: { ...answer, data: { some: 1 } },
      unavailable: { status: 503, body: '' },
      limited: { status: 429, headers: { 'retry-after': '2' }, body: '' },
      'limited, without a hint': { status: 429, body: '' },
      'not found': { status: 404, body: '' },
      'forbidden, executed': {
        status: 500,
        data: null,
        errors: [{ path: ['a', 'b'], extensions: { code: 'FORBIDDEN' } }],
      },
    };
    sent.answer(answers[maybe]);
  }

  #refreshed(how: Extract<Happening, { type: 'refreshed' }>['how']): void {
    const call = this.harness.refreshes.find((each) => !this.#settled.has(each));
    if (call === undefined) return;
    this.#settled.add(call);
    const useless = this.#moot.has(call) || call.request.signal.aborted;
    const errors = {
      transient: endpointError(503),
      limited: endpointError(429, undefined, { 'retry-after': '3' }),
      odd: endpointError(400, 'no_such_word'),
      final: endpointError(400, 'invalid_grant'),
    };
    if (how === 'nothing') void call.succeed(undefined);
    else if (how === 'tokens') void call.succeed(useless ? 'out of date' : this.#issue());
    else void call.fail(errors[how]);
  }

  #signIn(tokens: Tokens): void {
    this.#supersede();
    this.#hasLeft = false;
    this.#newest = this.#issued;
    this.harness.resilience.session.signIn(tokens);
  }

  #signOut(): void {
    this.#supersede();
    this.#hasLeft = true;
    if (this.#user !== undefined) this.#signOuts++;
    this.#user = undefined;
    this.#newest = undefined;
    this.harness.resilience.session.signOut();
  }

  /** What is under way is of no use any more. */
  #supersede(): void {
    for (const call of this.harness.refreshes) this.#moot.add(call);
  }

  #online(on: boolean): void {
    this.#isOnline = on;
    this.#hearOnline?.();
  }

  #refreshStarts(reason: string): void {
    const { refreshes } = this.harness;
    const open = refreshes.filter((call) => !this.#settled.has(call) && !this.#moot.has(call));
    if (open.some(({ request }) => !request.signal.aborted)) {
      this.violations.push('a second refresh at a time');
    }
    const rejected = [...this.#refused].some((token) => token?.endsWith(`.${this.#newest}`));
    if (reason === 'rejected' && !rejected) {
      this.violations.push('a refresh for a token that nobody rejected');
    }
  }

  /** What must hold between any two happenings; `timely`: what was due has rung. */
  #look(timely: boolean): void {
    if (this.#disposed) return;
    const { resilience, clock } = this.harness;
    const closed = new Map(resilience.limits.get().map((limit) => [limit.scope, limit]));
    const flying = this.#open.filter(({ sent }) => !sent.ended);
    for (const operation of timely ? this.#operations.values() : []) {
      const { watched, plan, begun, held, id } = operation;
      if (watched.settled > 0 || watched.cancelled) continue;
      const isFlying = flying.some((flight) => flight.operation === operation);
      const age = this.#now - begun;
      // A mutation in flight may take as long as it takes, but for its own time.
      const bounded = plan.timeout !== undefined || plan.kind === 'query' || !isFlying;
      const time = plan.timeout ?? TOTAL;
      if (bounded && age > time) this.violations.push(`${id} has lived for ${age} ms`);
      const isDown = closed.get(plan.scope)?.reason === 'outage';
      const waited = held === undefined ? 0 : this.#now - held;
      if (isDown && !isFlying && this.#isOnline && waited > Math.max(PATIENCE, LATE_PATIENCE)) {
        this.violations.push(`${id} has waited for an outage for ${waited} ms`);
      }
    }
    const wall = clock.wall();
    for (const { kind, name, reason, until = 0 } of resilience.activity.get()) {
      const { status } = resilience.session.get();
      const mayWait = {
        tokens: true,
        backoff: until >= wall,
        offline: !this.#isOnline,
        refresh: status === 'refreshing' || status === 'unavailable',
        // A scope that recovers lets more go with each answer.
        rate_limit: until > wall || closed.size > 0 || flying.length > 0,
        outage: closed.size > 0,
      };
      if (!mayWait[reason]) this.violations.push(`${kind} ${name} waits for nothing: ${reason}`);
    }
  }

  #chosen(chosen: number): Operation | undefined {
    return [...this.#operations.values()][chosen % Math.max(1, this.#operations.size)];
  }

  get #allSettled(): boolean {
    return [...this.#operations.values()].every(
      ({ watched }) => watched.cancelled || watched.settled > 0,
    );
  }
}
