import { describe, expect, it } from 'vitest';
import * as fc from '../../../../tests/properties.ts';
import type { HeadersLike } from '../../src/base/operation.ts';
import { headerReader as reader } from '../../src/base/property.ts';

const hostile = (thrower: object): HeadersLike => thrower as HeadersLike;

describe('header fields', () => {
  const forms: readonly (readonly [string, HeadersLike])[] = [
    ['Headers', new Headers({ 'Retry-After': '2' })],
    ['a record', { 'Retry-After': '2' }],
    ['an upper-case record', { 'RETRY-AFTER': '2' }],
    ['pairs', [['ReTrY-aFtEr', '2']]],
    ['a Map', new Map([['Retry-After', '2']])],
    ['entries', new Headers({ 'Retry-After': '2' }).entries()],
    [
      'a generator',
      (function* () {
        yield ['Retry-After', '2'] as const;
      })(),
    ],
  ];
  for (const [form, headers] of forms) {
    it(`F1 ${form} is read in any case, and again`, () => {
      const header = reader(headers);
      expect(header('retry-after')).toBe('2');
      expect(header('Retry-After')).toBe('2');
      expect(header('retry-after')).toBe('2');
      expect(header('retry')).toBeUndefined();
    });
  }

  it('F1 lines of one name are joined as Headers joins them', () => {
    expect(
      reader([
        ['A', '2'],
        ['a', '7'],
      ])('a'),
    ).toBe('2, 7');
    expect(reader(hostile({ a: ['2', '7'] }))('a')).toBe('2, 7');
    const joined = new Headers();
    joined.append('a', '2');
    joined.append('a', '7');
    expect(reader(joined)('a')).toBe('2, 7');
  });

  it('F1 a number is a value, anything else is not', () => {
    const header = reader(hostile({ a: 5, b: null, c: {}, d: Symbol('x'), e: [] }));
    expect(header('a')).toBe('5');
    for (const name of ['b', 'c', 'd', 'e']) expect(header(name)).toBeUndefined();
  });

  it('F1 names that objects have of themselves are no fields', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'get']) {
      expect(reader({ a: '1' })(name)).toBeUndefined();
      expect(reader([['a', '1']])(name)).toBeUndefined();
    }
    expect(reader({ get: 'x' })('get')).toBe('x');
  });

  it('F1 what throws is not there', () => {
    const boom = (): never => {
      throw new Error('boom');
    };
    expect(reader(hostile({ get: boom }))('a')).toBeUndefined();
    expect(
      reader(
        hostile({
          get a() {
            return boom();
          },
          b: '1',
        }),
      )('b'),
    ).toBe('1');
    expect(reader(hostile(new Proxy({}, { get: boom, ownKeys: boom })))('a')).toBeUndefined();
    expect(reader(new Headers())('not a name\n')).toBeUndefined();
    const breaking = (function* () {
      yield ['a', '1'] as const;
      boom();
    })();
    expect(reader(breaking)('a')).toBe('1');
  });

  it('X4 an endless iterable ends', () => {
    let asked = 0;
    const endless: HeadersLike = {
      *[Symbol.iterator]() {
        for (;;) yield [`n${(asked += 1)}`, '1'] as const;
      },
    };
    expect(reader(endless)('n1')).toBe('1');
    expect(asked).toBeLessThan(1_010);
  });

  it('W8 a form with a get of its own is not copied', () => {
    let iterated = false;
    const headers = {
      get: (name: string): string | null => (name === 'a' ? '1' : null),
      *[Symbol.iterator](): Generator<readonly [string, string]> {
        iterated = true;
        yield ['a', '1'];
      },
    };
    expect(reader(headers)('a')).toBe('1');
    expect(reader(headers)('b')).toBeUndefined();
    expect(iterated).toBe(false);
  });

  it('F1 anything may stand in place of headers', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (headers, name) => {
        const value = reader(headers as HeadersLike)(name);
        expect(value === undefined || typeof value === 'string').toBe(true);
      }),
    );
  });
});
