import { describe, expect, it } from 'vitest';
import { ResilienceError } from './index.ts';
import type { ResilienceEvent, Signal } from './index.ts';
import { GOOD, Harness, rejection } from './harness.fixture.ts';
import type { Watched } from './harness.fixture.ts';

const UNAVAILABLE: Signal = { status: 503, body: '' };
const LIMITED: Signal = { status: 429, body: '', headers: { 'retry-after': '5' } };

/** An operation brought to where it can be ended. */
interface Place {
  readonly harness: Harness;
  readonly watched: Watched;
  readonly sent: number;
}
type Bring = (signal?: AbortSignal) => Promise<Place>;

function at(harness: Harness, signal: AbortSignal | undefined): Watched {
  return harness.run(signal === undefined ? {} : { signal });
}

const PLACES: Record<string, Bring> = {
  'waiting for the initial tokens': async (signal) => {
    const harness = new Harness({ tokens: () => new Promise(() => {}) });
    return { harness, watched: at(harness, signal), sent: 0 };
  },
  'waiting for a refresh': async (signal) => {
    const harness = new Harness({});
    const watched = at(harness, signal);
    await harness.settle();
    return { harness, watched, sent: 0 };
  },
  'waiting for a refresh after a rejection': async (signal) => {
    const harness = new Harness();
    const watched = at(harness, signal);
    harness.sent[0]!.answer(rejection());
    await harness.settle();
    return { harness, watched, sent: 1 };
  },
  'in an attempt': async (signal) => {
    const harness = new Harness();
    return { harness, watched: at(harness, signal), sent: 1 };
  },
  'in the replay after a refresh': async (signal) => {
    const harness = new Harness();
    const watched = at(harness, signal);
    harness.sent[0]!.answer(rejection());
    await harness.refreshes[0]!.succeed('t2');
    return { harness, watched, sent: 2 };
  },
  'between two attempts': async (signal) => {
    const harness = new Harness();
    const watched = at(harness, signal);
    harness.sent[0]!.answer(UNAVAILABLE);
    return { harness, watched, sent: 1 };
  },
  'at the gate': async (signal) => {
    const harness = new Harness();
    harness.run().cancel();
    const first = harness.run();
    harness.sent[1]!.answer(LIMITED);
    const watched = at(harness, signal);
    first.cancel();
    return { harness, watched, sent: 2 };
  },
  offline: async (signal) => {
    const online = { get: () => false, subscribe: () => () => {} };
    const harness = new Harness(undefined, { online });
    return { harness, watched: at(harness, signal), sent: 0 };
  },
  'waiting for a late answer of `when`': async (signal) => {
    const when = (): never => new Promise(() => {}) as never;
    const harness = new Harness(undefined, { retry: { when } });
    const watched = at(harness, signal);
    harness.sent[0]!.answer(UNAVAILABLE);
    return { harness, watched, sent: 1 };
  },
};

/** Time passes and everything answers: nothing may come of it any more. */
async function expectQuiet({ harness, sent }: Place): Promise<void> {
  for (const attempt of harness.sent) attempt.answer(GOOD);
  for (const attempt of harness.sent) attempt.error(new Error('late'));
  for (const call of harness.refreshes) await call.succeed('late');
  await harness.clock.advanceAsync(120_000);
  expect(harness.sent).toHaveLength(sent);
  expect(harness.resilience.activity.get()).toEqual([]);
  expect(harness.resilience.limits.get().every(({ waiting }) => waiting === 0)).toBe(true);
}

describe.each(Object.keys(PLACES))('an operation that is %s', (name) => {
  const bring = PLACES[name]!;

  it('E1 is ended by unsubscribing at once; nothing is sent or delivered afterwards', async () => {
    const place = await bring();
    place.watched.cancel();
    expect(place.harness.resilience.activity.get()).toEqual([]);
    await expectQuiet(place);
    expect(place.watched).toMatchObject({ settled: 0, late: 0, results: [] });
    expect(place.harness.clock.pending).toBe(0);
    place.watched.cancel();
  });

  it('E2 is ended as aborted by its signal', async () => {
    const controller = new AbortController();
    const place = await bring(controller.signal);
    const reason = new Error('changed my mind');
    controller.abort(reason);
    const { watched } = place;
    expect(watched.errors[0]).toBeInstanceOf(ResilienceError);
    expect(watched.failure).toMatchObject({ kind: 'aborted', stopped: 'aborted', cause: reason });
    await expectQuiet(place);
    expect([watched.settled, watched.late]).toEqual([1, 0]);
  });

  it('E3 is ended as aborted by dispose, and leaves no timer', async () => {
    const place = await bring();
    place.harness.resilience.dispose();
    const { watched } = place;
    expect(watched.failure).toMatchObject({ kind: 'aborted', stopped: 'aborted' });
    await place.harness.settle();
    expect(place.harness.clock.pending).toBe(0);
    await expectQuiet(place);
    expect([watched.settled, watched.late]).toEqual([1, 0]);
  });
});

