import type { Operation } from './api.ts';

/** Milliseconds. */
const BIN = 100;
const SECOND = 1_000;

class Tally {
  begun = 0;
  failed = 0;

  get share(): number {
    return this.begun === 0 ? 0 : this.failed / this.begun;
  }
}

/** What a story is judged by: the operations that began in the trouble or later, and their requests. */
export class Measures {
  readonly query: Tally = new Tally();
  readonly mutation: Tally = new Tally();
  /** The queries that began while the trouble lasted. */
  readonly troubled: Tally = new Tally();
  /** Failed operations by name. */
  readonly failedNames: Map<string, number> = new Map();
  requests = 0;
  /** Mutations that the server ran more than once. */
  twice = 0;
  /** Requests that a client sent although it had been told to wait. */
  early = 0;
  tokenCalls = 0;
  readonly #waits: number[] = [];
  #sorted = true;
  /** Requests by when they were sent. */
  readonly #sent: number[] = [];
  readonly #from: number;
  readonly #to: number;

  /** Virtual instants between which the trouble lasts. */
  constructor(from: number, to: number) {
    this.#from = from;
    this.#to = to;
  }

  sent({ began }: Operation, now: number): void {
    const bin = Math.floor(now / BIN);
    for (let next = this.#sent.length; next <= bin; next++) this.#sent.push(0);
    this.#sent[bin] = (this.#sent[bin] ?? 0) + 1;
    if (began >= this.#from) this.requests++;
  }

  ran(operation: Operation): void {
    operation.runs++;
    if (operation.kind === 'mutation' && operation.runs === 2) this.twice++;
  }

  settled({ kind, name, began }: Operation, now: number, answered: boolean): void {
    if (began < this.#from) return;
    const tallies = [this[kind]];
    if (kind === 'query' && began < this.#to) tallies.push(this.troubled);
    for (const tally of tallies) {
      tally.begun++;
      if (!answered) tally.failed++;
    }
    if (!answered) this.failedNames.set(name, (this.failedNames.get(name) ?? 0) + 1);
    this.#waits.push(now - began);
    this.#sorted = false;
  }

  get requestsPerOperation(): number {
    return this.requests / (this.query.begun + this.mutation.begun);
  }

  /** Milliseconds within which that share of the operations had an answer, or had failed. */
  wait(share: number): number {
    if (!this.#sorted) this.#waits.sort((one, other) => one - other);
    this.#sorted = true;
    return this.#waits[Math.ceil(share * this.#waits.length) - 1] ?? 0;
  }

  /** Requests in `[from, to)`, which are multiples of 100 ms. */
  between(from: number, to: number): number {
    let sum = 0;
    for (let bin = from / BIN; bin < to / BIN; bin++) sum += this.#sent[bin] ?? 0;
    return sum;
  }

  /** The most requests within a second, since the trouble began. */
  get busiestSecond(): number {
    let most = 0;
    for (let at = this.#from; at < this.#end; at += BIN) {
      most = Math.max(most, this.between(at, at + SECOND));
    }
    return most;
  }

  /** Milliseconds from the end of the trouble to the end of the last second with more requests than that. */
  settlesAfter(most: number): number {
    let last = this.#to;
    for (let at = this.#to; at < this.#end; at += BIN) {
      if (this.between(at, at + SECOND) > most) last = at + SECOND;
    }
    return last - this.#to;
  }

  get #end(): number {
    return this.#sent.length * BIN;
  }
}
