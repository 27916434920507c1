import { describe, expect, it } from 'vitest';
import * as fc from '../../../../tests/properties.ts';
import { waitHint } from '../../src/failure/hint.ts';

const now = 1_767_225_600_000;
const at = (ms: number): string => new Date(now + ms).toUTCString();
const after = (value: string): number | undefined => waitHint({ 'Retry-After': value }, now);

describe('Retry-After', () => {
  it.each([
    ['2', 2_000],
    ['0', 0],
    ['007', 7_000],
    [' 2 ', 2_000],
    ['2.0', 2_000],
    ['1.5', 2_000],
    ['0.001', 1_000],
    ['1.00000000000000001', 2_000],
    ['9999999', 9_999_999_000],
    [at(10_000), 10_000],
    [at(-10_000), 0],
  ])('W2 %j is a wait', (value, wait) => {
    expect(after(value)).toBe(wait);
  });

  it.each(['9'.repeat(17), '9'.repeat(64)])('W2 W3 %j is no reason to ask again', (value) => {
    expect(waitHint({ 'retry-after': value }, now)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([
    '-5',
    '+5',
    '0x10',
    '1e3',
    '2, 7',
    '2,7',
    '2;',
    '2.',
    '.5',
    '1.2.3',
    '1 2',
    '',
    ' ',
    'soon',
    'NaN',
    'Infinity',
    '٢',
    '2026-01-01T00:00:10Z',
    '2026-01-01',
    '9'.repeat(400),
    `2${' '.repeat(100)}`,
  ])('W2 %j is ignored', (value) => {
    expect(after(value)).toBeUndefined();
  });

  it('W2 an asctime date is read as UTC', () => {
    expect(after('Thu Jan  1 00:00:10 2026')).toBe(10_000);
  });

  it('W5 every answer is a finite wait from 0 up', () => {
    const value = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[0-9.,eExX +-]{0,20}$/),
      fc.double().map(String),
    );
    const name = fc.constantFrom(
      'retry-after',
      'ratelimit',
      'ratelimit-reset',
      'x-ratelimit-reset',
      'x-rate-limit-reset',
      'date',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), fc.integer(), (headers, clock) => {
        const wait = waitHint(headers, clock);
        expect(wait === undefined || (wait >= 0 && wait <= Number.MAX_SAFE_INTEGER)).toBe(true);
      }),
    );
  });
});

describe('the order of hints', () => {
  const all: readonly (readonly [string, string])[] = [
    ['Retry-After', '1'],
    ['RateLimit', '"a";r=0;t=2'],
    ['RateLimit-Reset', '3'],
    ['X-RateLimit-Reset', '4'],
    ['X-Rate-Limit-Reset', '5'],
  ];
  for (const [index, [name]] of all.entries()) {
    it(`W1 ${name} goes before what follows it`, () => {
      expect(waitHint(all.slice(index).reverse(), now)).toBe((index + 1) * 1_000);
    });

    it(`W1 an unreadable ${name} leaves the next one to say`, () => {
      const headers = [[name, '-1'] as const, ...all.slice(index + 1)];
      expect(waitHint(headers, now)).toBe(index === 4 ? undefined : (index + 2) * 1_000);
    });
  }

  it('W1 RateLimit with something left is no hint', () => {
    expect(waitHint({ RateLimit: '"a";r=3;t=2' }, now)).toBeUndefined();
    expect(waitHint({ RateLimit: '"a";r=3;t=2', 'RateLimit-Reset': '9' }, now)).toBe(9_000);
  });

  it('W1 no headers, no hint', () => {
    expect(waitHint({}, now)).toBeUndefined();
    expect(waitHint(undefined as never, now)).toBeUndefined();
  });
});

describe('resets', () => {
  const reset = (value: string, more: Record<string, string> = {}): number | undefined =>
    waitHint({ 'X-RateLimit-Reset': value, ...more }, now);

  it.each([
    ['30', 30_000],
    ['30.5', 30_500],
    ['0', 0],
    ['1000000000', 1e12],
    [String(now / 1_000 + 60), 60_000],
    [String(now / 1_000 + 60.25), 60_250],
    [String(now + 60_000), 60_000],
    [String(now), 0],
  ])('W1 %j is told by its size', (value, wait) => {
    expect(reset(value)).toBe(wait);
  });

  it('W1 an epoch gone by is no hint', () => {
    expect(reset(String(now / 1_000 - 1))).toBeUndefined();
    expect(reset(String(now - 1))).toBeUndefined();
    expect(reset('1000000001')).toBeUndefined();
  });

  it.each(['-30', '0x10', '1e3', '3, 7', '', 'soon', '9'.repeat(400), at(1_000)])(
    'W1 the reset %j is ignored',
    (value) => {
      expect(reset(value)).toBeUndefined();
    },
  );

  it('W6 an epoch is measured against the answer’s Date', () => {
    const hour = 3_600_000;
    const server = now + hour;
    const told = { Date: at(hour) };
    expect(reset(String(server / 1_000 + 60), told)).toBe(60_000);
    expect(reset(String(server + 60_000), told)).toBe(60_000);
    expect(waitHint({ 'Retry-After': at(hour + 60_000), ...told }, now)).toBe(60_000);
  });

  it('W6 a relative wait needs no clock', () => {
    expect(reset('30', { Date: at(3_600_000) })).toBe(30_000);
    expect(waitHint({ 'Retry-After': '5', Date: at(3_600_000) }, now)).toBe(5_000);
  });

  it('W6 an unreadable Date is not believed', () => {
    expect(reset(String(now / 1_000 + 60), { Date: '2026-01-01T01:00:00Z' })).toBe(60_000);
  });
});
