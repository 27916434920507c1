import { describe, expect, it } from 'vitest';
import * as fc from '../../../../tests/properties.ts';
import type { Failure } from '../../src/base/failure.ts';
import { ownFailure } from '../../src/base/failure.ts';
import { redacted } from '../../src/failure/redact.ts';

const failure = (message: string, more: Partial<Failure> = {}): Failure =>
  ownFailure({ kind: 'unknown', source: 'graphql', message, code: 'NOT_FOUND', ...more });
const SECRET = 's3cret/token+of&some-length';

describe('what a server repeats of our secrets', () => {
  it('F11 is taken out of message, code, type, docsUrl, path and every entry', () => {
    const told = failure(`no ${SECRET} here`, {
      code: SECRET,
      type: `x ${SECRET}`,
      docsUrl: `https://x/?t=${encodeURIComponent(SECRET)}`,
      path: ['a', SECRET, 0],
    });
    const clean = redacted(told, [SECRET]);
    expect(JSON.stringify(clean)).not.toContain('s3cret');
    expect(clean).toMatchObject({
      message: 'no [redacted] here',
      code: '[redacted]',
      docsUrl: 'https://x/?t=[redacted]',
      path: ['a', '[redacted]', 0],
    });
    expect(clean.all).toMatchObject([
      { message: 'no [redacted] here', path: ['a', '[redacted]', 0] },
    ]);
  });

  it.each([
    ['', ''],
    ['user:', ''],
    ['ab', 'yz'],
    ['a', ':b'],
  ])('X3b is taken out of base64, with %j before and %j after it', (before, after) => {
    for (const form of ['base64', 'base64url'] as const) {
      const encoded = Buffer.from(before + SECRET + after).toString(form);
      const said = redacted(failure(`Basic ${encoded} refused`), [SECRET]).message;
      expect(said).toContain('[redacted]');
      // What is left decides none of its bytes but for part of the last one.
      expect(said.length).toBeLessThan('Basic [redacted] refused'.length + 14);
    }
  });

  it.each(['base64', 'base64url'] as const)(
    'X3b nothing that is left of %s tells of it: not the digits beside it, nor the padding',
    (form) => {
      // Of signs that differ: base64 of a row of equal ones looks the same wherever it begins.
      const secret = fc
        .shuffledSubarray([...'aZ09+/-._~=bcdefgh'], { minLength: 16, maxLength: 18 })
        .map((signs) => signs.join(''));
      const beside = fc.constantFrom('', 'u', 'us', 'use', 'user:', 'é');
      const left = (before: string, one: string, after: string, isPadded: boolean): string => {
        const encoded = Buffer.from(before + one + after).toString(form);
        const told = `Basic ${isPadded ? encoded : encoded.replace(/=+$/, '')} refused`;
        return redacted(failure(told), [one]).message;
      };
      fc.assert(
        fc.property(secret, beside, beside, fc.boolean(), (one, before, after, isPadded) => {
          const other = [...one].reverse().join('');
          const said = left(before, one, after, isPadded);
          expect(said).toContain('[redacted]');
          expect(said).toBe(left(before, other, after, isPadded));
        }),
      );
    },
  );

  it.each([0, 1, 2])('X3b nor where base64 was cut within it, %i bytes behind others', (before) => {
    const encoded = Buffer.from('user:'.slice(0, before) + SECRET).toString('base64');
    for (const length of [14, 20, 26]) {
      const said = redacted(failure(`no ${encoded.slice(0, length)}…`), [SECRET]).message;
      expect(said).toMatch(new RegExp(`^no .{${before}}\\[redacted\\]…$`));
    }
  });

  it('X3b is taken out of header values too, without what stands around it', () => {
    const { message } = redacted(failure('no hE+ad/er-Va.lue, said the Token'), [
      'Token sig="hE+ad/er-Va.lue==", v=1',
    ]);
    expect(message).toBe('no [redacted], said the Token');
  });

  it('X3b is taken out of causes, ours and those of callbacks', () => {
    const problem = new TypeError(`mine ${SECRET}`, { cause: new Error(SECRET) });
    const clean = redacted(failure('x', { cause: problem }), [SECRET]);
    expect(clean.cause).toMatchObject({ name: 'TypeError', message: 'mine [redacted]' });
    expect((clean.cause as Error).cause).toMatchObject({ message: '[redacted]' });
    expect(problem.message).toContain(SECRET);
    const refresh = redacted(failure('x', { cause: failure(SECRET) }), [SECRET]);
    expect(refresh.cause).toMatchObject({
      message: '[redacted]',
      all: [{ message: '[redacted]' }],
    });
    const innocent = new Error('innocent');
    expect(redacted(failure(SECRET, { cause: innocent }), [SECRET]).cause).toBe(innocent);
    const circle = new Error('x');
    circle.cause = circle;
    expect(redacted(failure('x', { cause: circle }), [SECRET]).cause).toBe(circle);
  });

  it('F11 is taken out too where the text was cut within it', () => {
    const cut = `no ${SECRET.slice(0, 12)}`;
    expect(redacted(failure(cut), [SECRET]).message).toBe('no [redacted]');
    expect(redacted(failure(`${cut}…`), [SECRET]).message).toBe('no [redacted]…');
  });

  it.each(['T', 'old', 'expired', 'token'])(
    'F11 words are words, also where a token happens to be %j',
    (secret) => {
      const told = failure('The old token has expired, Tom', { code: 'TOKEN_EXPIRED' });
      expect(redacted(told, [secret])).toBe(told);
    },
  );

  it.each([
    [
      'Variable "$card" got invalid value "4111 1111" at "card.number"; Expected type "Int".',
      'Variable "$card" got invalid value [redacted] at "card.number"; Expected type "Int".',
    ],
    [
      'Variable "$a" got invalid value { pin: "12; 34" }; Field "x" is not defined by type "A".',
      'Variable "$a" got invalid value [redacted]; Field "x" is not defined by type "A".',
    ],
    [
      'Variable "$n" got invalid value "s3"; Int cannot represent non-integer value: "s3"',
      'Variable "$n" got invalid value [redacted]',
    ],
  ])('X3b a value that GraphQL refuses is not repeated: %s', (message, expected) => {
    expect(redacted(failure(message), []).message).toBe(expected);
    expect(redacted(failure(message), []).all[0]?.message).toBe(expected);
  });
});
