import { createResilience } from '@holdfast/core';
import type { OperationInfo, Receiver, Signal, Tokens, Transport } from '@holdfast/core';
import { Sent } from './crowd.ts';
import type { Crowd } from './crowd.ts';
import { closedScope, limitHeaders, pendingRefresh } from './obstacles.ts';

const answer: Signal = { status: 200, data: { ok: true } };
const info: OperationInfo = { kind: 'query', name: 'Item', endpoint: 'http://localhost/graphql' };

/** The least that the core can be given: it answers when asked, and holds nothing for an operation. */
function transport(sent: Sent): Transport<Signal> {
  return {
    send(_attempt, receiver) {
      sent.note();
      // As from a network, in a later job.
      queueMicrotask(() => {
        receiver.next(answer);
        receiver.complete();
      });
      return () => {};
    },
    read: (result) => result,
  };
}

/** One receiver for all: what is counted is the core's. */
function told(done: () => void): Receiver<Signal> {
  return {
    next: () => {},
    error: (error) => {
      throw error;
    },
    complete: done,
  };
}

/** All wait for one refresh. */
export function coreRefresh(): Crowd {
  const { refresh, succeed } = pendingRefresh();
  const sent = new Sent();
  const resilience = createResilience({ auth: { refresh } });
  const sending = transport(sent);
  let shared: Receiver<Signal> | undefined;
  return {
    join(done) {
      shared ??= told(done);
      resilience.execute(info, sending, shared);
    },
    release() {
      succeed({ accessToken: 'fresh' } satisfies Tokens);
    },
    began: () => sent.any(),
  };
}

/** All wait for a scope that a 429 has closed. */
export function coreGate(): Crowd {
  const sent = new Sent();
  const { options, open } = closedScope();
  const resilience = createResilience(options);
  const sending = transport(sent);
  const limited: Signal = { status: 429, headers: limitHeaders };
  // With `retry: false` what closed the scope does not wait itself.
  resilience.execute<Signal>(
    { ...info, options: { retry: false } },
    {
      send(_attempt, attempt) {
        attempt.next(limited);
        attempt.complete();
        return () => {};
      },
      read: (result) => result,
    },
    told(() => {}),
  );
  let shared: Receiver<Signal> | undefined;
  return {
    join(done) {
      shared ??= told(done);
      resilience.execute(info, sending, shared);
    },
    release: open,
    began: () => sent.any(),
  };
}
