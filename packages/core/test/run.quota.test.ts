import { describe, expect, it } from 'vitest';
import { breeze } from '../../profiles/src/breeze.ts';
import { bench, good, status } from './bench.fixture.ts';
import type { Step } from './bench.fixture.ts';

describe('an answer that says that nothing is left', () => {
  const served = (headers: Record<string, string>): Step => good(headers);
  const remaining = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '10' };

  it('W8 RateLimit with r=0 closes the scope before a 429 has to', () => {
    const { run, clock, resilience } = bench();
    const first = run(served({ ratelimit: '"hour";r=0;t=10' }));
    const next = run(good());
    expect([first.settled, first.errors, next.sent.length]).toEqual([1, [], 0]);
    expect(resilience.limits.get()).toMatchObject([{ until: clock.wall() + 10_000, waiting: 1 }]);
    clock.advance(9_999);
    expect(next.sent).toHaveLength(0);
    clock.advance(1);
    expect(next.times).toEqual([10_000]);
  });

  it('W8 X-RateLimit-Remaining: 0 closes it where the profile trusts it', () => {
    const { run, clock } = bench({ profile: breeze });
    run(served(remaining));
    const next = run(good());
    clock.advance(10_000);
    expect(next.times).toEqual([10_000]);
  });

  it('W8 and nowhere else', () => {
    const { run, resilience } = bench();
    run(served(remaining));
    expect([run(good()).sent.length, resilience.limits.get()]).toEqual([1, []]);
  });

  it.each([
    { ratelimit: '"hour";r=1;t=10' },
    { ratelimit: '"hour";r=0' },
    { ratelimit: 'r=0;t=' },
    { ...remaining, 'x-ratelimit-remaining': '1' },
    { ...remaining, 'x-ratelimit-remaining': '' },
    { ...remaining, 'x-ratelimit-reset': '-1' },
    { ...remaining, 'x-ratelimit-reset': 'NaN' },
  ])('W8 W5 %j closes nothing', (headers) => {
    const { run } = bench({ profile: breeze });
    run(served(headers));
    expect(run(good()).sent).toHaveLength(1);
  });

  it('W8 W4 until the reset of an hour’s quota, operations fail at once and say until when', () => {
    const { run, clock } = bench({ profile: breeze });
    run(served({ ...remaining, 'x-ratelimit-reset': String(clock.wall() / 1_000 + 3_600) }));
    const next = run(good());
    expect(next.failure).toMatchObject({
      kind: 'rate_limited',
      stopped: 'wait_too_long',
      executed: false,
      attempts: 0,
      retryAt: clock.wall() + 3_600_000,
    });
  });

  it('W8 a failure that says so closes it as well', () => {
    const { run, resilience } = bench();
    run(status(404, { ratelimit: '"hour";r=0;t=10' }));
    expect(resilience.limits.get()).toHaveLength(1);
  });
});
