import type { Clock } from '../model/clock.ts';
import type { OperationInfo } from '../model/operation.ts';

/** How many are remembered (X4). */
const KEPT = 100;
/** For how long, in milliseconds: the token may die later, and then a new one helps. */
const REMEMBERED = 300_000;

/**
 * Operations that a fresh token did not help: a 403 that may be a dead token or a missing permission
 * (TBInt) is tried once with a new token, and after that known for what it is, for a while and as long as
 * that token lasts. Without this, an application that polls what it may not see would sign in at every poll.
 */
export class Refusals {
  readonly #clock: Clock;
  #generation = 0;
  /** Monotonic instants until which they are remembered, the oldest first. */
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(generation: number, info: OperationInfo): boolean {
    if (generation !== this.#generation || this.#until.size === 0) return false;
    const until = this.#until.get(keyOf(info) ?? '');
    return until !== undefined && this.#clock.monotonic() < until;
  }

  add(generation: number, info: OperationInfo): void {
    const key = keyOf(info);
    if (generation !== this.#generation) this.#until.clear();
    this.#generation = generation;
    if (key === undefined) return;
    this.#until.delete(key);
    for (const oldest of this.#until.keys()) {
      if (this.#until.size < KEPT) break;
      this.#until.delete(oldest);
    }
    this.#until.set(key, this.#clock.monotonic() + REMEMBERED);
  }
}

/** Tells one operation from another, its variables included; `undefined` where nothing does. */
function keyOf({ kind, endpoint = '', name, identity }: OperationInfo): string | undefined {
  if (identity === undefined) return name === undefined ? undefined : `${kind} ${endpoint} ${name}`;
  try {
    return `${kind} ${endpoint} ${hashed(identity())}`;
  } catch {
    // Variables that cannot be written down: it is like no other.
    return undefined;
  }
}

/** In place of variables, which nobody should find in memory long after (F11). */
function hashed(text: string): string {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    one = Math.imul(one ^ code, 2_654_435_761);
    two = Math.imul(two ^ code, 1_597_334_677);
  }
  return `${(one >>> 0).toString(36)}${(two >>> 0).toString(36)}`;
}
