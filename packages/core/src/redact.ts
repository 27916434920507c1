import type { Failure } from './model/failure.ts';
import type { Tokens } from './model/tokens.ts';

/**
 * Takes an instance's tokens out of what a server says: some repeat the token that they reject (F11).
 */
export function redacted(failure: Failure, tokens: Tokens | undefined): Failure {
  const secrets = [tokens?.accessToken, tokens?.refreshToken].filter(
    (secret): secret is string => secret !== undefined && secret !== '',
  );
  const clean = (text: string): string =>
    secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, '[redacted]'), text);
  const leaks = (told: Failure): boolean =>
    [told.message, told.code, told.type, told.docsUrl].some(
      (text) => text !== undefined && clean(text) !== text,
    );
  if (!leaks(failure) && !failure.all.some(leaks)) return failure;
  const cleaned = (told: Failure): Failure => ({
    ...told,
    message: clean(told.message),
    ...(told.code === undefined ? {} : { code: clean(told.code) }),
    ...(told.type === undefined ? {} : { type: clean(told.type) }),
    ...(told.docsUrl === undefined ? {} : { docsUrl: clean(told.docsUrl) }),
  });
  return { ...cleaned(failure), all: failure.all.map(cleaned) };
}
