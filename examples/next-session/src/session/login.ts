import { refreshToken } from '@holdfast/oauth';
import type { Tokens } from '@holdfast/core';
import * as client from 'openid-client';
import { setting } from './setting.ts';

/** What the sign-in has to remember until the browser comes back from the login server. */
export interface SignInUnderWay {
  readonly verifier: string;
  readonly state: string;
  /** Path of the page to go to afterwards. */
  readonly to: string;
}

/** Found once, when somebody needs it first. */
let found: Promise<client.Configuration> | undefined;

function configuration(): Promise<client.Configuration> {
  const issuer = new URL(setting('LOGIN_URL'));
  found ??= client
    .discovery(
      issuer,
      setting('LOGIN_CLIENT_ID'),
      undefined,
      client.ClientSecretBasic(setting('LOGIN_CLIENT_SECRET')),
      // The local login server has no certificate.
      issuer.protocol === 'http:' ? { execute: [client.allowInsecureRequests] } : {},
    )
    .catch((error: unknown) => {
      found = undefined;
      throw error;
    });
  return found;
}

/** Where to send the browser for a sign-in, and what to remember meanwhile. */
export async function beginSignIn(
  origin: string,
  to: string,
): Promise<{ readonly url: URL; readonly underWay: SignInUnderWay }> {
  const underWay = {
    verifier: client.randomPKCECodeVerifier(),
    state: client.randomState(),
    to,
  };
  const url = client.buildAuthorizationUrl(await configuration(), {
    redirect_uri: `${origin}/auth/callback`,
    scope: 'openid',
    // The form is shown also where the login server still knows its user: signing out would else mean little.
    prompt: 'login',
    code_challenge: await client.calculatePKCECodeChallenge(underWay.verifier),
    code_challenge_method: 'S256',
    state: underWay.state,
  });
  return { url, underWay };
}

/** The tokens of a browser that has come back. Rejects where the login server let nobody in. */
export async function finishSignIn(url: URL, { verifier, state }: SignInUnderWay): Promise<Tokens> {
  const answer = await client.authorizationCodeGrant(await configuration(), url, {
    pkceCodeVerifier: verifier,
    expectedState: state,
  });
  const { access_token: accessToken, refresh_token: refresh, expires_in: seconds } = answer;
  return {
    accessToken,
    ...(refresh === undefined ? {} : { refreshToken: refresh }),
    ...(seconds === undefined ? {} : { expiresAt: Date.now() + seconds * 1_000 }),
  };
}

/** New tokens for a refresh token; rejects with a `TokenRequestError` where there are none to be had. */
export async function renew(token: string): Promise<Tokens> {
  const { token_endpoint: url = '' } = (await configuration()).serverMetadata();
  const ask = refreshToken({
    url,
    clientId: setting('LOGIN_CLIENT_ID'),
    clientSecret: setting('LOGIN_CLIENT_SECRET'),
  });
  const tokens = await ask({
    tokens: { accessToken: '', refreshToken: token },
    reason: 'expiring',
    signal: AbortSignal.timeout(10_000),
  });
  if (tokens === undefined) throw new Error('There is nothing to refresh with.');
  return { refreshToken: token, ...tokens };
}

/** Ends everything that came from the sign-in, a refresh under way included. */
export async function revoke(token: string): Promise<void> {
  await client.tokenRevocation(await configuration(), token);
}
