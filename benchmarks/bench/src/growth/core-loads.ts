import { createResilience } from '@holdfast/core';
import type { Receiver, Signal, Transport } from '@holdfast/core';
import { signedIn } from '../added-time/credentials.ts';
import type { Load } from './load.ts';

const answer: Signal = { status: 200, data: { ok: true } };
const receiver: Receiver<Signal> = {
  next: () => {},
  error: (error) => {
    throw error;
  },
  complete: () => {},
};

/** Answers at once, with what it is given to answer. */
function answering(signal: () => Signal): Transport<Signal> {
  return {
    send(_attempt, attempt) {
      attempt.next(signal());
      attempt.complete();
      return () => {};
    },
    read: (result) => result,
  };
}

/** Begins `size` operations, and then answers them in the order in which they came. */
export function coreInFlight(size: number): Load {
  const resilience = signedIn();
  const waiting: Receiver<Signal>[] = [];
  const transport: Transport<Signal> = {
    send(_attempt, attempt) {
      waiting.push(attempt);
      return () => {};
    },
    read: (result) => result,
  };
  return {
    run() {
      for (let index = 0; index < size; index += 1) {
        resilience.execute({ kind: 'query', name: 'Item' }, transport, receiver);
      }
      for (const attempt of waiting.splice(0)) {
        attempt.next(answer);
        attempt.complete();
      }
      return size;
    },
    end: () => resilience.dispose(),
  };
}

/** Runs operations of an open scope beside `size` closed ones. */
export function coreClosedScopes(size: number): Load {
  const resilience = createResilience();
  const limited = answering(() => ({ status: 429, headers: { 'retry-after': '25' } }));
  for (let index = 0; index < size; index += 1) {
    const options = { scope: `scope ${index}`, retry: false };
    resilience.execute({ kind: 'query', options }, limited, receiver);
  }
  const closed = resilience.limits.get().length;
  if (closed !== size) throw new Error(`${closed} scopes are closed where ${size} should be.`);
  const transport = answering(() => answer);
  return {
    run() {
      for (let index = 0; index < 100; index += 1) {
        resilience.execute({ kind: 'query', name: 'Item' }, transport, receiver);
      }
      return 100;
    },
    end: () => resilience.dispose(),
  };
}

/** Delivers results whose `errors` has `size` entries, each made anew. */
export function coreErrors(size: number): Load {
  const resilience = signedIn();
  const entries = Array.from({ length: size }, (_, index) => ({
    message: `Field ${index} is not understood.`,
    path: ['item', index],
    extensions: { code: 'BAD_USER_INPUT' },
  }));
  // Copied outside the core's time it would be cheaper; inside, copying 10,000 costs some microseconds.
  const copies = Array.from({ length: 8 }, () => [...entries]);
  let next = 0;
  const transport = answering(() => {
    next += 1;
    return { status: 200, data: null, errors: copies[next % copies.length] };
  });
  return {
    run() {
      for (let index = 0; index < 20; index += 1) {
        resilience.execute({ kind: 'query', name: 'Item' }, transport, receiver);
      }
      return 20;
    },
    end: () => resilience.dispose(),
  };
}
