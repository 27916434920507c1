import { describe, expect, it } from 'vitest';
import { ResilienceError } from '../src/index.ts';
import type { Signal } from '../src/index.ts';
import { GOOD, Harness } from './harness.fixture.ts';
import type { Watched } from './harness.fixture.ts';

const UNAVAILABLE: Signal = { status: 503, body: '' };

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

  it('E3 dispose ends a stream that has outlived the time for its first event', async () => {
    const harness = new Harness();
    const watched = harness.run({ kind: 'subscription', options: { timeout: 1_000 } });
    harness.sent[0]!.next(GOOD);
    await harness.clock.advanceAsync(1_000);
    harness.resilience.dispose();
    expect(watched.failure).toMatchObject({ kind: 'aborted' });
    expect([watched.settled, harness.sent[0]!.ended]).toEqual([1, true]);
  });
});
