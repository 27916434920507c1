import type { ResilienceEvent, WaitReason } from '@holdfast/core';
import type { ExchangeInput, Operation } from '@urql/core';

type DispatchDebug = ExchangeInput['dispatchDebug'];

interface Told {
  readonly type: 'refresh' | 'wait' | 'retry' | 'giveUp';
  readonly message: string;
}

const WAITS: Readonly<Record<WaitReason, Told>> = {
  tokens: { type: 'refresh', message: 'The operation waits for the initial tokens.' },
  refresh: { type: 'refresh', message: 'The operation waits for a token refresh.' },
  backoff: { type: 'wait', message: 'The operation waits before it is tried again.' },
  rate_limit: { type: 'wait', message: 'The operation waits for a rate limit to pass.' },
  outage: { type: 'wait', message: 'The operation waits for an outage to end.' },
  offline: { type: 'wait', message: 'The operation waits for the network.' },
};

/** Tells urql's debug channel of one operation's refreshes, waits, retries and giving up (U5). */
export function debugObserver(
  dispatchDebug: DispatchDebug,
  operation: Operation,
): (event: ResilienceEvent) => void {
  return (event) => {
    const told = toldOf(event);
    if (told === undefined) return;
    // urql would name the source after the exchange function, which has no name.
    const debugEvent = { ...told, operation, source: 'resilienceExchange', data: event };
    dispatchDebug(debugEvent);
  };
}

function toldOf(event: ResilienceEvent): Told | undefined {
  switch (event.type) {
    case 'wait':
      return WAITS[event.reason];
    case 'retry':
      return event.fresh
        ? { type: 'retry', message: 'The operation will be sent again with a newer token.' }
        : { type: 'retry', message: `The operation will be tried again: ${event.failure.kind}.` };
    case 'gave_up':
      return {
        type: 'giveUp',
        message: `The operation is not tried again: ${event.failure.kind}, ${event.stopped}.`,
      };
    default:
      return undefined;
  }
}
