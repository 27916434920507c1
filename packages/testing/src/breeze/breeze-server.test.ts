import { afterEach, describe, expect, it } from 'vitest';
import type { BreezeOptions } from './breeze-options.ts';
import { postGraphql } from '../post-graphql.fixture.ts';
import { startBreeze } from '../start.ts';
import type { BreezeServer } from './breeze-server.ts';

let breeze: BreezeServer | undefined;

async function start(options?: BreezeOptions): Promise<BreezeServer> {
  breeze = await startBreeze(options);
  return breeze;
}

afterEach(async () => {
  await breeze?.close();
  breeze = undefined;
});

function send(token: string | undefined): Promise<Response> {
  return postGraphql(breeze?.url ?? '', '{ Me { _id } }', {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
}

describe('Breeze limits', () => {
  it('W8 are told on every answer, and answered with plain text beyond them', async () => {
    const { setLimit, resetWindow } = await start({ limit: 2 });
    const seen: unknown[] = [];
    const note = async (): Promise<Response> => {
      const answer = await send(undefined);
      seen.push([
        answer.status,
        answer.headers.get('x-ratelimit-limit'),
        answer.headers.get('x-ratelimit-remaining'),
      ]);
      return answer;
    };
    const reset = Number((await note()).headers.get('x-ratelimit-reset'));
    expect(reset - Date.now() / 1_000).toBeGreaterThan(3_500);
    expect(reset - Date.now() / 1_000).toBeLessThan(3_602);
    await note();
    const last = await note();
    expect(last.headers.get('content-type')).toContain('text/plain');
    expect(await last.text()).toBe('Too many requests from this IP, please try again later');
    setLimit(3);
    await note();
    resetWindow();
    await note();
    expect(seen).toEqual([
      [200, '2', '1'],
      [200, '2', '0'],
      [429, '2', '0'],
      [200, '3', '0'],
      [200, '3', '2'],
    ]);
  });

  it('W3 are over once the told instant has come', async () => {
    await start({ limit: 1, window: 1_000, resetUnit: 'milliseconds' });
    await send(undefined);
    const limited = await send(undefined);
    expect(limited.status).toBe(429);
    const reset = Number(limited.headers.get('x-ratelimit-reset'));
    while (Date.now() < reset) {
      await new Promise((resolve) => setTimeout(resolve, reset - Date.now()));
    }
    expect((await send(undefined)).status).toBe(200);
  });

  it('can come without headers, and from a server whose clock is wrong (W6)', async () => {
    await start({ rateLimitHeaders: false });
    const plain = await send(undefined);
    expect(plain.headers.get('x-ratelimit-remaining')).toBeNull();
    await breeze?.close();
    await start({ clockSkew: 7_200_000, window: 60_000 });
    const skewed = await send(undefined);
    const date = Date.parse(skewed.headers.get('date') ?? '');
    expect(date - Date.now()).toBeGreaterThan(7_190_000);
    const wait = Number(skewed.headers.get('x-ratelimit-reset')) * 1_000 - date;
    expect(wait).toBeGreaterThanOrEqual(60_000);
    expect(wait).toBeLessThan(63_000);
  });
});

describe('Breeze', () => {
  it('answer 400 to malformed JSON, 404 elsewhere and 500 as HTML by a fault', async () => {
    const { url, origin, issueToken, inject } = await start();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${issueToken()}` };
    expect((await fetch(url, { method: 'POST', headers, body: '{' })).status).toBe(400);
    expect((await fetch(`${origin}/rest`)).status).toBe(404);
    inject({ html: true });
    const broken = await fetch(url, { method: 'POST', headers, body: '{}' });
    expect([broken.status, broken.headers.get('content-type')]).toEqual([
      500,
      'text/html; charset=utf-8',
    ]);
  });

  it('refuses options that make no sense', async () => {
    await expect(startBreeze({ tokenLifetime: 0 })).rejects.toThrow(
      'Option "tokenLifetime" was given 0; a number from 1 is allowed.',
    );
    await expect(startBreeze({ limit: NaN })).rejects.toThrow('Option "limit" was given NaN');
  });
});
