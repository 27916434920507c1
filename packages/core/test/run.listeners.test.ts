import { describe, expect, it } from 'vitest';
import type { ResilienceEvent, Signal } from '../src/index.ts';
import { GOOD, Harness, rejection } from './harness.fixture.ts';
import type { Watched } from './harness.fixture.ts';

const UNAVAILABLE: Signal = { status: 503, body: '' };
const LIMITED: Signal = { status: 429, body: '', headers: { 'retry-after': '5' } };

describe('an operation that is ended by whoever hears of it', () => {
  const events = [
    'operation_started',
    'attempt_started',
    'attempt_ended',
    'retry',
    'wait',
    'gave_up',
    'refresh_started',
    'refresh_succeeded',
    'refresh_failed',
    'scope_closed',
  ] satisfies ResilienceEvent['type'][];
  const ways = ['abort', 'dispose', 'cancel'] as const;

  it.each(events.flatMap((type) => ways.map((way) => [type, way] as const)))(
    'E1 E2 E3 hears nothing of it afterwards: at %s, by %s',
    async (type, way) => {
      for (const answers of [
        [UNAVAILABLE],
        [rejection(), GOOD],
        [LIMITED],
        [GOOD],
        [rejection(), rejection()],
      ]) {
        const controller = new AbortController();
        let sentAtEnd: number | undefined;
        const harness = new Harness(undefined, { random: () => 0.5 });
        const started: { watched?: Watched } = {};
        harness.resilience.subscribe((event) => {
          if (event.type !== type || sentAtEnd !== undefined) return;
          // An operation that is only just being started has no handle yet.
          if (way === 'cancel' && started.watched === undefined) return;
          sentAtEnd = harness.sent.length;
          if (way === 'abort') controller.abort();
          else if (way === 'dispose') harness.resilience.dispose();
          else started.watched?.cancel();
        });
        const watched = harness.run({ signal: controller.signal });
        started.watched = watched;
        for (let round = 0; round < 4; round++) {
          harness.sent[round]?.answer(answers[round] ?? answers.at(-1)!);
          await harness.settle();
          if (type === 'refresh_failed') await harness.refreshes.at(-1)?.fail({ status: 403 });
          else await harness.refreshes.at(-1)?.succeed('t2');
          await harness.clock.advanceAsync(20_000);
        }
        await harness.clock.advanceAsync(120_000);
        if (sentAtEnd !== undefined) expect(harness.sent).toHaveLength(sentAtEnd);
        expect(watched.late).toBe(0);
        expect(watched.settled).toBe(watched.cancelled ? 0 : 1);
        expect(harness.resilience.activity.get()).toEqual([]);
        expect(harness.clock.pending).toBe(0);
      }
    },
  );

  it.each(ways)(
    'E1 E2 E3 hears nothing of it afterwards: as it shows that it waits, by %s',
    async (way) => {
      const controller = new AbortController();
      const harness = new Harness();
      const watched = harness.run({ signal: controller.signal });
      harness.resilience.activity.subscribe(() => {
        if (way === 'abort') controller.abort();
        else if (way === 'dispose') harness.resilience.dispose();
        else watched.cancel();
      });
      harness.sent[0]!.answer(UNAVAILABLE);
      await harness.clock.advanceAsync(60_000);
      expect([harness.sent.length, watched.late]).toEqual([1, 0]);
      expect(watched.settled).toBe(way === 'cancel' ? 0 : 1);
      expect(harness.resilience.activity.get()).toEqual([]);
      expect(harness.clock.pending).toBe(0);
    },
  );

  it('E2 a signal that aborts while the transport is being called ends the operation', async () => {
    const controller = new AbortController();
    const harness = new Harness();
    harness.serve = () => controller.abort();
    const watched = harness.run({ signal: controller.signal });
    await harness.clock.advanceAsync(60_000);
    expect([watched.settled, watched.failure?.kind]).toEqual([1, 'aborted']);
    expect([harness.sent.length, harness.sent[0]!.ended]).toEqual([1, true]);
    expect(harness.clock.pending).toBe(0);
  });
});
