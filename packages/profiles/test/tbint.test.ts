import { describe, expect, it } from 'vitest';
import { classify } from '@holdfast/core';
import { tbint } from '../src/tbint.ts';

const coded = (extensions: object): object => ({
  status: 200,
  errors: [{ message: 'x', extensions }],
});

describe('TBInt', () => {
  it('T10 its token lives 30 minutes and travels bare, in a header of its own', () => {
    const { auth } = tbint;
    expect(auth?.lifetime).toBe(30 * 60_000);
    expect(auth?.headers?.({ accessToken: 'abc' })).toEqual({ accessToken: 'abc' });
  });

  it('F5 423 is its rate limit', () => {
    expect(classify({ status: 423 }, tbint)).toMatchObject({
      kind: 'rate_limited',
      retryable: true,
      executed: false,
    });
    expect(classify({ status: 429 }, tbint)?.kind).toBe('rate_limited');
  });

  it('F9 a 403 may be a dead token, and proves that nothing ran', () => {
    const expected = { kind: 'forbidden', freshToken: true, executed: false, retryable: false };
    expect(classify({ status: 403 }, tbint)).toMatchObject(expected);
    expect(classify(coded({ code: '403' }), tbint)).toMatchObject(expected);
  });

  it('F2 the type of an error goes before its number', () => {
    expect(classify(coded({ type: 'field_not_found', code: '404' }), tbint)?.kind).toBe(
      'bad_input',
    );
    expect(classify(coded({ type: 'else', code: '404' }), tbint)?.kind).toBe('not_found');
    expect(classify(coded({ type: 'else', code: '500' }), tbint)?.kind).toBe('server_error');
  });

  it('F10 advice follows its documentation', () => {
    expect(tbint.advice?.outcomeUnknown).toMatch(/orderByExtOrderId/);
    expect(classify({ status: 500 }, tbint)?.advice).toMatch(/temporary/);
    expect(classify({ status: 423 }, tbint)?.advice).toMatch(/423/);
  });
});
