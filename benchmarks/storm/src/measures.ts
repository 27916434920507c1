import { Bins } from './bins.ts';
import type { Answer } from './server.ts';

/** A hint is whole seconds, and virtual clocks count in doubles. Milliseconds. */
const ROUNDING = 0.01;
const SECOND = 1_000;

/** What a storm is judged by. Counts are of what was really simulated. */
export class Measures {
  /** By the instant at which the operation began. */
  readonly operations: Bins = new Bins(SECOND);
  readonly failed: Bins = new Bins(SECOND);
  /** By the instant at which the request was sent. */
  readonly requests: Bins = new Bins(10);
  readonly badly: Bins = new Bins(SECOND);
  readonly tokenCalls: Bins = new Bins(SECOND);
  /** Each client's first request after a wait that it was told. */
  readonly returns: Bins = new Bins(10);
  /** Requests that a client sent although it had been told to wait. */
  early = 0;
  /** Token calls that a client made although the token endpoint had told it to wait. */
  earlyCalls = 0;
  /** Clients that were told to wait. */
  told = 0;
  settled = 0;
  readonly #waitUntil: Float64Array;
  readonly #away: Uint8Array;
  readonly #callUntil: Float64Array;

  constructor(clients: number) {
    this.#waitUntil = new Float64Array(clients).fill(-1);
    this.#callUntil = new Float64Array(clients);
    this.#away = new Uint8Array(clients);
  }

  sent(client: number, now: number): void {
    this.requests.add(now);
    const until = this.#waitUntil[client] ?? -1;
    if (until < 0) return;
    if (now < until - ROUNDING) {
      this.early++;
    } else if (this.#away[client] === 1) {
      this.#away[client] = 0;
      this.returns.add(now);
    }
  }

  /** @param sentAt when the request was sent. */
  answered(client: number, now: number, sentAt: number, { status, retryAfter }: Answer): void {
    if (status !== 200) this.badly.add(sentAt);
    if (retryAfter === undefined) return;
    const before = this.#waitUntil[client] ?? -1;
    if (before < 0) this.told++;
    this.#waitUntil[client] = Math.max(before, now + retryAfter * SECOND);
    this.#away[client] = 1;
  }

  /** A client asks for a token. */
  called(client: number, now: number): void {
    this.tokenCalls.add(now);
    if (now < (this.#callUntil[client] ?? 0) - ROUNDING) this.earlyCalls++;
  }

  tokenAnswered(client: number, now: number, { retryAfter }: Answer): void {
    const until = now + (retryAfter ?? 0) * SECOND;
    this.#callUntil[client] = Math.max(this.#callUntil[client] ?? 0, until);
  }

  /** Takes in what other clients did in the same virtual time. */
  merge(other: Measures): void {
    for (const bins of [
      'operations',
      'failed',
      'requests',
      'badly',
      'tokenCalls',
      'returns',
    ] as const) {
      this[bins].merge(other[bins]);
    }
    this.early += other.early;
    this.earlyCalls += other.earlyCalls;
    this.told += other.told;
    this.settled += other.settled;
  }

  requestsPerOperation(from: number = 0, to: number = Infinity): number {
    return this.requests.between(from, to) / this.operations.between(from, to);
  }

  /** The share of the operations begun in `[from, to)` that failed in the end. */
  failureShare(from: number = 0, to: number = Infinity): number {
    return this.failed.between(from, to) / this.operations.between(from, to);
  }

  /** The share of told clients whose first request came in the busiest 100 ms. */
  get busiestReturn(): number {
    return this.told === 0 ? 0 : this.returns.busiest(100) / this.told;
  }

  /**
   * Milliseconds after `end` until the load is the normal one again and served, for good: no further
   * second in which more arrives than a tenth above normal (and chance), or over 1 % is answered badly.
   * `Infinity` where that was not seen before `until`.
   *
   * @param load requests a second, as long as nothing is wrong.
   */
  recovery(end: number, until: number, load: number): number {
    const most = load * 1.1 + 4 * Math.sqrt(load);
    let last = end;
    for (let second = end; second < until; second += SECOND) {
      const requests = this.requests.between(second, second + SECOND);
      const badly = this.badly.between(second, second + SECOND);
      if (requests > most || badly > 0.01 * requests) last = second + SECOND;
    }
    return last >= until ? Infinity : last - end;
  }
}
