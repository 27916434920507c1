import { describe, expect, it } from 'vitest';
import * as fc from '../../../../tests/properties.ts';
import { waitHint } from '../../src/failure/hint.ts';

const rateLimitWait = (ratelimit: string | undefined): number | undefined =>
  waitHint(ratelimit === undefined ? {} : { ratelimit }, 0);

describe('the RateLimit field', () => {
  it.each([
    ['"default";r=0;t=30', 30_000],
    ['"default"; r=0; t=30', 30_000],
    ['default;r=0;t=30', 30_000],
    ['"default";t=30;r=0;pk=:cHsdsRa894==:', 30_000],
    ['"a";r=0;t=0', 0],
    ['"hour";r=0;t=60, "day";r=0;t=3600', 3_600_000],
    ['"hour";r=0;t=60,"day";r=12;t=3600', 60_000],
    ['"a";r=0;t=5;pk=:QQ==:, "a";r=0;t=9;pk=:Qg==:', 9_000],
    ['"with, comma; and \\"quotes\\"";r=0;t=7', 7_000],
    ['limit=100, remaining=0, reset=30', 30_000],
    ['limit=100;w=60, remaining=0, reset=0', 0],
    ['remaining=0,reset=12', 12_000],
  ])('W1 %j names a wait', (field, wait) => {
    expect(rateLimitWait(field)).toBe(wait);
  });

  it.each([
    '"default";r=5;t=30',
    '"default";r=0',
    '"default";t=30',
    '"default";r="0";t=30',
    '"default";r=0;t=-30',
    '"default";r=0;t=1.5',
    '"default";r=0;t="30"',
    'limit=100, remaining=3, reset=30',
    'limit=100, remaining=0',
    'limit=100, reset=30',
    '100;w=60',
    '0',
    '',
    ' ',
  ])('W1 %j names none', (field) => {
    expect(rateLimitWait(field)).toBeUndefined();
  });

  it.each([
    '"default;r=0;t=30',
    '"default";r=0;t=30,',
    '"default";r=0;;t=30',
    '"default";r=0;T=30',
    '"default" r=0;t=30',
    '"default";r=;t=30',
    'remaining=0, reset=',
    '"default";r=0;t=30 nonsense',
    ', "default";r=0;t=30',
    'ünïcode;r=0;t=30',
  ])('W1 the malformed %j is ignored whole', (field) => {
    expect(rateLimitWait(field)).toBeUndefined();
  });

  it('W1 an absent field names none', () => {
    expect(rateLimitWait(undefined)).toBeUndefined();
  });

  it('X4 a field beyond 8 KiB is not read', () => {
    expect(rateLimitWait(`"a";r=0;t=30, ${'b, '.repeat(4_000)}"c";r=0;t=1`)).toBeUndefined();
    const many = Array.from({ length: 300 }, (_, t) => `"q";r=0;t=${t}`).join(', ');
    expect(rateLimitWait(many)).toBe(299_000);
  });

  it('F1 any text is a wait or nothing', () => {
    const piece = fc.constantFrom(
      '"a"',
      ';',
      'r=0',
      't=',
      '30',
      ',',
      ' ',
      '=',
      ':QQ==:',
      '\\',
      '?1',
    );
    const anything = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(anything, (field) => {
        const wait = rateLimitWait(field);
        expect(wait === undefined || (Number.isSafeInteger(wait) && wait >= 0)).toBe(true);
      }),
    );
  });
});
