import { expect, it } from 'vitest';
import { Harness, rejection } from './harness.fixture.ts';
import type { Signal } from '../src/index.ts';

it('E4 R9 what a subscriber throws goes neither into the transport nor into the operation', () => {
  const harness = new Harness();
  const heard: string[] = [];
  const thrown = new Error('a subscriber of no good');
  harness.resilience.execute<Signal>(
    { kind: 'query', options: { auth: false } },
    {
      send: (_, receiver) => {
        receiver.next(rejection());
        receiver.complete();
        return () => {};
      },
      read: (signal) => signal,
    },
    {
      next: () => {
        heard.push('next');
        throw thrown;
      },
      error: () => heard.push('error'),
      complete: () => heard.push('complete'),
    },
  );
  expect(heard).toEqual(['next', 'complete']);
  expect(harness.events.filter(({ type }) => type === 'gave_up')).toHaveLength(1);
  expect(harness.events).toContainEqual(
    expect.objectContaining({ type: 'callback_failed', callback: 'subscriber', error: thrown }),
  );
});
