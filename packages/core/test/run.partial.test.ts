import { describe, expect, it } from 'vitest';
import type { Signal } from '../src/index.ts';
import { endpointError, GOOD, Harness, rejection } from './harness.fixture.ts';

const PARTIAL: Signal = { ...rejection(), data: { me: null, orders: [1] } };
function partial(code: string): Signal {
  return { data: { orders: [1] }, errors: [{ message: code, extensions: { code } }] };
}

describe('partial data', () => {
  it.each([
    'INTERNAL_SERVER_ERROR',
    'SERVICE_UNAVAILABLE',
    'FORBIDDEN',
    'NOT_FOUND',
    'RATE_LIMITED',
  ])('F6 is never thrown away to try again: %s', async (code) => {
    const harness = new Harness();
    const watched = harness.run();
    const answer = partial(code);
    harness.sent[0]!.answer(answer);
    await harness.clock.advanceAsync(59_000);
    expect(watched.results[0]).toBe(answer);
    expect(watched.failure).toMatchObject({ partial: true, attempts: 1 });
    expect([harness.sent.length, watched.completions]).toEqual([1, 1]);
  });

  it.each(['query', 'mutation'] as const)(
    'F6 events say of a failed %s whether data came with it',
    (kind) => {
      const answers = [partial('FORBIDDEN'), { ...partial('FORBIDDEN'), data: null }];
      const told = answers.map((answer) => {
        const harness = new Harness();
        harness.run({ kind });
        harness.sent[0]!.answer(answer);
        return harness.events.flatMap((event) =>
          event.type === 'attempt_ended' || event.type === 'gave_up' ? [event.failure] : [],
        );
      });
      const [withData, without] = told;
      const failure = { kind: 'forbidden', code: 'FORBIDDEN' };
      expect(withData).toEqual([
        { ...failure, partial: true },
        { ...failure, partial: true },
      ]);
      expect(without).toEqual([failure, failure]);
    },
  );

  it('F6 of an unauthenticated query is replaced by the full answer', async () => {
    const harness = new Harness();
    const watched = harness.run();
    harness.sent[0]!.answer(PARTIAL);
    await harness.refreshes[0]!.succeed('t2');
    harness.sent[1]!.answer(GOOD);
    expect([watched.results, watched.completions]).toEqual([[GOOD], 1]);
  });

  const failures: [string, (harness: Harness) => Promise<void> | void][] = [
    ['is rejected', ({ sent }) => sent[1]!.answer(rejection())],
    ['meets a bad request', ({ sent }) => sent[1]!.answer({ status: 400, body: 'bad' })],
    ['fails', ({ sent }) => sent[1]!.error(new Error('what'))],
    [
      'is aborted by the transport',
      ({ sent }) => sent[1]!.error(new DOMException('x', 'AbortError')),
    ],
  ];

  it.each(failures)('F6 is delivered if the replay fails too: it %s', async (_name, fail) => {
    const harness = new Harness();
    const watched = harness.run();
    harness.sent[0]!.answer(PARTIAL);
    await harness.refreshes[0]!.succeed('t2');
    await fail(harness);
    await harness.clock.advanceAsync(59_000);
    expect(watched.results[0]).toBe(PARTIAL);
    expect([watched.completions, watched.errors]).toEqual([1, []]);
    expect(watched.failure).toMatchObject({ kind: 'unauthenticated', partial: true });
  });

  it('F6 T8 is delivered if the refresh fails', async () => {
    const harness = new Harness();
    const watched = harness.run();
    harness.sent[0]!.answer(PARTIAL);
    await harness.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    expect([watched.results[0], watched.completions]).toEqual([PARTIAL, 1]);
    expect(watched.failure).toMatchObject({ stopped: 'session_failed', partial: true });
  });

  it('F6 is delivered if the replay never ends', async () => {
    const harness = new Harness();
    const watched = harness.run();
    harness.sent[0]!.answer(PARTIAL);
    await harness.refreshes[0]!.succeed('t2');
    await harness.clock.advanceAsync(120_000);
    expect([watched.results[0], watched.completions]).toEqual([PARTIAL, 1]);
  });

  it('F6 a replay that brings data with an error of another kind is an answer of its own', async () => {
    const harness = new Harness();
    const watched = harness.run();
    harness.sent[0]!.answer(PARTIAL);
    await harness.refreshes[0]!.succeed('t2');
    harness.sent[1]!.answer(partial('FORBIDDEN'));
    expect([watched.results.length, watched.completions]).toEqual([1, 1]);
    expect(watched.failure).toMatchObject({ partial: true });
  });
});

