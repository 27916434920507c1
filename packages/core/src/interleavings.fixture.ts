import type { OperationInfo, Signal, Tokens } from './index.ts';
import { endpointError, GOOD, Harness, rejection } from './harness.fixture.ts';
import type { RefreshCall, Sent, Watched } from './harness.fixture.ts';
import type { Answer, Happening } from './happening.fixture.ts';

interface Operation {
  readonly watched: Watched;
  readonly info: OperationInfo;
  readonly controller: AbortController;
  readonly rejected: Set<string | undefined>;
  /** It may have run, or has: nothing may be sent again. */
  finished: boolean;
}

/** A world of one instance and one server, and what must hold in it whatever happens. */
export class World {
  readonly harness: Harness;
  readonly operations: Map<string, Operation> = new Map<string, Operation>();
  readonly open: Sent[] = [];
  /** Collected, since what a transport or a listener throws is the core's business. */
  readonly violations: string[] = [];
  #issued = 0;
  #valid: string | undefined;
  /** What the instance knows: it must never send anything older; `undefined`: signed out. */
  #newest: number | undefined;
  /** Tokens that the server has rejected, in words that the instance could hear. */
  readonly #refused = new Set<string | undefined>();
  readonly #moot = new Set<RefreshCall>();
  readonly #settled = new Set<RefreshCall>();
  /** Signed out by the application: only a sign-in ends that, and nothing that is refreshed (T11, T19). */
  #signedOut = false;
  #disposed = false;

  constructor(initial: 'tokens' | 'none') {
    const first = this.#issue();
    this.#newest = initial === 'tokens' ? 1 : 0;
    this.harness = new Harness(initial === 'tokens' ? { tokens: first } : {}, {
      random: () => 0.5,
      retry: { budget: false },
    });
    this.harness.serve = (sent) => this.#sent(sent);
    this.harness.resilience.subscribe((event) => {
      if (event.type === 'refresh_succeeded') {
        if (this.#signedOut) this.violations.push('a token came back to life');
        this.#newest = this.#issued;
      }
      if (event.type === 'refresh_started') this.#refreshStarts(event.reason);
      if (event.type === 'signed_out') this.#newest = undefined;
    });
  }

  async happen(what: Happening): Promise<void> {
    const { session } = this.harness.resilience;
    switch (what.type) {
      case 'run':
        return this.#run({ kind: what.kind, options: { auth: what.auth } });
      case 'answer':
        return this.#answer(this.open[what.index % Math.max(1, this.open.length)], what.how);
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
      case 'revoke':
        this.#valid = undefined;
        return;
      case 'expire':
        return this.#signIn({ ...this.#issue(), expiresAt: 1 });
      case 'sign in':
        return this.#signIn(this.#issue());
      case 'sign out':
        this.#supersede();
        // One that a refresh has signed out already may be revived by another (T19).
        this.#signedOut ||= this.#newest !== undefined;
        this.#newest = undefined;
        return session.signOut();
      case 'ask':
        void session.refresh();
        return;
      case 'dispose':
        this.#disposed = true;
        return this.harness.resilience.dispose();
    }
  }

  /** Lets everything come to its end, and tells what went wrong on the way. */
  async end(): Promise<readonly string[]> {
    // Everything answers now, so nothing has to wait for a deadline.
    for (let round = 0; round < 30 && !this.#allSettled(); round++) {
      for (const sent of this.open.slice()) this.#answer(sent, 'by token');
      this.#refreshed('tokens');
      await this.harness.clock.advanceAsync(200);
    }
    const { resilience, clock } = this.harness;
    for (const [name, { watched }] of this.operations) {
      const { settled, cancelled } = watched;
      if (!cancelled && settled !== 1) this.violations.push(`${name} settled ${settled} times`);
    }
    resilience.dispose();
    await this.harness.settle();
    for (const [name, { watched }] of this.operations) {
      if (watched.late > 0) this.violations.push(`${name} heard something after its end`);
    }
    if (clock.pending > 0) this.violations.push(`${clock.pending} timers after dispose`);
    const waiting = resilience.activity.get().length;
    if (waiting > 0) this.violations.push(`${waiting} operations shown as waiting after dispose`);
    return this.violations;
  }

  #issue(): Tokens {
    this.#issued++;
    this.#valid = `t${this.#issued}`;
    return { accessToken: this.#valid };
  }

  #run(info: OperationInfo): void {
    const name = `o${this.operations.size + 1}`;
    const controller = new AbortController();
    const given = { ...info, name, signal: controller.signal };
    const operation = { info: given, controller, rejected: new Set<string>(), finished: false };
    // It may be sent before `run` has returned.
    const entry = { ...operation, watched: undefined as unknown as Watched };
    this.operations.set(name, entry);
    entry.watched = this.harness.run(given);
  }

