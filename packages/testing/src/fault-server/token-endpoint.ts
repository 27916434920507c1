import { jsonAnswer } from '../answer.ts';
import type { Answer } from '../answer.ts';
import { readParameters } from '../token-parameters.ts';
import type { HttpRequest } from '../recorded-request.ts';
import { opaqueToken } from '../token-store.ts';
import type { TokenStore } from '../token-store.ts';

/** One chain of refresh tokens: each use replaces the token, and a second use of an old one ends the chain. */
interface Family {
  current: string;
  ended: boolean;
}

export interface TokenEndpoint {
  answer(request: HttpRequest): Answer;
  /** A refresh token of a new family. */
  issueRefreshToken(): string;
  /** Every refresh token is dead from now on. */
  end(): void;
}

function refused(error: string, description: string): Answer {
  return jsonAnswer(400, { error, error_description: description });
}

export function createTokenEndpoint(
  store: TokenStore,
  options: { readonly lifetime: number; readonly refreshTokens: boolean },
): TokenEndpoint {
  const families = new Map<string, Family>();

  function begin(): string {
    const token = opaqueToken();
    families.set(token, { current: token, ended: false });
    return token;
  }

  function tokens(refreshToken: string | undefined): Answer {
    return jsonAnswer(200, {
      access_token: store.issue(),
      token_type: 'Bearer',
      expires_in: Math.max(1, Math.round(options.lifetime / 1_000)),
      refresh_token: refreshToken,
    });
  }

  function refresh(given: string): Answer {
    const family = families.get(given);
    if (family === undefined) return refused('invalid_grant', 'The refresh token is unknown.');
    if (family.ended) return refused('invalid_grant', 'The refresh token was revoked.');
    if (family.current !== given) {
      family.ended = true;
      return refused('invalid_grant', 'The refresh token was used before; its family is revoked.');
    }
    family.current = opaqueToken();
    families.set(family.current, family);
    return tokens(family.current);
  }

  return {
    answer(request) {
      const sent = readParameters(request);
      const grant = sent['grant_type'];
      if (grant !== 'refresh_token') {
        return tokens(options.refreshTokens ? begin() : undefined);
      }
      if (!options.refreshTokens) {
        return refused('unsupported_grant_type', 'Option "refreshTokens" of this server is off.');
      }
      const given = sent['refresh_token'];
      if (given === undefined) return refused('invalid_request', 'refresh_token is missing.');
      return refresh(given);
    },
    issueRefreshToken: begin,
    end() {
      for (const family of families.values()) family.ended = true;
    },
  };
}
