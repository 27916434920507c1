import { describe, expect, it } from 'vitest';
import { readTokens } from './token-answer.ts';

describe('readTokens', () => {
  it.each([
    [3600, 3_600_000],
    ['3600', 3_600_000],
    ['1.5', 1500],
    [0.5, 500],
  ])('T10 reads expires_in %j as seconds from receipt', (expires_in, lifetime) => {
    const tokens = readTokens({ access_token: 'a', expires_in }, 1000);
    expect(tokens).toEqual({ accessToken: 'a', expiresAt: 1000 + lifetime });
  });

  it.each([0, -1, Number.NaN, Infinity, '', 'soon', '-5', '1e3', '0x10', null, [], {}, true])(
    'T10 ignores expires_in %j',
    (expires_in) => {
      expect(readTokens({ access_token: 'a', expires_in }, 1000)).toEqual({ accessToken: 'a' });
    },
  );

  it('T16 reads a refresh token only where it is one; the token type is not looked at', () => {
    const answer = { access_token: 'a', token_type: 'DPoP' };
    expect(readTokens({ ...answer, refresh_token: 'r' }, 0)).toEqual({
      accessToken: 'a',
      refreshToken: 'r',
    });
    for (const refresh_token of ['', null, 7]) {
      expect(readTokens({ ...answer, refresh_token }, 0)).toEqual({ accessToken: 'a' });
    }
  });
});
