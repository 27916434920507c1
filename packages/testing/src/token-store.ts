/** What a token is to the server. `dead`: it was good once. */
export type TokenState = 'valid' | 'dead' | 'unknown';

/** The tokens that a server issued. Only the server knows when they end. */
export interface TokenStore {
  issue(): string;
  state(token: string | undefined): TokenState;
  /** Every issued token is dead from now on. */
  end(): void;
}

/** So many random bytes, as a part of a JWT is written (RFC 4648, section 5). */
function randomPart(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...random))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

/**
 * A token of the form that APIs show in their documentation: it begins as a JWT does, and the rest is
 * random, so that a client that tries to read claims from it finds none.
 */
export function opaqueToken(): string {
  return `eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.${randomPart(12)}.${randomPart(18)}`;
}

/** @param lifetime Milliseconds for which a token serves. */
export function createTokenStore(lifetime: number, mint: () => string = opaqueToken): TokenStore {
  const ends = new Map<string, number>();
  return {
    issue() {
      const token = mint();
      ends.set(token, performance.now() + lifetime);
      return token;
    },
    state(token) {
      const end = token === undefined ? undefined : ends.get(token);
      if (end === undefined) return 'unknown';
      return performance.now() < end ? 'valid' : 'dead';
    },
    end() {
      for (const token of ends.keys()) ends.set(token, -Infinity);
    },
  };
}

/** The token in a header field: what follows the scheme word, or all of it where there is none to follow. */
export function tokenIn(
  headers: Readonly<Record<string, string>>,
  header: string,
  scheme: string,
): string | undefined {
  const value = headers[header.toLowerCase()];
  if (value === undefined || scheme === '') return value;
  const prefix = `${scheme.toLowerCase()} `;
  return value.toLowerCase().startsWith(prefix) ? value.slice(prefix.length).trim() : undefined;
}
