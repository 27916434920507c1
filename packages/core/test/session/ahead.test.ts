import { describe, expect, it } from 'vitest';
import { endpointError, GOOD, rejection } from '../harness.fixture.ts';
import { holding, MINUTE, HOUR } from './holding.fixture.ts';

describe('a refresh ahead of time', () => {
  it('T9 the token serves while it runs, and the next one afterwards', async () => {
    const harness = holding({ expiresIn: HOUR });
    await harness.clock.advanceAsync(HOUR - MINUTE);
    const watched = [harness.run(), harness.run()];
    await harness.settle();
    expect(watched.map(({ settled }) => settled)).toEqual([1, 1]);
    expect(harness.refreshes.map(({ request }) => request.reason)).toEqual(['expiring']);
    expect(harness.status).toBe('active');
    await harness.refreshes[0]!.succeed('t2');
    harness.run();
    expect(harness.tokens).toEqual(['t1', 't1', 't2']);
  });

  it('T9 that fails harms nobody', async () => {
    const harness = holding({ expiresIn: HOUR });
    await harness.clock.advanceAsync(HOUR - MINUTE);
    const watched = [harness.run()];
    await harness.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    watched.push(harness.run());
    await harness.settle();
    expect(watched.map(({ results }) => results)).toEqual([[GOOD], [GOOD]]);
    expect([harness.tokens, harness.status]).toEqual([['t1', 't1'], 'active']);
    // Unhandled rejections fail the run: vitest reports them.
  });

  it('T9 T6 one that failed for a passing reason is begun again after the cool-down', async () => {
    const harness = holding({ expiresIn: HOUR });
    await harness.clock.advanceAsync(HOUR - 2 * MINUTE);
    harness.run();
    await harness.refreshes[0]!.fail(endpointError(403));
    harness.run();
    await harness.settle();
    expect(harness.refreshes).toHaveLength(1);
    await harness.clock.advanceAsync(5_000);
    harness.run();
    await harness.settle();
    expect(harness.refreshes).toHaveLength(2);
  });

  it('T9 that answers undefined leaves the token in service', async () => {
    const harness = holding({ expiresIn: HOUR });
    await harness.clock.advanceAsync(HOUR - MINUTE);
    harness.run();
    await harness.refreshes[0]!.succeed(undefined);
    const watched = harness.run();
    expect(watched.results).toEqual([GOOD]);
    expect(harness.tokens).toEqual(['t1', 't1']);
  });

  it('T9 T1 is joined by operations that can no longer be served, not doubled', async () => {
    const harness = holding({ expiresIn: HOUR });
    await harness.clock.advanceAsync(HOUR - 6_000);
    harness.run();
    await harness.clock.advanceAsync(2_000);
    const waiting = harness.run();
    await harness.settle();
    expect([waiting.settled, harness.status]).toEqual([0, 'refreshing']);
    await harness.refreshes[0]!.succeed('t2');
    expect([harness.tokens, harness.refreshes.length]).toEqual([['t1', 't2'], 1]);
  });

  it('T9 T1 is joined by an operation whose token was rejected meanwhile', async () => {
    const harness = holding({ expiresIn: HOUR });
    await harness.clock.advanceAsync(HOUR - MINUTE);
    harness.serve = undefined;
    const watched = harness.run();
    harness.sent[0]!.answer(rejection());
    await harness.refreshes[0]!.succeed('t2');
    harness.sent[1]!.answer(GOOD);
    expect([watched.results, harness.tokens]).toEqual([[GOOD], ['t1', 't2']]);
    expect(harness.refreshes).toHaveLength(1);
  });

  it('T9 session.refresh that joins one which answers undefined is told so', async () => {
    const harness = holding({ expiresIn: HOUR });
    await harness.clock.advanceAsync(HOUR - MINUTE);
    harness.run();
    const asked = harness.resilience.session.refresh();
    await harness.settle();
    await harness.refreshes[0]!.succeed(undefined);
    await expect(asked).rejects.toMatchObject({ failure: { kind: 'unauthenticated' } });
  });
});
