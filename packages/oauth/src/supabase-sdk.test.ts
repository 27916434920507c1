import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GoTrueClient } from '@supabase/auth-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { supabaseSession } from './sdk-session.ts';
import { instance, query, taking } from './session.fixture.ts';

/** A JWT of an hour, as the SDK reads it. */
function jwt(number: number): string {
  const now = Math.floor(Date.now() / 1000);
  const payload = { sub: 'user', iat: now, exp: now + 3_600, number };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(payload)}.x`;
}

/** What an SDK that has signed in, and its server, are. */
interface Signed {
  readonly client: GoTrueClient;
  readonly first: string;
  /** The refreshes that its server was asked for. */
  readonly refreshes: readonly string[];
}

/** @param refusal in place of a refresh. */
async function signedIn(refusal?: { status: number; code: string }): Promise<Signed> {
  const refreshes: string[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    const isRefresh = url.includes('grant_type=refresh_token');
    if (isRefresh) refreshes.push(url);
    response.setHeader('content-type', 'application/json');
    if (isRefresh && refusal !== undefined) {
      const { status, code } = refusal;
      response.writeHead(status).end(JSON.stringify({ error_code: code, msg: 'Refused' }));
      return;
    }
    const number = refreshes.length;
    response.end(
      JSON.stringify({
        access_token: jwt(number),
        refresh_token: `rt-${number}`,
        token_type: 'bearer',
        expires_in: 3_600,
        user: { id: 'user' },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const stored = new Map<string, string>();
  const client = new GoTrueClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    autoRefreshToken: false,
    storage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
      removeItem: (key) => void stored.delete(key),
    },
  });
  const { data } = await client.signInWithPassword({ email: 'a@b.test', password: 'p' });
  return { client, first: data.session?.access_token ?? '', refreshes };
}

describe('supabaseSession over the SDK itself', () => {
  it('T1 has it refresh once for all, where its token is rejected', async () => {
    const { client, first, refreshes } = await signedIn();
    const resilience = instance(supabaseSession(client));
    const asked = new Set<string | undefined>();
    const api = ({ authorization }: Readonly<Record<string, string>>): number => {
      asked.add(authorization);
      return authorization === `Bearer ${first}` ? 401 : 200;
    };
    const three = [1, 2, 3].map(() => query(resilience, api));
    expect(await Promise.all(three)).toEqual([undefined, undefined, undefined]);
    expect(refreshes).toHaveLength(1);
    const { data } = await client.getSession();
    expect([...asked]).toEqual([`Bearer ${first}`, `Bearer ${data.session?.access_token}`]);
    expect(resilience.session.get().expiresAt).toBe((data.session?.expires_at ?? 0) * 1000);
  });

  it('T15 takes what it has renewed by itself, and spends no refresh token', async () => {
    const { client, first, refreshes } = await signedIn();
    const resilience = instance(supabaseSession(client));
    const answer = await query(resilience, async ({ authorization }) => {
      if (authorization !== `Bearer ${first}`) return 200;
      await client.refreshSession();
      return 401;
    });
    expect(answer).toBeUndefined();
    expect(refreshes).toHaveLength(1);
  });

  it.each(['refresh_token_not_found', 'refresh_token_already_used', 'user_banned'])(
    'T7 fails for good after its %s',
    async (code) => {
      const { client, refreshes } = await signedIn({ status: 400, code });
      const resilience = instance(supabaseSession(client));
      expect(await query(resilience, () => 401)).toMatchObject({
        kind: 'unauthenticated',
        cause: { code: 'login_required', message: 'Refused', status: 400 },
      });
      expect(resilience.session.get().status).toBe('failed');
      expect(refreshes).toHaveLength(1);
    },
  );

  it('T11 is signed out with it, and comes back with a sign-in there', async () => {
    const { client } = await signedIn({ status: 403, code: 'session_not_found' });
    const auth = supabaseSession(client);
    const resilience = instance(auth);
    expect(await query(resilience, () => 401)).toMatchObject({ status: 401 });
    expect(resilience.session.get().status).toBe('signed-out');
    expect(await query(resilience, taking(undefined).api)).toBeUndefined();
    const { data } = await client.signInWithPassword({ email: 'a@b.test', password: 'p' });
    resilience.session.signIn((await auth.tokens()) ?? { accessToken: '' });
    const { api } = taking(data.session?.access_token);
    expect(await query(resilience, api)).toBeUndefined();
  });
});
