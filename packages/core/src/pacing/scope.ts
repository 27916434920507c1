import { Hold } from '../base/hold.ts';
import type { Waiting } from '../base/hold.ts';
import type { Events } from '../base/events.ts';
import type { Failure } from '../base/failure.ts';
import type { OperationInfo } from '../base/operation.ts';
import { grown, jittered } from '../base/time.ts';
import type { Alarms } from '../base/time.ts';
import type { ClosedReason } from '../base/tokens.ts';

/** For how long an answer to others says that the API is up, in milliseconds (H1). */
const RECENTLY = 30_000;

/** How many names of failed operations one outage remembers (X4). */
const NAMES_KEPT = 1_000;

/** After how many probes in vain of one operation a mutation may show whether that one alone is broken (H3). */
const ENOUGH_PROBES = 5;

/** What scopes need of their instance. Times in milliseconds. */
export interface PacingCore {
  readonly alarms: Alarms;
  readonly events: Events;
  readonly settings: {
    /** In [0, 1); never throws. */
    chance(): number;
    /** `maxWait`: the longest wait for a hint (W4). */
    readonly policy: { readonly maxWait: number };
    /** How many may wait in one scope, and how many may be in flight (W7). */
    readonly queue: number;
    readonly concurrency: number;
    /** How long an operation waits for outages (H5); `undefined`: nothing is held. */
    readonly patience: number | undefined;
    readonly probe: { readonly base: number; readonly factor: number; readonly cap: number };
  };
  complain(callback: string, error: unknown): void;
  /** Tells the siblings of a closed scope (W9), and begins to hear of theirs. */
  tellClosed(scope: string, instant: number, reason: ClosedReason): void;
  join(): void;
}

/** What all scopes of an instance share. */
export interface Pacing {
  readonly core: PacingCore;
  /** Something that `limits` shows has changed. */
  changed(): void;
}

/** An operation, as its scope sees it. */
export interface Sender extends Waiting {
  readonly info: OperationInfo;
  /** Its kind and name: what "the same operation" means (H1). */
  readonly key: string;
  /** It was sent before. */
  readonly sends: number;
  /** Monotonic instant of its deadline. */
  readonly deadline: number;
  /** It met the limit itself, and so goes first (W7). */
  readonly metLimit: boolean;
  /** A place among those in flight is its own: the recovery in which it was given one, or none. */
  place: number | undefined;
  /** It may wait no longer (W4, W7). */
  refuse(reason: 'queue_full' | 'wait_too_long', scope: Scope): void;
}

/** How an attempt came out, for its scope: the server answered, it failed, or it was ended from outside. */
export type PlaceOutcome = 'answer' | 'failed' | 'ended';

/**
 * What shares limits and outages: one API, mostly. It counts who is in flight, and when the API says "slow
 * down", or says nothing any more, it closes: then operations wait in its line, unsent (H2, W7). It opens
 * slowly: one goes first, and each success lets one more go than before (slow start), up to half of what was
 * in flight when the trouble began; from there on one more a round (congestion avoidance), until nobody
 * waits.
 */
export class Scope {
  readonly name: string;
  readonly hold: Hold<Sender>;
  readonly #pacing: Pacing;
  readonly #core: PacingCore;
  #inFlight = 0;
  /** How many may go in this recovery; `undefined`: there is none. */
  #window: number | undefined;
  #threshold = 1;
  /** How many have been answered since it opened last, or since nobody was in flight. */
  #served = 0;
  /** Tells the places of one recovery from those of the one before. */
  #recovery = 1;
  /** How many places of this recovery are taken. */
  #taken = 0;
  #lettingThrough = false;
  /** Failures of the transport in a row, and whose they were (H1). */
  #failures = 0;
  #failed: Set<string> | undefined;
  /** Who was answered last, and when; and when somebody else was before that. Monotonic. */
  #answeredName: string | undefined;
  #answeredKind: string | undefined;
  #answeredAt = -Infinity;
  #otherAnsweredAt = -Infinity;
  /** Who asks in an outage, on behalf of all. */
  #probe: Sender | undefined;

