import { describe, expect, it } from 'vitest';
import { AwsRetries } from './aws-standard.ts';
import { exchangeRetryCourse } from './exchange-retry.ts';
import { GrpcRetries } from './grpc.ts';
import type { Course } from './plain.ts';
import { retryLinkCourse } from './retry-link.ts';
import type { Answer } from '../server.ts';

const UNAVAILABLE: Answer = { status: 503 };
const always = (value: number) => (): number => value;

/** The delays of an operation that is answered in the same way each time. */
function delays(course: Course, answer: Answer = UNAVAILABLE): number[] {
  const all: number[] = [];
  for (let delay = course.after(answer); delay !== undefined; delay = course.after(answer)) {
    all.push(delay);
  }
  return all;
}

it("RetryLink's delays lie between 0 and 600, 1,200, 2,400, 4,800 ms", () => {
  expect(delays(retryLinkCourse(always(1)))).toEqual([600, 1_200, 2_400, 4_800]);
  expect(delays(retryLinkCourse(always(0.25)))).toEqual([150, 300, 600, 1_200]);
});

it("exchange-retry's one delay lies between 1.5 and 2.5 s", () => {
  expect(delays(exchangeRetryCourse(always(0)))).toEqual([1_500]);
  expect(delays(exchangeRetryCourse(always(1)))).toEqual([2_500]);
});

describe('AWS', () => {
  it('waits for up to 50 and 100 ms, after a limit for up to 1 and 2 s', () => {
    expect(delays(new AwsRetries(always(1)).operation())).toEqual([50, 100]);
    expect(delays(new AwsRetries(always(1)).operation(), { status: 429 })).toEqual([1_000, 2_000]);
  });

  it('follows a hint for five seconds beyond its own delay', () => {
    const hinted = (retryAfter: number): number[] =>
      delays(new AwsRetries(always(0.5)).operation(), { status: 429, retryAfter });
    expect(hinted(3)).toEqual([3_000, 3_000]);
    expect(hinted(30)).toEqual([5_500, 6_000]);
    expect(hinted(0)).toEqual([500, 1_000]);
  });

  it('has 35 retries in its bucket, and gets back what one cost that helped', () => {
    const retries = new AwsRetries(always(0));
    let count = 0;
    while (retries.operation().after(UNAVAILABLE) !== undefined) count++;
    expect(count).toBe(35);
    // 500 - 35 * 14 = 10; four successes later there is enough for one.
    for (let success = 0; success < 4; success++) retries.operation().succeeded();
    const operation = retries.operation();
    expect(operation.after(UNAVAILABLE)).toBe(0);
    operation.succeeded();
    expect(retries.operation().after(UNAVAILABLE)).toBe(0);
  });
});

describe('gRPC', () => {
  it('waits for 100, 200, 400 ms, a fifth more or less', () => {
    expect(delays(new GrpcRetries(always(0.5)).operation())).toEqual([100, 200, 400]);
    expect(delays(new GrpcRetries(always(0)).operation())).toEqual([80, 160, 320]);
    const most = delays(new GrpcRetries(always(1)).operation());
    expect(most.map((delay) => Math.round(delay))).toEqual([120, 240, 480]);
  });

  it('comes back exactly when it is pushed back to', () => {
    const pushed: Answer = { status: 429, retryAfter: 7 };
    expect(delays(new GrpcRetries(always(0.3)).operation(), pushed)).toEqual([7_000, 7_000, 7_000]);
  });

  it('retries no more once half of its tokens are gone, until successes have brought them back', () => {
    const retries = new GrpcRetries(always(0.5));
    const first = (): number | undefined => retries.operation().after(UNAVAILABLE);
    expect([first(), first(), first(), first(), first()]).toEqual([100, 100, 100, 100, undefined]);
    for (let success = 0; success < 9; success++) retries.operation().succeeded();
    expect(first()).toBe(undefined);
    for (let success = 0; success < 12; success++) retries.operation().succeeded();
    expect(first()).toBe(100);
  });
});
