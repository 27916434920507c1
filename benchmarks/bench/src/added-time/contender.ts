/**
 * Those that are compared: the client alone, with the least that can sign an operation and see its result
 * in this client, with Holdfast, and with what else an app would use.
 */
export const roles = ['bare', 'least', 'ours', 'peer'] as const;
export type Role = (typeof roles)[number];

/** One way to run an operation. */
export interface Contender {
  /** Starts one operation, made of fresh objects, and says when it is done. Throws where it failed. */
  start(done: (data: unknown) => void): void;
}

/** The ways to run the same operation. */
export type Match = Readonly<Record<Role, Contender>>;

/**
 * Runs operations one after the other. It waits for those alone that are not done when `start` returns:
 * what passes synchronously pays for no promise.
 */
export async function runOneByOne({ start }: Contender, count: number): Promise<void> {
  let settled = false;
  let wake: (() => void) | undefined;
  const done = (data: unknown): void => {
    if (typeof data !== 'object' || data === null) throw new TypeError('An operation had no data.');
    settled = true;
    wake?.();
  };
  for (let index = 0; index < count; index += 1) {
    settled = false;
    wake = undefined;
    start(done);
    if (!settled) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

/** Whether an operation is done before `start` returns. */
export async function isSynchronous(contender: Contender): Promise<boolean> {
  let settled = false;
  const end = new Promise<void>((resolve) => {
    contender.start(() => {
      settled = true;
      resolve();
    });
  });
  const before = settled;
  await end;
  return before;
}
