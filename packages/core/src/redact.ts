import type { Failure } from './model/failure.ts';

/**
 * Takes an instance's tokens out of what a server says: some repeat the token that they reject (F11).
 *
 * @param secrets tokens, old ones included: an answer may be late.
 */
export function redacted(failure: Failure, secrets: readonly string[]): Failure {
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