describe('ending', () => {
  it('E1 E2 E3 the attempt in flight is ended', async () => {
    for (const act of ['cancel', 'abort', 'dispose']) {
      const harness = new Harness();
      const controller = new AbortController();
      const watched = harness.run({ signal: controller.signal });
      if (act === 'cancel') watched.cancel();
      else if (act === 'abort') controller.abort();
      else harness.resilience.dispose();
      expect([act, harness.sent[0]!.ended]).toEqual([act, true]);
    }
  });

  it('E1 a refresh goes on without the operation that asked for it, and serves the next', async () => {
    const harness = new Harness({});
    const first = harness.run();
    await harness.settle();
    first.cancel();
    const second = harness.run();
    await harness.refreshes[0]!.succeed('t1');
    harness.sent[0]!.answer(GOOD);
    expect([harness.refreshes.length, first.settled, second.results]).toEqual([1, 0, [GOOD]]);
  });

  it('E2 an already aborted signal sends nothing', () => {
    const harness = new Harness();
    const watched = harness.run({ signal: AbortSignal.abort() });
    expect(harness.sent).toEqual([]);
    expect(watched.errors).toHaveLength(1);
    expect(watched.failure).toMatchObject({ kind: 'aborted', attempts: 0, executed: false });
    expect((watched.errors[0] as Error).name).toBe('AbortError');
  });

  it('E2 an abort of the transport’s own is delivered, and not retried', async () => {
    const harness = new Harness();
    const watched = harness.run();
    const error = new DOMException('stopped', 'AbortError');
    harness.sent[0]!.error(error);
    await harness.clock.advanceAsync(60_000);
    expect([watched.errors[0], harness.sent.length]).toEqual([error, 1]);
  });

  it('E2 the listener on the signal goes with the operation', async () => {
    const harness = new Harness();
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>): void => {
      listeners++;
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>): void => {
      listeners--;
      remove(...given);
    };
    const watched = harness.run({ signal });
    harness.sent[0]!.answer(UNAVAILABLE);
    await harness.clock.advanceAsync(1_000);
    expect(listeners).toBe(1);
    harness.sent[1]!.answer(GOOD);
    controller.abort();
    expect([listeners, watched.settled, watched.late]).toEqual([0, 1, 0]);
  });

  it('E3 an operation that comes after dispose is aborted', () => {
    const harness = new Harness();
    harness.resilience.dispose();
    harness.resilience.dispose();
    const watched = harness.run();
    expect([harness.sent.length, watched.failure?.kind]).toEqual([0, 'aborted']);
  });

  it('E3 dispose ends session.refresh, aborts the token call and unhooks every listener', async () => {
    const harness = new Harness({});
    let told = 0;
    for (const readable of [
      harness.resilience.session,
      harness.resilience.activity,
      harness.resilience.limits,
    ]) {
      readable.subscribe(() => told++);
    }
    const asked = harness.resilience.session.refresh();
    await harness.settle();
    harness.resilience.dispose();
    await expect(asked).rejects.toMatchObject({ failure: { kind: 'aborted' } });
    expect(harness.refreshes[0]!.request.signal.aborted).toBe(true);
    const before = told;
    const events = harness.events.length;
    await harness.refreshes[0]!.succeed('t1');
    harness.run();
    expect([told, harness.events.length, harness.status]).toEqual([before, events, 'unknown']);
    await expect(harness.resilience.session.refresh()).rejects.toBeInstanceOf(ResilienceError);
    expect(harness.clock.pending).toBe(0);
  });

  it('E4 a transport that goes on after the end, or answers twice, is not heard', () => {
    const harness = new Harness();
    const watched = harness.run();
    const [sent] = harness.sent;
    sent!.answer(GOOD);
    sent!.next(GOOD);
    sent!.complete();
    sent!.error(new Error('late'));
    expect(watched).toMatchObject({ results: [GOOD], errors: [], completions: 1, late: 0 });
  });

  it('E4 a transport that throws has failed', () => {
    const harness = new Harness();
    const error = new Error('thrown by send');
    harness.serve = () => {
      throw error;
    };
    const watched = harness.run();
    expect(watched.errors).toEqual([error]);
    expect(watched.settled).toBe(1);
  });

  it.each([
    ['a refresh that fails', (harness: Harness) => harness.refreshes[0]!.fail({ status: 403 })],
    ['a sign-out', (harness: Harness) => harness.resilience.session.signOut()],
    ['dispose', (harness: Harness) => harness.resilience.dispose()],
  ])('E4 a subscriber that throws keeps nobody else waiting: at %s', async (_name, act) => {
    const harness = new Harness({});
    const operations: Watched[] = [];
    harness.resilience.execute<Signal>(
      { kind: 'query' },
      { send: () => () => {}, read: (result) => result },
      {
        next: () => {},
        error: () => {
          throw new Error('thrown by a subscriber');
        },
        complete: () => {},
      },
    );
    operations.push(harness.run(), harness.run());
    await harness.settle();
    await act(harness);
    await harness.settle();
    expect(operations.map(({ settled }) => settled)).toEqual([1, 1]);
    expect(harness.events.find(({ type }) => type === 'callback_failed')).toMatchObject({
      callback: 'subscriber',
    });
  });
});

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
