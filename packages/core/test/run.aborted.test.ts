import { describe, expect, it } from 'vitest';
import { ResilienceError } from '../src/index.ts';
import type { Signal } from '../src/index.ts';
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

/** As Firefox tells of a connection that is lost inside an answer. */
const lost = (): DOMException => new DOMException('The operation was aborted. ', 'AbortError');

describe('an abort that nobody has asked for, inside an answer', () => {
  it('F8 E2 is a lost connection: a query is asked again', async () => {
    const harness = new Harness();
    const watched = harness.run({ signal: new AbortController().signal });
    harness.sent[0]!.answer({ status: 200, error: lost(), incomplete: true });
    await harness.clock.advanceAsync(100);
    harness.sent[1]!.answer(GOOD);
    expect(watched.results).toEqual([GOOD]);
  });

  it('M1 leaves open whether a mutation ran, and is delivered as it is', () => {
    const harness = new Harness();
    const watched = harness.run({ kind: 'mutation' });
    const error = lost();
    harness.sent[0]!.error(error, { status: 200, incomplete: true });
    expect(watched.errors).toEqual([error]);
    expect(watched.failure).toMatchObject({
      kind: 'network',
      source: 'network',
      executed: undefined,
      stopped: 'unsafe_mutation',
    });
  });

  it('S2 starts a subscription again, of which events have come', async () => {
    const harness = new Harness();
    const watched = harness.run({ kind: 'subscription' });
    harness.sent[0]!.next(GOOD);
    harness.sent[0]!.error(lost());
    await harness.clock.advanceAsync(100);
    expect(harness.sent).toHaveLength(2);
    expect(watched.errors).toEqual([]);
  });

  it('H1 is a sign of an outage', async () => {
    const harness = new Harness();
    harness.run().cancel();
    for (const name of ['a', 'b']) {
      harness.run({ name });
      harness.sent.at(-1)!.error(lost(), { status: 200 });
    }
    expect(harness.resilience.limits.get()).toMatchObject([{ reason: 'outage' }]);
  });

  it('E2 is an abort where the operation’s own signal has aborted, or before any answer', () => {
    const harness = new Harness();
    const controller = new AbortController();
    const own = harness.run({ signal: controller.signal });
    const foreign = harness.run();
    harness.sent[1]!.error(lost());
    controller.abort();
    expect(own.failure).toMatchObject({ kind: 'aborted' });
    expect(foreign.failure).toMatchObject({ kind: 'aborted' });
  });

  it('E3 is the end that another instance has come to', () => {
    const [inner, harness] = [new Harness(), new Harness()];
    const stream = inner.run({ kind: 'subscription' });
    const watched = harness.run({ kind: 'subscription' });
    harness.sent[0]!.next(GOOD);
    inner.resilience.dispose();
    harness.sent[0]!.error(stream.errors[0]);
    expect(watched.failure).toMatchObject({ kind: 'aborted' });
    expect(harness.sent).toHaveLength(1);
  });
});
