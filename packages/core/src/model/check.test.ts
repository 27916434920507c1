import { expect, it } from 'vitest';
import { isNumber, oneOrMore, orFalse, isText, shape } from './check.ts';

it.each([
  [isNumber('number', 'above', 0), [1, Infinity], [0, -1, Number.NaN, '1']],
  [isNumber('number', 'of at least', 0), [0, Infinity], [-1, Number.NaN]],
  [isNumber('finite number', 'of at least', 1), [1, 1.5], [0.5, Infinity, Number.NaN]],
  [isNumber('whole number', 'of at least', 0), [0, 3], [1.5, Infinity, -1]],
  [oneOrMore(isText), ['a', ['a', 'b']], ['', [], ['a', ''], 5]],
  [orFalse(shape({ a: isText })), [false, {}, { a: 'x' }], [true, null, { a: 1 }, { b: 'x' }]],
] as const)('X5 check %#', (check, good, bad) => {
  for (const value of good) expect(check(value, 'x')).toBeUndefined();
  for (const value of bad) expect(check(value, 'x')).toMatch(/^x\S* (?:must be|is no option)/);
});
