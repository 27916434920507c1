import { createResilience } from '@holdfast/core';
import type {
  OperationInfo,
  Receiver,
  Resilience,
  Signal,
  Tokens,
  Transport,
} from '@holdfast/core';
import { signedIn } from '../added-time/credentials.ts';

/** Things that are all held at once. */
interface Crowd {
  /** Makes one more. */
  join(): void;
  /** Operations that have been sent to the transport. */
  sent(): number;
  dispose(): void;
}

export const crowdNames = ['refresh', 'gate', 'in-flight', 'instance'] as const;
export type CrowdName = (typeof crowdNames)[number];

interface CrowdDescription {
  readonly title: string;
  make(): Crowd;
  /** Whether its operations are sent, or wait before. */
  readonly sends: boolean;
}

/** What is counted. */
export const crowds: Readonly<Record<CrowdName, CrowdDescription>> = {
  refresh: { title: 'waits for a refresh', make: waitingForRefresh, sends: false },
  gate: { title: 'waits behind the gate', make: waitingBehindGate, sends: false },
  'in-flight': { title: 'in flight', make: inFlight, sends: true },
  instance: { title: 'an instance', make: instances, sends: false },
};

const info: OperationInfo = { kind: 'query', name: 'Item', endpoint: 'http://localhost/graphql' };
const cancel = (): void => {};

/** One receiver for all: what is counted is the core's. Errors come when all is disposed of. */
const receiver: Receiver<Signal> = {
  next: () => {},
  error: () => {},
  complete: () => {},
};

/** Runs operations over a transport that never answers, and holds nothing of them. */
function crowdOf(resilience: Resilience): Crowd {
  let sent = 0;
  const transport: Transport<Signal> = {
    send() {
      sent += 1;
      return cancel;
    },
    read: (result) => result,
  };
  return {
    join: () => void resilience.execute(info, transport, receiver),
    sent: () => sent,
    dispose: () => resilience.dispose(),
  };
}

function waitingForRefresh(): Crowd {
  return crowdOf(createResilience({ auth: { refresh: () => new Promise<Tokens>(() => {}) } }));
}

/** A 429 has closed the scope. */
function waitingBehindGate(): Crowd {
  // Everybody may wait there.
  const resilience = createResilience({ rateLimit: { queue: Infinity } });
  const limited: Signal = { status: 429, headers: { 'retry-after': '25' } };
  // With `retry: false` what closed the scope does not wait itself.
  resilience.execute<Signal>(
    { ...info, options: { retry: false } },
    {
      send(_attempt, attempt) {
        attempt.next(limited);
        attempt.complete();
        return cancel;
      },
      read: (result) => result,
    },
    receiver,
  );
  return crowdOf(resilience);
}

function inFlight(): Crowd {
  return crowdOf(signedIn());
}

/** Each with a token, and used once: what is made when needed is there. */
function instances(): Crowd {
  const made: Resilience[] = [];
  const transport: Transport<Signal> = {
    send(_attempt, attempt) {
      attempt.next({ status: 200, data: {} });
      attempt.complete();
      return cancel;
    },
    read: (result) => result,
  };
  return {
    join() {
      const resilience = signedIn();
      resilience.execute(info, transport, receiver);
      made.push(resilience);
    },
    sent: () => 0,
    dispose: () => made.forEach((resilience) => resilience.dispose()),
  };
}
