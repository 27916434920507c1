import { describe, expect, it } from 'vitest';
import * as fc from '../../../../tests/properties.ts';
import type { HintReader } from '../../src/failure/profile.ts';
import type { Signal } from '../../src/base/operation.ts';
import { breeze } from '../../../profiles/src/breeze.ts';
import { classify } from '../../src/failure/classify.ts';
import { defineProfile } from '../../src/failure/profile.ts';

const now = 1_767_225_600_000;
const limited = { message: 'x', extensions: { code: 'RATE_LIMITED' } };

function waitOf(signal: Signal, profile = breeze): number | undefined {
  const failure = classify({ ...signal, now }, profile);
  return failure?.retryAt === undefined ? undefined : failure.retryAt - now;
}

function reading(...hints: readonly HintReader[]): ReturnType<typeof defineProfile> {
  return defineProfile({ name: 'reading', hints });
}

describe('the instant that the server named', () => {
  it('W1 a refusal for rate takes every hint', () => {
    for (const status of [429, 423]) {
      expect(waitOf({ status, headers: { 'X-RateLimit-Reset': '30' } })).toBe(30_000);
      expect(waitOf({ status, headers: { 'Retry-After': '2', 'X-RateLimit-Reset': '30' } })).toBe(
        2_000,
      );
    }
    expect(waitOf({ errors: [limited], headers: { 'RateLimit-Reset': '9' } })).toBe(9_000);
  });

  it('W1 any other failure takes a reset only beside a remaining of 0', () => {
    const headers = { 'X-RateLimit-Reset': '30' };
    for (const status of [500, 503, 401]) {
      expect(waitOf({ status, headers })).toBeUndefined();
      expect(
        waitOf({ status, headers: { ...headers, 'X-RateLimit-Remaining': '7' } }),
      ).toBeUndefined();
      expect(waitOf({ status, headers: { ...headers, 'X-RateLimit-Remaining': '0' } })).toBe(
        30_000,
      );
      expect(
        waitOf({ status, headers: { 'RateLimit-Remaining': '0', ...headers } }),
      ).toBeUndefined();
      expect(waitOf({ status, headers: { RateLimit: '"a";r=0;t=4' } })).toBe(4_000);
      expect(waitOf({ status, headers: { RateLimit: '"a";r=2;t=4' } })).toBeUndefined();
      expect(waitOf({ status, headers: { 'Retry-After': '2' } })).toBe(2_000);
    }
  });

  it('R8 a wait of 0 is a wait', () => {
    expect(classify({ status: 429, headers: { 'Retry-After': '0' }, now })?.retryAt).toBe(now);
    expect(classify({ status: 429, now })).not.toHaveProperty('retryAt');
  });

  it('W1 the number before seconds, not the first one', () => {
    const said = (text: string): number | undefined =>
      waitOf({ status: 429, body: { error: 'too_many_requests', error_description: text } });
    expect(said('Maximum 100 requests per hour allowed. Try again in 420 seconds.')).toBe(420_000);
    expect(said('Try again in 1 second.')).toBe(1_000);
    expect(said('Try again in 10.2 seconds.')).toBe(10_200);
    expect(said('Maximum 100 requests per hour allowed.')).toBeUndefined();
    expect(waitOf({ status: 429, body: 'wait 30 seconds' })).toBe(30_000);
    expect(waitOf({ errors: [{ ...limited, message: 'wait 30 seconds' }] })).toBe(30_000);
    expect(waitOf({ close: { code: 4429, reason: 'wait 30 seconds' } })).toBe(30_000);
  });

  it('W1 standard headers go before the profile’s readers, which only throttling and 503 ask', () => {
    const body = 'wait 30 seconds';
    expect(waitOf({ status: 429, body, headers: { 'Retry-After': '2' } })).toBe(2_000);
    expect(waitOf({ status: 503, body })).toBe(30_000);
    expect(waitOf({ status: 500, body })).toBeUndefined();
    expect(waitOf({ status: 401, body })).toBeUndefined();
  });

  it('W3 of several entries the latest instant counts, and each keeps its own', () => {
    const entry = (seconds: number): object => ({
      message: 'x',
      extensions: { code: 'RATE_LIMITED', retryAfter: seconds },
    });
    const profile = reading({ extension: 'retryAfter' });
    const failure = classify({ errors: [entry(3), entry(8), entry(5)], now }, profile);
    expect(failure?.retryAt).toBe(now + 8_000);
    expect(failure?.all.map(({ retryAt }) => retryAt)).toEqual([
      now + 3_000,
      now + 8_000,
      now + 5_000,
    ]);
  });
});

