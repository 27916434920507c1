import { describe, expect, it } from 'vitest';
import type { Match, Profile, Rule } from '../../src/failure/profile.ts';
import type { Signal } from '../../src/base/operation.ts';
import { classify } from '../../src/failure/classify.ts';
import { defineProfile } from '../../src/failure/profile.ts';

const entry = { message: 'Down for maintenance', extensions: { code: 'X_1', type: 'Odd' } };
const shop = (...rules: readonly Rule[]): Profile => defineProfile({ name: 'shop', rules });
const matching = (when: Match, signal: Signal): boolean =>
  classify(signal, shop({ when, then: 'locked' }))?.kind === 'locked';

describe('rules', () => {
  const signal: Signal = { status: 503, errors: [entry], headers: { 'X-Region': 'north-1' } };

  it.each([
    { status: 503 },
    { status: [500, 503] },
    { code: 'x_1' },
    { code: ['A', 'X_1'] },
    { type: 'ODD' },
    { message: /maintenance/ },
    { header: { 'x-region': true } },
    { header: { 'X-REGION': 'north-1' } },
    { header: { 'x-region': /^north/, 'X-Region': true } },
    { test: ({ code, message }) => code === 'X_1' && message.startsWith('Down') },
    { status: 503, code: 'X_1', type: 'Odd', message: /^Down/ },
  ] satisfies Match[])('F2 %o matches', (when) => {
    expect(matching(when, signal)).toBe(true);
  });

  it.each([
    { status: 500 },
    { code: 'X_2' },
    { type: ['Even'] },
    { message: /Maintenance/ },
    { header: { 'x-region': 'NORTH-1' } },
    { header: { 'x-other': true } },
    { header: { 'x-region': /south/ } },
    { test: () => false },
    { test: (() => 'yes') as unknown as () => boolean },
    { status: 503, code: 'X_2' },
  ] satisfies Match[])('F2 %o does not', (when) => {
    expect(matching(when, signal)).toBe(false);
  });

  it('F2 the first rule that matches goes before every table', () => {
    const profile = defineProfile({
      name: 'shop',
      rules: [
        { when: { code: 'NOT_FOUND' }, then: 'conflict' },
        { when: { code: 'NOT_FOUND' }, then: 'locked' },
      ],
      codes: { NOT_FOUND: 'forbidden' },
    });
    const errors = [{ message: 'x', extensions: { code: 'NOT_FOUND' } }];
    expect(classify({ errors }, profile)?.kind).toBe('conflict');
  });

  it('F2 a rule sees bodies, transport codes and close codes too', () => {
    expect(matching({ message: /portal/ }, { status: 200, body: '<html>portal' })).toBe(true);
    expect(matching({ message: /nested/ }, { status: 400, body: '{"a":"nested"}' })).toBe(true);
    expect(
      matching(
        { test: ({ extensions }) => extensions['a'] === 1 },
        { status: 400, body: { a: 1 } },
      ),
    ).toBe(true);
    expect(matching({ type: 'about:quota' }, { status: 400, body: { type: 'about:quota' } })).toBe(
      true,
    );
    expect(matching({ code: 'invalid_grant' }, { body: { error: 'invalid_grant' } })).toBe(true);
    const error = Object.assign(new Error('x'), { code: 'ECONNRESET' });
    expect(matching({ code: 'ECONNRESET' }, { error })).toBe(true);
    expect(matching({ message: /^odd$/ }, { error: new Error('odd') })).toBe(true);
    expect(matching({ code: '4123' }, { close: { code: 4123 } })).toBe(true);
    expect(matching({ message: /gone/ }, { close: { code: 4123, reason: 'gone' } })).toBe(true);
  });

  it('F8 no rule makes an abort anything else', () => {
    expect(matching({ test: () => true }, { error: new DOMException('x', 'AbortError') })).toBe(
      false,
    );
  });

  it('F5 no rule looks at a healthy answer', () => {
    const profile = shop({ when: { test: () => true }, then: 'locked' });
    expect(classify({ status: 200, data: {} }, profile)).toBeUndefined();
    expect(classify({ status: 200, body: { data: {} } }, profile)).toBeUndefined();
  });

  it('T17 a rule knows better than a challenge', () => {
    const headers = { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' };
    const profile = shop({ when: { status: 401 }, then: 'unauthenticated' });
    expect(classify({ status: 401, headers }, profile)?.kind).toBe('unauthenticated');
  });

  it('R9 a test that throws does not match, and its error is the cause', () => {
    const problem = new Error('mine');
    const test = (): never => {
      throw problem;
    };
    const profile = shop({ when: { test }, then: 'locked' });
    expect(classify({ status: 404 }, profile)).toMatchObject({ kind: 'not_found', cause: problem });
    expect(classify({ errors: [entry] }, profile)).toMatchObject({
      kind: 'unknown',
      cause: problem,
    });
  });

  it('F1 a pattern with the flag g or y matches every time', () => {
    for (const flags of ['g', 'y']) {
      const message = new RegExp('Down', flags);
      const header = { 'x-region': new RegExp('north', flags) };
      for (let time = 0; time < 4; time += 1) {
        expect(matching({ message, header }, signal)).toBe(true);
      }
    }
  });

  it('F2 numeric codes are read by rules as that status', () => {
    const errors = [{ message: 'x', extensions: { code: '503' } }];
    expect(matching({ status: 503 }, { status: 200, errors })).toBe(true);
    expect(matching({ status: 503 }, { status: 503, errors: [entry] })).toBe(true);
  });
});

describe('verdicts', () => {
  it('F2 null is no failure: of an entry, or of a status', () => {
    const profile = defineProfile({
      name: 'shop',
      codes: { WARNING: null },
      words: { pending: null },
      statuses: { 404: null },
    });
    const typed = defineProfile({ name: 'shop', types: { HINT: null } });
    const hint = { message: 'h', extensions: { type: 'hint', code: 'FORBIDDEN' } };
    expect(classify({ status: 200, errors: [hint], data: {} }, typed)).toBeUndefined();
    const warning = { message: 'w', extensions: { code: 'warning' } };
    expect(classify({ status: 200, errors: [warning], data: {} }, profile)).toBeUndefined();
    expect(classify({ status: 500, errors: [warning] }, profile)).toBeUndefined();
    const failure = classify({ status: 200, errors: [warning, entry], data: {} }, profile);
    expect(failure).toMatchObject({ kind: 'unknown', code: 'X_1' });
    expect(failure?.all).toHaveLength(1);
    expect(classify({ status: 404 }, profile)).toBeUndefined();
    expect(classify({ status: 404, errors: [entry] }, profile)?.kind).toBe('unknown');
    expect(classify({ status: 400, body: { error: 'pending' } }, profile)).toBeUndefined();
    expect(classify({ status: 405 }, profile)?.kind).toBe('bad_input');
  });

  it('F9 F10 what a verdict says goes before what follows from its kind', () => {
    const profile = defineProfile({
      name: 'shop',
      statuses: {
        403: {
          kind: 'forbidden',
          freshToken: true,
          executed: false,
          retryable: true,
          advice: 'Ask.',
        },
        401: { kind: 'unauthenticated', freshToken: false },
      },
      advice: { forbidden: 'Beg.' },
    });
    expect(classify({ status: 403 }, profile)).toMatchObject({
      freshToken: true,
      executed: false,
      retryable: true,
      advice: 'Ask.',
    });
    expect(classify({ status: 403, data: {} }, profile)?.executed).toBeUndefined();
    expect(classify({ status: 402 }, profile)?.advice).toBe('Beg.');
    expect(classify({ status: 401 }, profile)?.freshToken).toBe(false);
  });

  it('F3 the deciding entry says whether a fresh token helps', () => {
    const profile = defineProfile({
      name: 'shop',
      codes: { STALE: { kind: 'forbidden', freshToken: true } },
    });
    const stale = { message: 'x', extensions: { code: 'STALE' } };
    const missing = { message: 'x', extensions: { code: 'NOT_FOUND' } };
    const down = { message: 'x', extensions: { code: 'SERVICE_UNAVAILABLE' } };
    expect(classify({ errors: [missing, stale] }, profile)?.freshToken).toBe(true);
    expect(classify({ errors: [down, stale] }, profile)?.freshToken).toBe(false);
  });

  it('F5 a class covers what no single status does', () => {
    const profile = defineProfile({ name: 'shop', statuses: { '5xx': 'conflict', 503: 'locked' } });
    expect(classify({ status: 500 }, profile)?.kind).toBe('conflict');
    expect(classify({ status: 502 }, profile)?.kind).toBe('conflict');
    expect(classify({ status: 503 }, profile)?.kind).toBe('locked');
    expect(classify({ status: 404 }, profile)?.kind).toBe('not_found');
  });

  it('F11 a profile names the keys of extensions', () => {
    const profile = defineProfile({
      name: 'shop',
      keys: { code: 'errorCode', type: 'category', docsUrl: 'help' },
      types: { sleepy: 'unavailable' },
    });
    const sleepy = {
      message: 'x',
      extensions: { errorCode: 'E1', category: 'sleepy', help: 'https://x' },
    };
    expect(classify({ errors: [sleepy] }, profile)).toMatchObject({
      kind: 'unavailable',
      code: 'E1',
      type: 'sleepy',
      docsUrl: 'https://x',
    });
  });
});
