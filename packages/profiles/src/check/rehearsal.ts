import type {
  Clock,
  OperationInfo,
  Profile,
  ResilienceEvent,
  Signal,
  StopReason,
} from '@holdfast/core';
import { createResilience, failureOf } from '@holdfast/core';

/** What an instance does when an operation gets a recorded answer first, and a good one after that. */
export interface Rehearsal {
  /** Milliseconds before it was sent again; `undefined` where it was not. */
  readonly again: number | undefined;
  readonly refreshed: boolean;
  /** Why it was not sent again. */
  readonly stopped: StopReason | undefined;
  /** For how long the scope is closed for everybody, from the answer on. */
  readonly closedFor: number | undefined;
}

const GOOD: Signal = { status: 200, data: {} };

/** More timers than any wait takes. */
const MOST_STEPS = 1_000;

/** Runs an instance of its own on a clock of its own: what the core decides is not told, but seen. */
export async function rehearse(
  signal: Signal & { readonly now: number },
  kind: OperationInfo['kind'],
  profile: Profile,
  chance: number,
): Promise<Rehearsal> {
  const clock = new SteppedClock(signal.now);
  const events: ResilienceEvent[] = [];
  let tokens = 1;
  const resilience = createResilience({
    profile,
    clock,
    random: () => chance,
    auth: {
      tokens: { accessToken: 'rehearsal-1' },
      refresh: async () => ({ accessToken: `rehearsal-${(tokens += 1)}` }),
    },
    onEvent: (event) => void events.push(event),
  });
  const sent: number[] = [];
  let delivered: unknown;
  let isSettled = false;
  const end = resilience.execute<Signal>(
    { kind, rootFields: () => signal.rootFields },
    {
      send: (_attempt, receiver) => {
        sent.push(clock.monotonic());
        const isFirst = sent.length === 1;
        if (isFirst && (signal.error !== undefined || signal.close !== undefined)) {
          receiver.error(errorOf(signal), signal);
        } else {
          // An answer over HTTP has headers, were they recorded or not.
          receiver.next(isFirst ? { headers: {}, ...signal } : GOOD);
          receiver.complete();
        }
        return () => {};
      },
      read: (result) => result,
    },
    {
      next: (result) => void (delivered = result),
      error: (error) => {
        delivered = error;
        isSettled = true;
      },
      complete: () => void (isSettled = true),
    },
  );
  for (let step = 0; step < MOST_STEPS; step += 1) {
    await settle();
    if (isSettled || !clock.step()) break;
  }
  const closed = events.find((event) => event.type === 'scope_closed');
  const [first = 0, second] = sent;
  const stopped = failureOf(delivered)?.stopped;
  end();
  resilience.dispose();
  return {
    again: second === undefined ? undefined : second - first,
    refreshed: events.some((event) => event.type === 'refresh_started'),
    stopped: second === undefined ? stopped : undefined,
    closedFor:
      closed?.type === 'scope_closed' && closed.reason === 'rate_limit'
        ? closed.until - signal.now
        : undefined,
  };
}

/** What becomes of a session whose token has expired, where the token endpoint answers so. */
export async function rehearseRefresh(
  { status, headers, body, error, now }: Signal & { readonly now: number },
  profile: Profile,
): Promise<{ readonly status: string; readonly wait: number | undefined }> {
  const clock = new SteppedClock(now);
  const resilience = createResilience({
    profile,
    clock,
    random: () => 0,
    auth: {
      tokens: { accessToken: 'rehearsal', refreshToken: 'rehearsal', expiresAt: now - 60_000 },
      refresh: () =>
        Promise.reject(
          error ?? Object.assign(new Error('The token was refused.'), { status, headers, body }),
        ),
    },
  });
  const ignored = (): void => {};
  const end = resilience.execute<Signal>(
    { kind: 'query' },
    { send: () => ignored, read: (result) => result },
    { next: ignored, error: ignored, complete: ignored },
  );
  await settle();
  const state = resilience.session.get();
  end();
  resilience.dispose();
  return {
    status: state.status,
    wait: state.until === undefined ? undefined : state.until - now,
  };
}

function errorOf({ error, close }: Signal): unknown {
  return error ?? Object.assign(new Error(close?.reason ?? ''), { ...close, type: 'close' });
}

/** Lets promise jobs settle. */
async function settle(): Promise<void> {
  for (let job = 0; job < 32; job += 1) await Promise.resolve();
}

/** Stands still until it is moved to its next timer. */
class SteppedClock implements Clock {
  readonly #start: number;
  readonly #timers = new Map<object, { readonly due: number; readonly run: () => void }>();
  #passed = 0;

  constructor(wall: number) {
    this.#start = wall;
  }

  monotonic(): number {
    return this.#passed;
  }

  wall(): number {
    return this.#start + this.#passed;
  }

  after(ms: number, run: () => void): () => void {
    const key = {};
    this.#timers.set(key, { due: this.#passed + ms, run });
    return () => void this.#timers.delete(key);
  }

  /** Runs the next timer; answers whether there was one. */
  step(): boolean {
    const [next] = [...this.#timers].sort(([, one], [, other]) => one.due - other.due);
    if (next === undefined) return false;
    const [key, { due, run }] = next;
    this.#timers.delete(key);
    this.#passed = Math.max(this.#passed, due);
    run();
    return true;
  }
}