  #sent(sent: Sent): void {
    const { info, watched, rejected, finished } = this.operations.get(sent.operation)!;
    const { token, operation } = sent;
    this.open.push(sent);
    const tell = (wrong: boolean, what: string): void => {
      if (wrong) this.violations.push(`${operation}: attempt ${sent.number} ${what}`);
    };
    tell(watched !== undefined && (watched.cancelled || watched.settled > 0), 'after the end');
    tell(finished, 'though it has run, or may have');
    tell(this.#disposed, 'after dispose');
    tell(token !== undefined && rejected.has(token), `again with ${token}`);
    if (info.options?.auth === false || this.#newest === undefined) {
      tell(token !== undefined, `with ${token}, which it must not have`);
    } else {
      tell(token !== undefined && Number(token.slice(1)) < this.#newest, `with the older ${token}`);
      tell(token === undefined, 'without a token');
      tell(this.harness.status === 'refreshing', 'though a refresh runs');
    }
    tell(sent.number > 20, 'of an endless loop');
  }

  #answer(sent: Sent | undefined, how: Answer): void {
    if (sent === undefined) return;
    this.open.splice(this.open.indexOf(sent), 1);
    // A transport that goes on after its end is not heard.
    if (sent.ended) return how === 'lost' ? sent.error(new Error('late')) : sent.answer(GOOD);
    const operation = this.operations.get(sent.operation)!;
    const { kind, options } = operation.info;
    const refused = options?.auth !== false && sent.token !== this.#valid;
    const answered = how === 'by token' || how === 'partial';
    if (answered && refused) {
      operation.rejected.add(sent.token);
      this.#refused.add(sent.token);
    }
    operation.finished ||=
      (answered && !refused) ||
      (kind === 'mutation' && ['partial', 'unavailable', 'lost'].includes(how));
    const code = how === 'never sent' ? 'ECONNREFUSED' : 'ECONNRESET';
    if (how === 'lost' || how === 'never sent') {
      return sent.error(new TypeError('fetch failed', { cause: { code } }));
    }
    if (how === 'unavailable') return sent.answer({ status: 503, body: '' });
    const answer: Signal = refused ? rejection() : GOOD;
    sent.answer(how === 'partial' ? { ...answer, data: { some: 1 } } : answer);
  }

  #refreshed(how: 'tokens' | 'nothing' | 'transient' | 'final'): void {
    const call = this.harness.refreshes.find((each) => !this.#settled.has(each));
    if (call === undefined) return;
    this.#settled.add(call);
    if (how === 'transient') void call.fail(endpointError(503));
    else if (how === 'final') void call.fail(endpointError(400, 'invalid_grant'));
    else if (how === 'nothing') void call.succeed(undefined);
    else {
      const useless = this.#moot.has(call) || call.request.signal.aborted;
      void call.succeed(useless ? 'out of date' : this.#issue());
    }
  }

  #signIn(tokens: Tokens): void {
    this.#supersede();
    this.#signedOut = false;
    this.#newest = this.#issued;
    this.harness.resilience.session.signIn(tokens);
  }

  /** What is under way is of no use any more. */
  #supersede(): void {
    for (const call of this.harness.refreshes) this.#moot.add(call);
  }

  #refreshStarts(reason: string): void {
    const { refreshes } = this.harness;
    const open = refreshes.filter((call) => !this.#settled.has(call) && !this.#moot.has(call));
    if (open.some(({ request }) => !request.signal.aborted)) {
      this.violations.push('a second refresh at a time');
    }
    if (reason === 'rejected' && !this.#refused.has(`t${this.#newest}`)) {
      this.violations.push('a refresh for a token that nobody rejected');
    }
  }

  #chosen(chosen: number): Operation | undefined {
    return [...this.operations.values()][chosen % Math.max(1, this.operations.size)];
  }

  #allSettled(): boolean {
    return [...this.operations.values()].every(
      ({ watched }) => watched.cancelled || watched.settled > 0,
    );
  }
}