describe('readers of a profile', () => {
  const headers = { 'X-Wait': String(now / 1_000 + 60) };

  it.each([
    [{ header: 'x-wait' }, { status: 429, headers }, 60_000],
    [{ header: 'X-WAIT', unit: 'epoch' }, { status: 429, headers }, 60_000],
    [
      { header: 'X-Wait', unit: 'milliseconds' },
      { status: 429, headers: { 'x-wait': '250.5' } },
      251,
    ],
    [{ header: 'X-Wait', unit: 'seconds' }, { status: 429, headers: { 'x-wait': '250' } }, 250_000],
    [{ header: 'X-Wait', unit: 'epoch' }, { status: 429, headers: { 'x-wait': '5' } }, undefined],
    [{ extension: 'ms', unit: 'milliseconds' }, { status: 429, body: { ms: 70 } }, 70],
    [{ extension: 'ms', unit: 'milliseconds' }, { status: 429, body: { ms: '70' } }, 70],
    [{ extension: 'ms' }, { status: 429, body: { ms: -70 } }, undefined],
    [{ extension: 'ms' }, { status: 429, body: { ms: {} } }, undefined],
    [{ text: /in (\d+) minutes/ }, { status: 429, body: 'in 5 minutes' }, 5_000],
    [{ text: /no group/ }, { status: 429, body: 'no group' }, undefined],
  ] as const)('W1 %o reads %o', (hint, signal, wait) => {
    expect(waitOf(signal, reading(hint))).toBe(wait);
  });

  it('W1 the first that finds something counts', () => {
    const profile = reading(
      { extension: 'none' },
      () => 5,
      () => 7,
    );
    expect(waitOf({ status: 429 }, profile)).toBe(5);
  });

  it.each([Number.NaN, -1, Infinity, '5', null, undefined])(
    'W5 the answer %s is ignored',
    (answer) => {
      const hint = (() => answer) as () => number;
      expect(waitOf({ status: 429 }, reading(hint))).toBeUndefined();
      expect(
        waitOf(
          { status: 429 },
          reading(hint, () => 0),
        ),
      ).toBe(0);
    },
  );

  it('R9 one that throws is passed over, and its error is the cause', () => {
    const problem = new Error('mine');
    const profile = reading(
      () => {
        throw problem;
      },
      () => 5,
    );
    expect(waitOf({ status: 429 }, profile)).toBe(5);
    expect(classify({ status: 429 }, profile)?.cause).toBe(problem);
  });

  it('W1 a pattern with the flag g or y reads every answer from its start', () => {
    for (const flags of ['g', 'y', 'gy']) {
      const profile = reading({ text: new RegExp('wait (\\d+)', flags) });
      for (let time = 0; time < 4; time += 1) {
        expect(waitOf({ status: 429, body: 'wait 5' }, profile)).toBe(5_000);
      }
    }
  });

  it('W1 a reader sees headers in any case, status, code and extensions', () => {
    const seen: unknown[] = [];
    const profile = reading(({ status, code, type, message, extensions, header }) => {
      seen.push([status, code, type, message, extensions['a'], header('X-A'), header('none')]);
      return undefined;
    });
    const entry = { message: 'm', extensions: { code: 'RATE_LIMITED', type: 't', a: 1 } };
    classify({ status: 200, errors: [entry], headers: { 'x-a': 'v' } }, profile);
    expect(seen).toEqual([[200, 'RATE_LIMITED', 't', 'm', 1, 'v', undefined]]);
  });
});

describe('W5 instants', () => {
  it('W5 stay within what a Date can hold', () => {
    const headers = { 'Retry-After': '9'.repeat(12) };
    expect(classify({ status: 429, headers, now })?.retryAt).toBeLessThanOrEqual(8.64e15);
    const far = reading(() => Number.MAX_SAFE_INTEGER);
    expect(classify({ status: 429, now }, far)?.retryAt).toBe(8.64e15);
  });

  it('W5 are finite for any header and any clock', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.double(),
        fc.constantFrom(429, 423, 503),
        (value, clock, status) => {
          const headers = { 'Retry-After': value, 'X-RateLimit-Reset': value, Date: value };
          const retryAt = classify({ status, headers, now: clock })?.retryAt;
          expect(retryAt === undefined || Number.isFinite(retryAt)).toBe(true);
        },
      ),
    );
  });
});
