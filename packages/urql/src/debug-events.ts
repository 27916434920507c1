import type { OperationInfo, ResilienceEvent, WaitReason } from '@holdfast/core';
import type { ExchangeInput, Operation } from '@urql/core';

const WAITS: Readonly<Record<WaitReason, string>> = {
  tokens: 'the initial tokens',
  refresh: 'a token refresh',
  backoff: 'its next attempt',
  rate_limit: 'a rate limit to pass',
  outage: 'an outage to end',
  offline: 'the network',
};

/** Tells urql's debug channel of operations' refreshes, waits, retries and giving up (U5). */
export function debugObserver(
  dispatchDebug: ExchangeInput['dispatchDebug'],
): (operation: Operation) => OperationInfo['observe'] {
  return (operation) => (event) => {
    const told = toldOf(event);
    if (told === undefined) return;
    const [type, message] = told;
    // urql would name the source after the exchange function, which has no name.
    const debugEvent = { type, message, operation, source: 'resilienceExchange', data: event };
    dispatchDebug(debugEvent);
  };
}

function toldOf(event: ResilienceEvent): readonly [type: string, message: string] | undefined {
  if (event.type === 'wait') {
    const { reason } = event;
    const type = reason === 'tokens' || reason === 'refresh' ? 'refresh' : 'wait';
    return [type, `The operation waits for ${WAITS[reason]}.`];
  }
  if (event.type === 'retry') {
    return [
      'retry',
      event.fresh
        ? 'The operation will be sent again with a newer token.'
        : `The operation will be tried again: ${event.failure.kind}.`,
    ];
  }
  if (event.type !== 'gave_up') return undefined;
  return ['giveUp', `The operation is not tried again: ${event.failure.kind}, ${event.stopped}.`];
}
