import type { Failure, WaitReason } from './failure.ts';
import type { Alarm, Alarms } from './time.ts';

/**
 * Those who wait, in order of arrival. To join, to leave and to be taken first cost the same however many
 * there are: a place that has been left is passed over once, not by everybody who comes to the head.
 */
class Line<T> {
  readonly all: Set<T> = new Set<T>();
  #order = this.all.values();

  /** The one who has waited longest, and waits no more. */
  take(): T | undefined {
    let { done, value } = this.#order.next();
    if (done === true) {
      // What has come to its end does not see who comes later.
      this.#order = this.all.values();
      ({ done, value } = this.#order.next());
    }
    if (done === true) return undefined;
    this.all.delete(value as T);
    return value;
  }
}

/** An operation that waits, as lines see it. */
export interface Waiting {
  /** Where it waits. */
  hold: Hold<Waiting> | undefined;
  /** It has outwaited its patience, and waits for the outcome of one more try (H6). */
  readonly lastChance: boolean;
  /** It has waited long enough for an outage. */
  giveUpOutage(): void;
  /** The line that it waits in is closed for another reason, or until another instant (H5, W10). */
  moved(): void;
  /** Asks again when, and as whom, it may be sent. */
  proceed(): void;
}

/**
 * One door, one line, one alarm: whatever closes is one of these, be it a rate limit, an outage, a token
 * endpoint that is down or the network (H8). The alarm is set only while somebody waits, and what it does is
 * the one thing in which they differ.
 */
export class Hold<W extends Waiting = Waiting> implements Alarm {
  /** Why it is closed; `undefined`: it is open. */
  reason: WaitReason | undefined;
  /** When it is asked again, or opens: monotonic, and epoch milliseconds. */
  until = 0;
  instant = 0;
  /** What a server named, epoch milliseconds. */
  named: number | undefined;
  /** Since when it has been closed, and when it was asked last; monotonic. */
  since = 0;
  asked = 0;
  /** How often it was asked in vain. */
  tries = 0;
  /** Why it was closed, or what it was answered last. */
  failure: Failure | undefined;
  /** They met the limit themselves, and so go before those that only heard of it (W7). */
  readonly first: Line<W> = new Line<W>();
  readonly others: Line<W> = new Line<W>();
  due: number = Infinity;
  slot: Alarm['slot'];
  before: Alarm | undefined;
  after: Alarm | undefined;
  readonly ring: () => void;
  protected readonly alarms: Alarms;

  /** @param ask what is done when the alarm rings; somebody waits then. */
  constructor(alarms: Alarms, ask: () => void) {
    this.alarms = alarms;
    this.ring = ask;
  }

  get waiting(): number {
    return this.first.all.size + this.others.all.size;
  }

  /** All who wait, as of now. */
  everybody(): W[] {
    return [...this.first.all, ...this.others.all];
  }

  /** Closes it, or keeps it closed, until a monotonic instant. */
  close(reason: WaitReason, until: number, failure?: Failure, named?: number): void {
    if (this.reason === undefined) {
      this.since = this.alarms.now();
      this.asked = this.since;
    }
    this.reason = reason;
    this.until = until;
    this.instant = this.alarms.instant(until);
    this.named = named;
    this.failure = failure ?? this.failure;
    this.arm();
  }

  open(): void {
    this.reason = undefined;
    this.failure = undefined;
    this.named = undefined;
    this.tries = 0;
    this.alarms.clear(this);
  }

  /** Whether its instant has come, by either clock: a computer that slept has moved one of them alone (W9b). */
  get isDue(): boolean {
    return this.alarms.now() >= this.until || this.alarms.clock.wall() >= this.instant;
  }

  /** A computer that slept has moved one clock alone: what is left is the less of what both say (W9b). */
  resync(): void {
    const until = this.alarms.now() + this.instant - this.alarms.clock.wall();
    if (!(until < this.until - 1) || this.until === Infinity) return;
    this.until = until;
    this.arm();
  }

  join(one: W, first: boolean): void {
    (first ? this.first : this.others).all.add(one);
    one.hold = this as unknown as Hold;
    if (this.waiting === 1) this.arm();
  }

  leave(one: W): void {
    if (one.hold !== (this as unknown as Hold)) return;
    one.hold = undefined;
    if (!this.first.all.delete(one)) this.others.all.delete(one);
    if (this.waiting === 0) this.arm();
  }

  /** The next one to go, who waits no more. */
  take(): W | undefined {
    const next = this.first.take() ?? this.others.take();
    if (next === undefined) return undefined;
    next.hold = undefined;
    if (this.waiting === 0) this.arm();
    return next;
  }

  /** Lets all go who wait now. Who waits again does so anew. */
  release(): void {
    this.#forEach((one) => {
      this.leave(one);
      one.proceed();
    });
  }

  /** It was asked in vain: who waited for that outcome alone has waited long enough, the others go on (H6). */
  endLastChances(): void {
    this.#forEach((one) => {
      if (!one.lastChance) return one.moved();
      this.leave(one);
      one.giveUpOutage();
    });
  }

  /** All who wait now, and do so still when it is their turn. */
  #forEach(tell: (one: W) => void): void {
    for (const one of this.everybody()) if (one.hold === (this as unknown as Hold)) tell(one);
  }

  arm(): void {
    if (this.reason === undefined || this.waiting === 0) this.alarms.clear(this);
    else this.alarms.set(this, this.until);
  }
}
