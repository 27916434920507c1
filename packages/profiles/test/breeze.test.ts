import { describe, expect, it } from 'vitest';
import { classify } from '@holdfast/core';
import { breeze } from '../src/breeze.ts';

const now = 1_767_225_600_000;

describe('Breeze', () => {
  it('T10 its tokens live an hour and are renewed five minutes ahead', () => {
    expect(breeze.auth).toMatchObject({ lifetime: 3_600_000, refreshAhead: 300_000 });
  });

  it('F10 advice follows its documentation', () => {
    const said = (signal: object): string | undefined => classify(signal, breeze)?.advice;
    expect(said({ status: 403 })).toMatch(/roles of the user account that the client acts as/);
    expect(said({ status: 429 })).toMatch(/X-RateLimit-Reset/);
    expect(said({ status: 500 })).toMatch(/backoff; .*contact support/);
    expect(said({ status: 404 })).toMatch(/Check the ID/);
    expect(said({ status: 400 })).toMatch(/arguments/);
    expect(said({ body: { error: 'invalid_client' } })).toMatch(/secret.*expired/);
    expect(said({ body: { error: 'unsupported_grant_type' } })).toMatch(/client_credentials/);
    expect(breeze.advice?.outcomeUnknown).toMatch(/external_id/);
  });

  it('T7 an expired client is final: no fresh token cures it', () => {
    const body = { error: 'invalid_client', error_description: 'Client has expired' };
    expect(classify({ status: 401, body }, breeze)).toMatchObject({
      kind: 'unauthenticated',
      source: 'token-endpoint',
      freshToken: false,
      retryable: false,
      message: 'Client has expired',
    });
  });

  it('W1 a 500 does not wait for the reset that every answer has', () => {
    const headers = {
      'X-RateLimit-Limit': '3600',
      'X-RateLimit-Remaining': '3599',
      'X-RateLimit-Reset': String(now / 1_000 + 3_600),
    };
    expect(classify({ status: 500, headers, now }, breeze)).not.toHaveProperty('retryAt');
    expect(classify({ status: 429, headers, now }, breeze)?.retryAt).toBe(now + 3_600_000);
  });

  it('W1 a reset in milliseconds is understood, one gone by is not believed', () => {
    const limited = (reset: number): number | undefined =>
      classify({ status: 429, headers: { 'X-RateLimit-Reset': String(reset) }, now }, breeze)
        ?.retryAt;
    expect(limited(now + 60_000)).toBe(now + 60_000);
    expect(limited(now / 1_000 - 60)).toBeUndefined();
  });
});