  constructor(name: string, pacing: Pacing) {
    this.name = name;
    this.#pacing = pacing;
    this.#core = pacing.core;
    this.hold = new Hold(pacing.core.alarms, () => this.#onAlarm());
  }

  /** Why it is closed, for who only looks: what shows the state must not change it. */
  get closedReason(): ClosedReason | undefined {
    const { hold } = this;
    if (hold.reason === undefined) return undefined;
    if (hold.reason === 'rate_limit' ? hold.isDue : this.#isForgotten) return undefined;
    return hold.reason as ClosedReason;
  }

  /**
   * Monotonic instant from which on it counts as open, where nobody waits: a limit has passed then, and an
   * outage that nobody has asked about for so long is forgotten (H6).
   */
  get ends(): number {
    const { hold } = this;
    const { patience = 0 } = this.#core.settings;
    if (hold.reason === undefined || hold.waiting > 0 || this.#probe !== undefined) return Infinity;
    return hold.reason === 'outage' ? hold.asked + patience : hold.until;
  }

  get #isForgotten(): boolean {
    return this.#core.alarms.now() >= this.ends;
  }

  get isIdle(): boolean {
    return this.#inFlight === 0 && this.hold.waiting === 0;
  }

  /** Whether whoever comes goes at once. */
  get isOpen(): boolean {
    return this.closedReason === undefined && this.hold.waiting === 0 && this.#hasPlace;
  }

  /** Milliseconds until its line moves, as far as is known. */
  get left(): number {
    const left = this.hold.until - this.#core.alarms.now();
    return this.hold.reason === undefined || left === Infinity ? 0 : Math.max(0, left);
  }

  /** Whether there is anything that a place has to be given back for soon. */
  get isBounded(): boolean {
    return this.#window !== undefined || this.#core.settings.concurrency < Infinity;
  }

  /** Takes a place where there is one; else the operation waits in line, or is refused. */
  enter(one: Sender): boolean {
    const { hold } = this;
    // Sockets keep a schedule of their own (S4).
    if (hold.reason === 'outage' && one.info.connection !== undefined) return this.#admit(one);
    if (hold.reason === undefined && this.#window === undefined) {
      if (this.#inFlight < this.#core.settings.concurrency && hold.waiting === 0)
        return this.#admit(one);
      hold.join(one, one.metLimit);
      return false;
    }
    hold.resync();
    if (this.#open(one)) return this.#admit(one);
    const refusal = this.#refusal(one);
    if (refusal !== undefined) one.refuse(refusal, this);
    else this.#wait(one);
    return false;
  }

  /** Gives a place back. */
  leave(one: Sender, outcome: PlaceOutcome): void {
    const { place } = one;
    if (place === undefined) return;
    one.place = undefined;
    if (--this.#inFlight === 0) this.#served = 0;
    if (this.#probe === one) this.#probeOver(outcome);
    const window = this.#window;
    if (window !== undefined && place === this.#recovery) {
      this.#taken--;
      if (outcome === 'answer') {
        this.#window = window + (window < this.#threshold ? 1 : 1 / window);
        if (this.hold.waiting === 0 && this.hold.reason === undefined) this.#window = undefined;
      }
    }
    this.#letThrough();
  }

  /** The server has answered: it is up (H4). */
  answer(one: Sender): void {
    this.#recordAnswer(one.info);
    this.#served++;
    if (this.hold.reason !== 'outage') return;
    this.#probe = undefined;
    // Who has answered has gone first.
    this.#reopen(2);
  }

  /**
   * The transport has failed, or the server in the manner of one that is down.
   *
   * @returns whether the scope is down now.
   */
  fail(one: Sender, failure: Failure): boolean {
    const { alarms, settings } = this.#core;
    const { hold } = this;
    if (settings.patience === undefined) return false;
    this.#failed ??= new Set();
    if (this.#failed.size < NAMES_KEPT) this.#failed.add(one.key);
    if (hold.reason === 'outage') {
      hold.failure = failure;
      return true;
    }
    // What a server has named stands, whatever its proxy answers meanwhile (W3).
    if (hold.reason === 'rate_limit' && !hold.isDue) return false;
    this.#failures++;
    // One operation that fails by itself, such as a broken resolver, takes nobody along (H1).
    const alone = this.#failed.size === 1 && this.#othersAnswered(one.info);
    if (this.#failures < (alone ? 3 : 2)) return false;
    this.#close('outage', alarms.now() + this.#probeDelay(0), failure);
    return true;
  }

  /**
   * The server wants to be left alone (W7, W8).
   *
   * @param hint milliseconds that it named; without them `wait` is our own.
   * @param wait milliseconds to wait, the spread after the hint included.
   */
  limit(one: Sender, failure: Failure | undefined, hint: number | undefined, wait: number): void {
    const { alarms } = this.#core;
    const { hold } = this;
    this.#recordAnswer(one.info);
    const now = alarms.now();
    if (hold.reason === 'rate_limit') {
      // Many operations meet one limit: the first one's spread serves them all, or the latest would win.
      if (hold.until >= now + (hint ?? wait)) return;
      if (hold.isDue) this.#tellOpened();
    }
    const named = failure?.retryAt ?? (hint === undefined ? undefined : alarms.instant(now + hint));
    this.#close('rate_limit', now + wait, failure, named);
  }

  /**
   * A sibling has closed it (W9).
   *
   * @param instant epoch milliseconds.
   */
  closeFromAfar(instant: number, reason: ClosedReason): void {
    const { alarms } = this.#core;
    const left = instant - alarms.clock.wall();
    const until = alarms.now() + left;
    const { hold } = this;
    if (!(left > 0) || (hold.reason === reason && hold.until >= until)) return;
    // Whoever is in an outage here knows better than to wait for a sibling's probe.
    if (
      reason === 'outage' &&
      (hold.reason !== undefined || this.#core.settings.patience === undefined)
    )
      return;
    this.#close(reason, until, undefined, instant, true);
  }

  /** How far ahead a named instant lies beyond what anybody waits for (W4). */
  #refusal(one: Sender): 'queue_full' | 'wait_too_long' | undefined {
    const { hold } = this;
    const { alarms, settings } = this.#core;
    if (hold.reason === 'rate_limit') {
      const left = (hold.named ?? 0) - alarms.clock.wall();
      const ahead = Math.min(left, hold.until - alarms.now());
      if (
        (hold.named !== undefined && ahead > settings.policy.maxWait) ||
        hold.until >= one.deadline
      ) {
        return 'wait_too_long';
      }
    }
    if (one.metLimit || one.sends > 0 || hold.others.all.size < settings.queue) return undefined;
    // Those that were sent before do not count.
    let queued = 0;
    for (const { sends } of hold.others.all) if (sends === 0) queued++;
    return queued >= settings.queue ? 'queue_full' : undefined;
  }

  /** Whether it is open to this one: what was closed is found open here once its time has come. */
  #open(one: Sender): boolean {
    const { hold } = this;
    if (hold.reason === 'outage') {
      if (this.#probe !== undefined) return false;
      if (this.#isForgotten) {
        this.#failures = 0;
        this.#failed = undefined;
        this.#reopen(1);
      } else if (one.info.kind === 'query' && this.#failed?.has(one.key) !== true) {
        this.#beginProbe(one);
        return true;
      } else return false;
    }
    if (hold.reason === 'rate_limit') {
      if (!hold.isDue) return false;
      this.#reopen(1);
    }
    // Those who went first may have been answered in the same call, and have closed it anew.
    return this.hold.reason === undefined && hold.waiting === 0 && this.#hasPlace;
  }

  get #hasPlace(): boolean {
    return (
      this.#inFlight < this.#core.settings.concurrency &&
      (this.#window === undefined || this.#taken < Math.floor(this.#window))
    );
  }

  #admit(one: Sender): true {
    this.#inFlight++;
    if (this.#window !== undefined) this.#taken++;
    one.place = this.#window === undefined ? 0 : this.#recovery;
    return true;
  }

  #wait(one: Sender): void {
    this.hold.join(one, one.metLimit);
    this.#pacing.changed();
  }

  #close(
    reason: ClosedReason,
    until: number,
    failure: Failure | undefined,
    named?: number,
    afar = false,
  ): void {
    const { hold } = this;
    const anew = hold.reason !== reason;
    if (anew) {
      if (hold.reason !== undefined) this.#tellOpened();
      this.#probe = undefined;
      // How many it has answered says what a server takes better than how many it was sent at once.
      const taken = this.#served > 0 ? Math.max(this.#served / 2, this.#inFlight / 16) : Infinity;
      this.#threshold = Math.max(1, Math.min(this.#inFlight, taken) / 2);
      this.#recovery++;
      this.#taken = 0;
      this.#window = 1;
    }
    hold.close(reason, until, failure, named);
    for (const one of hold.everybody()) {
      const refusal = reason === 'rate_limit' ? this.#refusal(one) : undefined;
      if (refusal === 'wait_too_long') {
        hold.leave(one);
        one.refuse(refusal, this);
      } else one.moved();
    }
    this.#tellClosed(anew, afar);
    this.#pacing.changed();
  }

  /**
   * @param anew it was open, or closed for another reason.
   * @param afar a sibling has told of it: siblings know (W9).
   */
  #tellClosed(anew: boolean, afar = false): void {
    const { name: scope, hold } = this;
    const { instant: until } = hold;
    const reason = hold.reason as ClosedReason;
    if (anew || reason === 'rate_limit') {
      const failure = hold.failure?.kind ?? (reason === 'outage' ? 'unavailable' : 'rate_limited');
      this.#core.events.emit('scope_closed', { scope, reason, until, failure });
    }
    if (!afar) this.#core.tellClosed(scope, until, reason);
  }

  #tellOpened(): void {
    const reason = this.hold.reason as ClosedReason;
    this.hold.open();
    this.#served = 0;
    this.#core.events.emit('scope_opened', { scope: this.name, reason });
    this.#pacing.changed();
  }

  #reopen(window: number): void {
    this.#recovery++;
    this.#taken = 0;
    this.#window = this.hold.waiting === 0 && window > 1 ? undefined : window;
    const { reason } = this.hold;
    this.#tellOpened();
    this.#letThrough();
    // Whoever is still in the line does not wait for an outage any more (H5).
    if (reason === 'outage') for (const one of this.hold.everybody()) one.moved();
  }

  #recordAnswer({ kind, name }: OperationInfo): void {
    if (this.#answeredName === name && this.#answeredKind === kind) {
      this.#answeredAt = Math.max(this.#answeredAt, this.#core.alarms.lastNow);
    } else {
      this.#otherAnsweredAt = this.#answeredAt;
      this.#answeredName = name;
      this.#answeredKind = kind;
      this.#answeredAt = this.#core.alarms.now();
    }
    this.#failures = 0;
    this.#failed = undefined;
  }

  /** Lets those go who may. One that goes may be answered in the same call, and let others go. */
  #letThrough(): void {
    if (this.#lettingThrough || this.hold.waiting === 0) return;
    this.#lettingThrough = true;
    while (this.hold.reason === undefined && this.#hasPlace) {
      const next = this.hold.take();
      if (next === undefined) break;
      this.#admit(next);
      next.proceed();
    }
    this.#lettingThrough = false;
    this.#pacing.changed();
  }

  /** The instant has come: a limit is over, or an outage is asked about. */
  #onAlarm(): void {
    if (this.hold.reason === 'rate_limit') return this.#reopen(1);
    if (this.hold.reason !== 'outage') return;
    // One that gets no answer holds the next one up for the cap at most (H3).
    const unanswered = this.#probe;
    if (unanswered !== undefined) this.hold.endLastChances();
    const next = this.#nextProbe();
    if (next === undefined) return;
    this.hold.leave(next);
    this.#beginProbe(next);
    this.#admit(next);
    next.proceed();
  }

  #beginProbe(one: Sender): void {
    const { hold } = this;
    this.#probe = one;
    hold.asked = this.#core.alarms.now();
    hold.close('outage', hold.asked + this.#core.settings.probe.cap);
  }

  /** The probe has ended, and the outage has not: it was in vain, or nothing came of it. */
  #probeOver(outcome: PlaceOutcome): void {
    const { hold } = this;
    this.#probe = undefined;
    if (hold.reason !== 'outage') return;
    if (outcome === 'failed') {
      hold.tries++;
      hold.endLastChances();
    }
    hold.close('outage', this.#core.alarms.now() + this.#probeDelay(hold.tries));
    for (const waiting of hold.everybody()) waiting.moved();
    this.#tellClosed(false);
    this.#pacing.changed();
  }

  /**
   * H3: a query whose operation has not failed yet; else the one that has waited longest since its last try;
   * what is no query only where no query waits, or where one alone seems broken.
   */
  #nextProbe(): Sender | undefined {
    const broken = this.#failed?.size === 1 && this.hold.tries >= ENOUGH_PROBES;
    let best: Sender | undefined;
    let rank = Infinity;
    for (const one of this.hold.everybody()) {
      const fresh = this.#failed?.has(one.key) !== true;
      const own =
        one.info.kind === 'query'
          ? fresh
            ? 0
            : 2
          : one.info.kind === 'mutation'
            ? broken && fresh
              ? 1
              : 4
            : 3;
      if (own >= rank) continue;
      best = one;
      rank = own;
      if (own === 0) break;
    }
    return best;
  }

  #probeDelay(tries: number): number {
    const { probe, chance } = this.#core.settings;
    return Math.max(1, jittered(grown(probe.base, probe.factor, tries, probe.cap), chance()));
  }

  #othersAnswered({ kind, name }: OperationInfo): boolean {
    const own = this.#answeredName === name && this.#answeredKind === kind;
    const at = own ? this.#otherAnsweredAt : this.#answeredAt;
    return this.#core.alarms.now() - at <= RECENTLY;
  }
}
