import { describe, expect, it } from 'vitest';
import { ownFailure } from '../src/base/failure.ts';
import { redacted } from '../src/failure/redact.ts';

const failure = (message: string, code = 'NOT_FOUND') =>
  ownFailure({ kind: 'unknown', source: 'graphql', message, code, advice: 'none' });
const SECRET = 's3cret-token-of-some-length';

describe('what a server repeats of our secrets', () => {
  it('F11 is taken out of message, code and every entry', () => {
    const clean = redacted(failure(`no ${SECRET} here`, SECRET), [SECRET]);
    expect(JSON.stringify(clean)).not.toContain(SECRET);
    expect(clean).toMatchObject({ message: 'no [redacted] here', code: '[redacted]' });
    expect(clean.all).toMatchObject([{ message: 'no [redacted] here' }]);
  });

  it('F11 is taken out too where the text was cut within it', () => {
    const cut = `no ${SECRET.slice(0, 12)}`;
    expect(redacted(failure(cut), [SECRET]).message).toBe('no [redacted]');
    expect(redacted(failure(`${cut}…`), [SECRET]).message).toBe('no [redacted]…');
  });

  it.each(['T', 'old', 'expired', 'token'])(
    'F11 words are words, also where a token happens to be %j',
    (secret) => {
      const told = failure('The old token has expired, Tom', 'TOKEN_EXPIRED');
      expect(redacted(told, [secret])).toBe(told);
    },
  );
});
