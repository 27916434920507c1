import { randomUUID } from 'node:crypto';

const LIFETIME = 3_600;

/** The tokens of a server that has one user. */
export class Tokens {
  /** How often a token was asked for, sign-ins included. */
  calls = 0;
  readonly #access = new Set<string>();
  readonly #refresh = new Set<string>();

  serves(token: string | undefined): boolean {
    return token !== undefined && this.#access.has(token);
  }

  /** An OAuth token answer (RFC 6749, section 5.1). */
  issue(): Readonly<Record<string, unknown>> {
    this.calls++;
    const [access, refresh] = [randomUUID(), randomUUID()];
    this.#access.add(access);
    this.#refresh.add(refresh);
    return {
      access_token: access,
      token_type: 'Bearer',
      expires_in: LIFETIME,
      refresh_token: refresh,
    };
  }

  /** New tokens for a refresh token, which serves once; `undefined` for any other. */
  renew(refresh: string | null): Readonly<Record<string, unknown>> | undefined {
    if (refresh !== null && this.#refresh.delete(refresh)) return this.issue();
    this.calls++;
    return undefined;
  }

  /** Every access token is dead, before its time. */
  expire(): void {
    this.#access.clear();
  }
}

/** The token in `Bearer …`. */
export function tokenIn(authorization: unknown): string | undefined {
  if (typeof authorization !== 'string') return undefined;
  return /^Bearer (\S+)$/iu.exec(authorization)?.[1];
}
