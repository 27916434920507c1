import { describe, expect, it } from 'vitest';
import { GOOD, Harness } from './harness.fixture.ts';

const told = ({ events }: Harness): unknown[] =>
  events.flatMap((event) => {
    if (event.type === 'attempt_started') return [event.type];
    return event.type === 'attempt_ended' ? [event.outcome] : [];
  });

describe('events of attempts', () => {
  it('E4 an attempt that is given up ends as cancelled', () => {
    const harness = new Harness();
    harness.run().cancel();
    harness.run();
    harness.resilience.dispose();
    expect(told(harness)).toEqual(['attempt_started', 'cancelled', 'attempt_started', 'cancelled']);
  });

  it('E4 an attempt that breaks after its first result ends once', () => {
    const harness = new Harness();
    harness.run();
    harness.sent[0]?.next(GOOD);
    harness.sent[0]?.error(new TypeError('terminated'));
    expect(told(harness)).toEqual(['attempt_started', 'success']);
  });

  it('E4 one that completes without a result ends as well', () => {
    const harness = new Harness();
    harness.run();
    harness.sent[0]?.complete();
    expect(told(harness)).toEqual(['attempt_started', 'success']);
  });
});