describe('streamed answers', () => {
  const chunk: Signal = { data: { first: 1 } };

  it.each([
    ['a lost line', (harness: Harness) => harness.sent[0]!.error(new TypeError('Failed to fetch'))],
    ['a rejection', (harness: Harness) => harness.sent[0]!.answer(rejection())],
    ['an error', (harness: Harness) => harness.sent[0]!.answer({ status: 503, body: '' })],
  ])('S1 a query that has delivered data is not started again: %s', async (_name, fail) => {
    const harness = new Harness();
    const watched = harness.run();
    harness.sent[0]!.next(chunk);
    expect(watched.results).toEqual([chunk]);
    fail(harness);
    await harness.clock.advanceAsync(120_000);
    expect([harness.sent.length, watched.settled]).toEqual([1, 1]);
    expect(watched.failure).toMatchObject({ stopped: 'delivered_data' });
  });

  it('S1 a mutation that has delivered data is not started again, idempotent or not', async () => {
    const harness = new Harness();
    const watched = harness.run({ kind: 'mutation', options: { idempotent: true } });
    harness.sent[0]!.next(chunk);
    harness.sent[0]!.error(new TypeError('Failed to fetch'));
    await harness.clock.advanceAsync(120_000);
    expect([harness.sent.length, watched.errors.length]).toEqual([1, 1]);
    expect(watched.failure).toMatchObject({ stopped: 'delivered_data' });
  });

  it('S1 the error of a chunk is delivered, and the stream goes on', async () => {
    const harness = new Harness();
    const watched = harness.run();
    const bad = { ...rejection(), data: { first: 1 } };
    harness.sent[0]!.next(chunk);
    harness.sent[0]!.next(bad);
    harness.sent[0]!.next(chunk);
    harness.sent[0]!.complete();
    await harness.clock.advanceAsync(120_000);
    expect([watched.results, watched.completions]).toEqual([[chunk, bad, chunk], 1]);
    expect(harness.sent).toHaveLength(1);
  });

  it('S1 one that fails before it delivers anything is started again', async () => {
    const harness = new Harness();
    const watched = harness.run();
    harness.sent[0]!.error(new TypeError('Failed to fetch'));
    await harness.clock.advanceAsync(100);
    harness.sent[1]!.next(chunk);
    harness.sent[1]!.complete();
    expect([watched.results, watched.completions]).toEqual([[chunk], 1]);
  });
});

describe('what is kept of an error', () => {
  it('F11 docsUrl, path, locations, raw code and type', () => {
    const harness = new Harness();
    const watched = harness.run();
    const extensions = {
      code: 'Bad_User_Input',
      type: 'wrong',
      docs_url: 'https://docs.example/x',
    };
    const path = ['orders', 0, 'id'];
    const locations = [{ line: 2, column: 3 }];
    harness.sent[0]!.answer({
      status: 200,
      data: null,
      errors: [{ message: 'No', path, locations, extensions }],
    });
    const kept = { code: 'Bad_User_Input', type: 'wrong', docsUrl: 'https://docs.example/x' };
    expect(watched.failure).toMatchObject({ ...kept, path, locations, message: 'No' });
    expect(watched.failure?.all[0]).toMatchObject({ ...kept, path, locations });
  });
});
