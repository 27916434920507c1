/** What one run has spent so far: attempts, replays, the budget (R1, R5). */
export class Ledger {
  /** How often it was sent. */
  sends = 0;
  /** Those sends that count against `attempts`: replays do not. */
  counted = 0;
  replays = 0;
  /** It has had a token that was refreshed for it (T4). */
  freshened = false;
  /** What its last retry took from the budget, to be given back on success (R4). */
  cost: number | undefined;
  #counts = true;

  send(): number {
    if (this.#counts) this.counted++;
    return ++this.sends;
  }

  /** @param fresh it waits for a refresh, and is not to have another. */
  replay(fresh: boolean): void {
    this.replays++;
    this.#counts = false;
    if (fresh) this.freshened = true;
  }

  retry(cost: number): void {
    this.#counts = true;
    this.cost = cost;
  }

  /** A subscription that has had an event starts afresh (S2, S3). */
  restart(): void {
    this.counted = 0;
    this.replays = 0;
    this.freshened = false;
    this.cost = undefined;
  }
}
