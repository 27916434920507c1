import { describe, expect, it } from 'vitest';
import * as fc from '../../../../tests/properties.ts';
import type { Profile } from '../../src/failure/profile.ts';
import type { HeadersLike, Signal } from '../../src/base/operation.ts';
import { breeze } from '../../../profiles/src/breeze.ts';
import { graphqlOverHttp } from '../../src/failure/default-profile.ts';
import { defineProfile } from '../../src/failure/profile.ts';
import { compiled } from '../../src/failure/profile.ts';

const now = 1_767_225_600_000;
const exhausted = (signal: Signal, profile: Profile): number | undefined =>
  compiled(profile).quota(signal, now);
const left = (headers: HeadersLike, profile: Profile = graphqlOverHttp): number | undefined =>
  exhausted({ status: 200, data: {}, headers, now }, profile);

describe('what a healthy answer says of the quota', () => {
  it('W8 RateLimit with r=0 closes until t, whatever the profile', () => {
    expect(left({ RateLimit: '"a";r=0;t=30' })).toBe(30_000);
    expect(left({ RateLimit: '"a";r=1;t=30' })).toBeUndefined();
    expect(left({ ratelimit: 'limit=10, remaining=0, reset=5' })).toBe(5_000);
  });

  it('W8 X-RateLimit-Remaining counts where the profile trusts it', () => {
    const headers = { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(now / 1_000 + 60) };
    expect(left(headers, breeze)).toBe(60_000);
    expect(left(new Headers(headers), breeze)).toBe(60_000);
    expect(left(headers)).toBeUndefined();
    expect(left({ ...headers, 'X-RateLimit-Remaining': '1' }, breeze)).toBeUndefined();
    expect(left({ ...headers, 'X-RateLimit-Remaining': 'none' }, breeze)).toBeUndefined();
    expect(left({ 'X-RateLimit-Remaining': '0' }, breeze)).toBeUndefined();
  });

  it('W8 Retry-After and a reset alone say nothing of the quota', () => {
    expect(left({ 'Retry-After': '9', 'X-RateLimit-Reset': '9' }, breeze)).toBeUndefined();
  });

  it('W8 of several the longest wait counts', () => {
    const two = defineProfile({
      name: 'two',
      quota: [
        { remaining: 'minute-left', reset: 'minute-reset', unit: 'milliseconds' },
        { remaining: 'day-left', reset: 'day-reset', unit: 'seconds' },
      ],
    });
    const headers = {
      'minute-left': '0',
      'minute-reset': '500',
      'day-left': '0.0',
      'day-reset': '9',
    };
    expect(left(headers, two)).toBe(9_000);
    expect(left({ ...headers, RateLimit: '"a";r=0;t=30' }, two)).toBe(30_000);
    expect(left({ ...headers, 'day-left': '4' }, two)).toBe(500);
  });

  it('W6 a reset is measured against the answer’s Date', () => {
    const reset = String(now / 1_000 + 3_660);
    const told = new Date(now + 3_600_000).toUTCString();
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset, Date: told };
    expect(left(headers, breeze)).toBe(60_000);
  });

  it('W8 a stored answer tells of a quota that was', () => {
    expect(left({ RateLimit: '"a";r=0;t=30', Age: '12' })).toBeUndefined();
    expect(left({ RateLimit: '"a";r=0;t=30', Age: '0' })).toBe(30_000);
  });

  it('W8 it asks Headers for two names only while something is left', () => {
    const asked: string[] = [];
    const headers = {
      get: (name: string): string | null => {
        asked.push(name);
        return name === 'x-ratelimit-remaining' ? '5' : null;
      },
    };
    expect(left(headers as unknown as Headers, breeze)).toBeUndefined();
    expect(asked).toEqual(['ratelimit', 'x-ratelimit-remaining']);
  });

  it('W8 without headers nothing is said', () => {
    expect(exhausted({ data: {} }, breeze)).toBeUndefined();
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '5' };
    expect(exhausted({ headers }, breeze)).toBe(5_000);
  });

  it('F1 nothing makes it throw', () => {
    const boom = new Proxy(
      {},
      {
        get: () => {
          throw new Error('boom');
        },
      },
    );
    expect(exhausted(boom as Signal, breeze)).toBeUndefined();
    expect(exhausted({ headers: boom as HeadersLike }, breeze)).toBeUndefined();
    fc.assert(
      fc.property(fc.anything(), (signal) => {
        const wait = exhausted(signal as Signal, breeze);
        expect(wait === undefined || wait >= 0).toBe(true);
      }),
    );
  });
});
