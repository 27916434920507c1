/** A field longer than this is read this far (X4). */
const LONGEST = 8_192;

const GAP = /[ \t,]*/y;
const TOKEN = /[A-Za-z0-9!#$%&'*+.^_`|~/-]+/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const QUOTED = /"((?:[^"\\]|\\[^])*)"?/y;

/**
 * The `error` of a Bearer or DPoP challenge in `WWW-Authenticate` (RFC 6750 3, RFC 9470): `invalid_token`,
 * `insufficient_scope`, `insufficient_user_authentication`. Other schemes, and a description that
 * mentions such a word, do not count. One pass over the field.
 */
export function challengeError(field: string | undefined): string | undefined {
  if (field === undefined) return undefined;
  const source = field.slice(0, LONGEST);
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(source) ?? undefined;
    if (found !== undefined) at += found[0].length;
    return found;
  };
  let scheme = '';
  while (at < source.length) {
    take(GAP);
    const word = take(TOKEN)?.[0];
    if (word === undefined) {
      at += 1;
      continue;
    }
    if (take(EQUALS) === undefined) {
      scheme = word.toLowerCase();
      continue;
    }
    const value = take(QUOTED)?.[1] ?? take(TOKEN)?.[0];
    const isBearer = scheme === 'bearer' || scheme === 'dpop';
    if (isBearer && word.toLowerCase() === 'error' && value !== undefined)
      return value.toLowerCase();
  }
  return undefined;
}
