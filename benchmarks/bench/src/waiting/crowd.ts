/** Operations that all wait for the same thing. */
export interface Crowd {
  /** Starts one operation, which then waits. */
  join(done: () => void): void;
  /** Lets them all go; absent where nothing can. */
  release?(): void;
  /** Whether any of them has gone on. */
  began(): boolean;
}

export type CrowdMaker = () => Crowd | Promise<Crowd>;

/** Whether anything has been sent yet. */
export class Sent {
  #any = false;

  note(): void {
    this.#any = true;
  }

  any(): boolean {
    return this.#any;
  }
}
