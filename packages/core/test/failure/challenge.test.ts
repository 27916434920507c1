import { describe, expect, it } from 'vitest';
import * as fc from '../../../../tests/properties.ts';
import { challengeError } from '../../src/failure/classify.ts';

describe('WWW-Authenticate', () => {
  it.each([
    ['Bearer error="insufficient_scope"', 'insufficient_scope'],
    [
      'Bearer realm="x", error="invalid_token", error_description="The token expired"',
      'invalid_token',
    ],
    ['bearer ERROR = "Invalid_Token"', 'invalid_token'],
    ['Bearer error=invalid_token', 'invalid_token'],
    ['Basic realm="a", Bearer realm="b", error="insufficient_scope"', 'insufficient_scope'],
    ['DPoP algs="ES256", error="invalid_token"', 'invalid_token'],
    [
      'Bearer realm="say \\"error\\"", error="insufficient_user_authentication"',
      'insufficient_user_authentication',
    ],
  ])('T17 %j has its error', (field, error) => {
    expect(challengeError(field)).toBe(error);
  });

  it.each([
    'Bearer',
    'Bearer realm="x"',
    'Bearer error_description="insufficient_scope"',
    'Bearer realm="error=insufficient_scope"',
    'Bearer realm="x, error=\\"insufficient_scope\\""',
    'Basic error="insufficient_scope"',
    'Bearer realm="b", Basic error="insufficient_scope"',
    'error="insufficient_scope"',
    'Negotiate YII==, error',
    '',
    '"""',
    'Bearer error=',
  ])('T17 %j has none', (field) => {
    expect(challengeError(field)).toBeUndefined();
  });

  it('X4 it is read up to 8 KiB', () => {
    const padding = `Bearer realm="${'x'.repeat(9_000)}", `;
    expect(challengeError(`${padding}error="invalid_token"`)).toBeUndefined();
  });

  it('F1 any text ends', () => {
    const piece = fc.constantFrom('Bearer', ' ', '=', '"', ',', 'error', '\\', 'x', '\u0000', 'é');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const found = challengeError(pieces.join(''));
        expect(found === undefined || typeof found === 'string').toBe(true);
      }),
    );
  });
});
