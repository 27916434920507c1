import * as fc from '../../../tests/properties.ts';
import { describe, expect, it } from 'vitest';
import type { Signal } from '@holdfast/core';
import { classify, createResilience } from '@holdfast/core';
import { everyResponse, profileOf } from './responses/all.fixture.ts';
import { NOW } from './responses/response.fixture.ts';

/** Keys at which some profile looks, so that nonsense stands where it is read. */
const keys =
  'message extensions errors data code type path error_code errorType cost throttleStatus rateLimit validation contentful exception error payload classification resetAt retry_in_seconds status http_status spam remaining resets requestedQueryCost currentlyAvailable restoreRate'.split(
    ' ',
  );

const words = [
  'THROTTLED',
  'RATE_LIMITED',
  'DAILY_LIMIT_EXCEEDED',
  'UNAUTHORIZED',
  'ComplexityException',
  'You have exceeded a secondary rate limit.',
  'Unauthenticated.',
  '0',
  '-1',
  '1e9',
  '',
];

const names =
  'retry-after date x-ratelimit-remaining x-ratelimit-reset x-complexity ratelimit-resettime ratelimit-user-remaining ratelimit-user-reset x-ratelimit-requests-remaining x-ratelimit-requests-reset x-contentful-ratelimit-reset www-authenticate'.split(
    ' ',
  );

const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>(null, true, false, 0, -5, 1e300, 403, ...words),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), tie('json'), { maxKeys: 4 }),
  ),
}));

const headers = fc.dictionary(
  fc.constantFrom(...names),
  fc.constantFrom('0', '1', '-5', '', 'soon', '1e99', 'Thu, 01 Jan 2026 00:00:20 GMT', 'Bearer'),
);

const signals = fc.record<Signal>(
  {
    status: fc.constantFrom(200, 400, 401, 403, 423, 429, 500, 503),
    headers,
    body: json,
    errors: json,
    data: json,
    extensions: json,
  },
  { requiredKeys: [] },
);

describe('what no server should send', () => {
  it('F1 R9 W5 no profile throws, or waits for what is no time', () => {
    fc.assert(
      fc.property(signals, (signal) => {
        for (const profile of Object.values(profileOf)) {
          const failure = classify({ ...signal, now: NOW }, profile);
          // A rule or reader that throws leaves its error as the cause.
          expect(failure?.cause).toBeUndefined();
          expect(failure?.retryAt ?? NOW).toBeGreaterThanOrEqual(NOW);
          expect(Number.isFinite(failure?.retryAt ?? NOW)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('W8 R9 no quota reader throws, whatever a success holds', () => {
    fc.assert(
      fc.property(signals, (signal) => {
        for (const profile of Object.values(profileOf)) {
          const told: string[] = [];
          const resilience = createResilience({
            profile,
            clock: { monotonic: () => 0, wall: () => NOW, after: () => () => {} },
            onEvent: ({ type }) => void told.push(type),
          });
          resilience.execute<Signal>(
            { kind: 'query' },
            {
              send: (_attempt, receiver) => {
                receiver.next({ ...signal, status: 200, data: {}, errors: undefined });
                receiver.complete();
                return () => {};
              },
              read: (result) => result,
            },
            { next() {}, error() {}, complete() {} },
          );
          resilience.dispose();
          expect(told).not.toContain('callback_failed');
        }
      }),
      { numRuns: 50 },
    );
  });

  it('F9 nothing proves that a mutation did not run where data or a field of it came', () => {
    for (const { api, signal } of everyResponse) {
      const profile = profileOf[api];
      const withData = { ...signal, data: { add: { id: 1 } }, now: NOW };
      expect(classify(withData, profile)?.executed).toBeUndefined();
      expect(
        classify({ ...signal, incomplete: true, now: NOW }, profile)?.executed,
      ).toBeUndefined();
    }
  });
});
