import { describe, expect, it } from 'vitest';
import type { Answer } from '../api.ts';
import { awsRetries, exchangeRetryRetries, retryLinkRetries, tanStackRetries } from './others.ts';
import type { Course } from './others.ts';

const query = { kind: 'query' } as const;
const mutation = { kind: 'mutation' } as const;
const always = (value: number) => ({ chance: () => value });

/** The delays of an operation that is answered in the same way each time. */
function delays(course: Course, answer: Answer = { status: 503 }): number[] {
  const all: number[] = [];
  for (let delay = course.after(answer); delay !== undefined; delay = course.after(answer)) {
    all.push(delay);
  }
  return all;
}

it("RetryLink's delays lie between 0 and 600, 1,200, 2,400, 4,800 ms, for mutations too", () => {
  expect(delays(retryLinkRetries(always(1))(query))).toEqual([600, 1_200, 2_400, 4_800]);
  expect(delays(retryLinkRetries(always(0.25))(mutation))).toEqual([150, 300, 600, 1_200]);
});

it("exchange-retry's one delay lies between 1.5 and 2.5 s, for mutations too", () => {
  expect(delays(exchangeRetryRetries(always(0))(query))).toEqual([1_500]);
  expect(delays(exchangeRetryRetries(always(1))(mutation))).toEqual([2_500]);
});

it('TanStack Query waits for 1, 2 and 4 s, and leaves mutations alone', () => {
  expect(delays(tanStackRetries()(query))).toEqual([1_000, 2_000, 4_000]);
  expect(delays(tanStackRetries()(mutation))).toEqual([]);
});

describe('AWS', () => {
  it('waits for up to 50 and 100 ms, after a limit for up to 1 and 2 s', () => {
    expect(delays(awsRetries(always(1))(query))).toEqual([50, 100]);
    expect(delays(awsRetries(always(1))(query), { status: 429 })).toEqual([1_000, 2_000]);
  });

  it('follows a hint for five seconds beyond its own delay', () => {
    const hinted = (retryAfter: number): number[] =>
      delays(awsRetries(always(0.5))(query), { status: 429, retryAfter });
    expect(hinted(3)).toEqual([3_000, 3_000]);
    expect(hinted(30)).toEqual([5_500, 6_000]);
    expect(hinted(0)).toEqual([500, 1_000]);
  });

  it('has 35 retries in its bucket, and gets back what one cost that helped', () => {
    const operation = awsRetries(always(0));
    const failed = { status: 503 };
    let count = 0;
    while (operation(query).after(failed) !== undefined) count++;
    expect(count).toBe(35);
    // 500 - 35 * 14 = 10; four successes later there is enough for one.
    for (let success = 0; success < 4; success++) operation(query).succeeded();
    const one = operation(query);
    expect(one.after(failed)).toBe(0);
    one.succeeded();
    expect(operation(query).after(failed)).toBe(0);
  });
});
