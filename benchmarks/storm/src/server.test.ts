import { describe, expect, it } from 'vitest';
import { chance } from './chance.ts';
import { Server } from './server.ts';
import type { ServerOptions } from './server.ts';
import { TokenEndpoint } from './token-endpoint.ts';

/** Halfway through the spread: a round trip of 50 ms. */
const half = (): number => 0.5;

function server(options: Partial<ServerOptions> = {}): Server {
  return new Server({
    rate: 10,
    queue: 1,
    patience: 800,
    troubles: [],
    chance: half,
    ...options,
  });
}

describe('the queue', () => {
  it('does requests one after the other, and answers after the way there and back', () => {
    const api = server();
    expect(api.receive(0, undefined)).toEqual({ answer: { status: 200 }, at: 150 });
    expect(api.receive(0, undefined)).toEqual({ answer: { status: 200 }, at: 250 });
    expect(api.receive(120, undefined)).toEqual({ answer: { status: 200 }, at: 350 });
    expect(api.waiting(120)).toBeCloseTo(1.8);
    expect(api.receive(1_000, undefined).at).toBe(1_150);
  });

  it('answers 503 to what finds no room', () => {
    const api = server();
    const answers = Array.from({ length: 12 }, () => api.receive(0, undefined).answer.status);
    expect(answers.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 200));
    // The ninth and tenth are done after 900 and 1,000 ms, which nobody waits for.
    expect(answers.slice(8)).toEqual([504, 504, 503, 503]);
    expect(api.receive(0, undefined)).toEqual({ answer: { status: 503 }, at: 50 });
  });

  it('does what the gateway gave up on all the same', () => {
    const api = server();
    for (let request = 0; request < 10; request++) api.receive(0, undefined);
    expect(api.receive(100, undefined)).toEqual({ answer: { status: 504 }, at: 950 });
    expect(api.waiting(100)).toBeCloseTo(10);
    expect(api.receive(1_100, undefined).at).toBe(1_250);
  });

  it('takes longer while it is slow', () => {
    const api = server({ troubles: [{ type: 'slow', share: 0.5, from: 100, to: 500 }] });
    expect(api.receive(0, undefined).at).toBe(150);
    expect(api.receive(0, undefined).at).toBe(350);
    expect(api.receive(0, undefined).at).toBe(550);
    expect(api.receive(0, undefined).at).toBe(650);
  });
});

describe('troubles', () => {
  const span = { from: 1_000, to: 3_500 };

  it.each([
    ['unavailable', { answer: { status: 503 }, at: 1_050 }],
    ['nothing', { answer: { status: 504 }, at: 1_850 }],
    ['refused', { answer: { status: 0 }, at: 1_050 }],
  ] as const)('an outage that says %s', (says, expected) => {
    const api = server({ troubles: [{ type: 'outage', says, ...span }] });
    expect(api.receive(999, undefined).answer.status).toBe(200);
    expect(api.receive(1_000, undefined)).toEqual(expected);
    expect(api.receive(3_500, undefined).answer.status).toBe(200);
  });

  it('a limit names the whole seconds until its end, rounded up', () => {
    const api = server({ troubles: [{ type: 'limit', ...span }] });
    const hints = [1_000, 1_499, 1_500, 1_501, 3_499].map((now) => api.receive(now, undefined));
    expect(hints.map(({ answer }) => answer.retryAfter)).toEqual([3, 3, 2, 2, 1]);
    expect(hints.every(({ answer }) => answer.status === 429)).toBe(true);
  });

  it('failing meets the share that it names', () => {
    const api = server({
      rate: Infinity,
      chance: chance(5),
      troubles: [{ type: 'failing', share: 0.2, from: 0, to: Infinity }],
    });
    let failed = 0;
    for (let now = 0; now < 20_000; now++) {
      if (api.receive(now, undefined).answer.status === 503) failed++;
    }
    expect(failed / 20_000).toBeCloseTo(0.2, 2);
  });

  it('a revocation rejects what was issued before it', () => {
    const api = server({ troubles: [{ type: 'revocation', from: 1_000 }] });
    expect(api.receive(999, 0).answer.status).toBe(200);
    expect(api.receive(2_000, 0).answer.status).toBe(401);
    expect(api.receive(3_000, 1_001).answer.status).toBe(200);
    expect(api.receive(4_000, undefined).answer.status).toBe(200);
  });
});

it('the token endpoint answers as many calls as fit its window, and says when the next begins', () => {
  const endpoint = new TokenEndpoint({ calls: 2, window: 10_000 });
  const statuses = [0, 5_000, 5_000, 9_500, 10_000].map((now) => endpoint.receive(now));
  expect(statuses).toEqual([
    { status: 200 },
    { status: 200 },
    { status: 429, retryAfter: 5 },
    { status: 429, retryAfter: 1 },
    { status: 200 },
  ]);
});
