/** Those that are compared: the client alone, with Holdfast, and with what else an app would use. */
export const roles = ['bare', 'ours', 'peer'] as const;
export type Role = (typeof roles)[number];

/** One way to run an operation. */
export interface Contender {
  /** Starts one operation, made of fresh objects, and says when it is done. Throws where it failed. */
  start(done: (data: unknown) => void): void;
}

/** The ways to run the same operation. */
export type Match = Readonly<Record<Role, Contender>>;

/** When an answer comes: before the call that sends returns, or in a microtask, as from a network. */
export type Answers = 'in-call' | 'later';

/**
 * Starts so many operations in one go, and settles once all are done. Where answers come in the same call
 * and nothing on the way defers them, there is one in flight at a time; else there are all of them.
 */
export function burst({ start }: Contender, count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    const done = (data: unknown): void => {
      if (typeof data !== 'object' || data === null)
        throw new TypeError('An operation had no data.');
      left -= 1;
      if (left === 0) resolve();
    };
    for (let index = 0; index < count; index += 1) start(done);
  });
}
