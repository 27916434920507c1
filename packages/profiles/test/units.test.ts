import process from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import type { Profile, Signal } from '@holdfast/core';
import { classify, createResilience } from '@holdfast/core';
import { profileOf } from './responses/all.fixture.ts';
import type { ApiName } from './responses/response.fixture.ts';
import { answered, epoch, NOW, refused } from './responses/response.fixture.ts';

/** One way of saying when, in one unit, as one API has it. */
interface Carrier {
  readonly carrier: string;
  readonly api: ApiName;
  readonly signal: Signal;
  /** Milliseconds from the response on. */
  readonly wait: number;
  /** The answer serves, and says that nothing is left. */
  readonly serves?: true;
}

const limit = (headers: Readonly<Record<string, string>>): Signal => answered(429, '', headers);
const said = (message: string, extensions?: object): Signal => refused(message, extensions);
const served = (headers: Readonly<Record<string, string>>, more: Partial<Signal> = {}): Signal => ({
  status: 200,
  data: { ok: true },
  headers,
  ...more,
});
const cost = (currentlyAvailable: number, restoreRate = 50): Signal => ({
  status: 200,
  data: { ok: true },
  extensions: {
    cost: {
      requestedQueryCost: 101,
      actualQueryCost: 46,
      throttleStatus: { maximumAvailable: 1_000, currentlyAvailable, restoreRate },
    },
  },
});
const asked = (resetAt: unknown): Signal => {
  const data = { rateLimit: { remaining: 0, resetAt } };
  return served({}, { data, body: { data } });
};
const iso = (seconds: number): string => new Date(NOW + seconds * 1_000).toISOString();

const SECONDARY = 'You have exceeded a secondary rate limit.';

/** Every row of "Wait and budget carriers" in the facts, for each system that it names. */
const carriers: readonly Carrier[] = [
  ...(
    ['github', 'gitlab', 'anilist', 'monday', 'linear', 'codex', 'railway', 'galxe'] as const
  ).map((api): Carrier => ({
    carrier: 'Retry-After, delta seconds',
    api,
    signal: limit({ 'retry-after': '17' }),
    wait: 17_000,
  })),
  {
    carrier: 'Retry-After, a float',
    api: 'shopify',
    signal: limit({ 'retry-after': '2.0' }),
    wait: 2_000,
  },
  {
    carrier: 'Retry-After, a float rounded up',
    api: 'shopify',
    signal: limit({ 'retry-after': '2.5' }),
    wait: 3_000,
  },
  {
    carrier: 'Retry-After, an HTTP date',
    api: 'gitlab',
    signal: limit({ 'retry-after': 'Thu, 01 Jan 2026 00:00:20 GMT' }),
    wait: 20_000,
  },
  {
    carrier: 'Retry-After, an HTTP date without a zone',
    api: 'gitlab',
    signal: limit({ 'retry-after': 'Thu Jan  1 00:00:20 2026' }),
    wait: 20_000,
  },
  ...(['github', 'breeze', 'anilist'] as const).map((api): Carrier => ({
    carrier: 'X-RateLimit-Reset, epoch seconds',
    api,
    signal: limit({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': epoch(40) }),
    wait: 40_000,
  })),
  ...(['github', 'breeze'] as const).map((api): Carrier => ({
    carrier: 'X-RateLimit-Remaining: 0 on success',
    api,
    signal: served({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': epoch(20) }),
    wait: 20_000,
    serves: true,
  })),
  {
    carrier: 'X-RateLimit-Reset, delta seconds',
    api: 'datocms',
    signal: limit({ 'x-ratelimit-reset': '6' }),
    wait: 6_000,
  },
  {
    carrier: 'RateLimit-Reset, epoch seconds',
    api: 'gitlab',
    signal: limit({ 'ratelimit-reset': epoch(33) }),
    wait: 33_000,
  },
  {
    carrier: 'RateLimit-Reset, delta seconds',
    api: 'buildkite',
    signal: limit({ 'ratelimit-reset': '187' }),
    wait: 187_000,
  },
  {
    carrier: 'RateLimit-Reset on success, delta seconds',
    api: 'buildkite',
    signal: served({ 'ratelimit-remaining': '0', 'ratelimit-reset': '18' }),
    wait: 18_000,
    serves: true,
  },
  {
    carrier: 'RateLimit-User-Reset, delta seconds',
    api: 'buildkite',
    signal: limit({ 'ratelimit-user-remaining': '0', 'ratelimit-user-reset': '9' }),
    wait: 9_000,
  },
  {
    carrier: 'RateLimit-User-Reset on success, delta seconds',
    api: 'buildkite',
    signal: served({ 'ratelimit-user-remaining': '0', 'ratelimit-user-reset': '9' }),
    wait: 9_000,
    serves: true,
  },
  {
    carrier: 'RateLimit-ResetTime, an HTTP date',
    api: 'gitlab',
    signal: limit({ 'ratelimit-resettime': 'Thu, 01 Jan 2026 00:01:00 GMT' }),
    wait: 60_000,
  },
  ...(['requests', 'complexity', 'endpoint-requests'] as const).map((quota): Carrier => ({
    carrier: `X-RateLimit-${quota}-Reset, epoch milliseconds`,
    api: 'linear',
    signal: refused(
      'x',
      { code: 'RATELIMITED' },
      {
        status: 400,
        headers: {
          'x-ratelimit-requests-remaining': '5',
          'x-ratelimit-complexity-remaining': '5',
          'x-ratelimit-endpoint-requests-remaining': '5',
          [`x-ratelimit-${quota}-remaining`]: '0',
          [`x-ratelimit-${quota}-reset`]: String(NOW + 12_345),
        },
      },
    ),
    wait: 12_345,
  })),
  ...(['requests', 'complexity'] as const).map((quota): Carrier => ({
    carrier: `X-RateLimit-${quota}-Reset on success, epoch milliseconds`,
    api: 'linear',
    signal: served({
      [`x-ratelimit-${quota}-remaining`]: '0',
      [`x-ratelimit-${quota}-reset`]: String(NOW + 12_345),
    }),
    wait: 12_345,
    serves: true,
  })),
  {
    carrier: 'X-Contentful-RateLimit-Reset, delta seconds',
    api: 'contentful',
    signal: limit({ 'x-contentful-ratelimit-reset': '1' }),
    wait: 1_000,
  },
  ...(['monday', 'cloudflare'] as const).flatMap((api): readonly Carrier[] => [
    {
      carrier: 'RateLimit, t',
      api,
      signal: limit({ ratelimit: '"default";r=0;t=30' }),
      wait: 30_000,
    },
    {
      carrier: 'RateLimit on success, t',
      api,
      signal: served({ ratelimit: '"default";r=0;t=30' }),
      wait: 30_000,
      serves: true,
    },
  ]),
  {
    carrier: 'extensions.retry_in_seconds',
    api: 'monday',
    signal: said('x', { code: 'COMPLEXITY_BUDGET_EXHAUSTED', retry_in_seconds: 12 }),
    wait: 12_000,
  },
  {
    carrier: 'extensions.retryAfterSeconds',
    api: 'codex',
    signal: said('x', { code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 4 }),
    wait: 4_000,
  },
  {
    carrier: 'extensions.resetAt, ISO 8601',
    api: 'graphqlRateLimit',
    signal: said('x', { code: 'RATE_LIMITED', resetAt: iso(14) }),
    wait: 14_000,
  },
  {
    carrier: 'extensions.resetAt, ISO 8601 with another zone',
    api: 'graphqlRateLimit',
    signal: said('x', { code: 'RATE_LIMITED', resetAt: '2026-01-01T05:45:14+05:45' }),
    wait: 14_000,
  },
  ...(['shopify', 'jobber'] as const).flatMap((api): readonly Carrier[] => [
    {
      carrier: 'extensions.cost, (requested - available) / restoreRate',
      api,
      signal: {
        status: 200,
        errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
        extensions: cost(41).extensions,
      },
      wait: 1_200,
    },
    { carrier: 'extensions.cost on success', api, signal: cost(41), wait: 1_200, serves: true },
    {
      carrier: 'extensions.cost on success, another rate',
      api,
      signal: cost(1, 100),
      wait: 1_000,
      serves: true,
    },
  ]),
  {
    carrier: 'data.rateLimit.resetAt, a date',
    api: 'github',
    signal: asked('2026-01-01T00:00:25Z'),
    wait: 25_000,
    serves: true,
  },
  {
    carrier: 'data.rateLimit.resetAt, epoch seconds',
    api: 'github',
    signal: asked(Number(epoch(25))),
    wait: 25_000,
    serves: true,
  },
  {
    carrier: '"try again in N seconds"',
    api: 'breeze',
    signal: answered(429, {
      error: 'too_many_requests',
      error_description: 'Maximum 100 requests per hour allowed. Try again in 420 seconds.',
    }),
    wait: 420_000,
  },
  {
    carrier: '"try again in N seconds"',
    api: 'buildkite',
    signal: answered(429, { errors: [{ message: 'Please try again in 187 seconds.' }] }),
    wait: 187_000,
  },
  {
    carrier: '"try again in N seconds"',
    api: 'graphqlRateLimit',
    signal: said('Too many requests, please try again in 1 second.'),
    wait: 1_000,
  },
  {
    carrier: '"reset in N seconds"',
    api: 'monday',
    signal: said('budget remaining 1 reset in 3 seconds', { code: 'ComplexityException' }),
    wait: 3_000,
  },
  {
    carrier: '"try again after N minutes"',
    api: 'cloudflare',
    signal: said('rate limiter budget depleted, try again after 5 minutes'),
    wait: 300_000,
  },
  {
    carrier: 'a window that is known: a minute at least',
    api: 'github',
    signal: said(SECONDARY),
    wait: 60_000,
  },
  {
    carrier: 'a window that is known: until midnight UTC',
    api: 'monday',
    signal: {
      ...said('x', { code: 'DAILY_LIMIT_EXCEEDED' }),
      headers: { date: 'Thu, 01 Jan 2026 18:30:00 GMT' },
    },
    wait: 5.5 * 3_600_000,
  },
];

/** How long the scope is left alone after an answer that serves. */
function closedFor(profile: Profile, signal: Signal, now: number): number | undefined {
  const clock = { monotonic: () => 0, wall: () => now, after: () => () => {} };
  const resilience = createResilience({ profile, clock, random: () => 0 });
  const receiver = { next() {}, error() {}, complete() {} };
  resilience.execute<Signal>(
    { kind: 'query' },
    {
      send: (_attempt, attempt) => {
        attempt.next(signal);
        attempt.complete();
        return () => {};
      },
      read: (result) => result,
    },
    receiver,
  );
  const until = resilience.limits.get()[0]?.until;
  resilience.dispose();
  return until === undefined ? undefined : until - now;
}

/** What the profile reads, by a client whose clock is wrong by so much. */
function waitOf({ api, signal, serves }: Carrier, wrongBy: number): number | undefined {
  const date = new Date(NOW).toUTCString();
  const headers = { date, ...(signal.headers as Readonly<Record<string, string>> | undefined) };
  const now = NOW + wrongBy;
  const told = { ...signal, headers, now };
  if (serves) return closedFor(profileOf[api], told, now);
  const retryAt = classify(told, profileOf[api])?.retryAt;
  return retryAt === undefined ? undefined : retryAt - now;
}

const HOUR = 3_600_000;
const zone = process.env['TZ'];

describe('waits and budgets, in their units', () => {
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  for (const carrier of carriers) {
    it(`W1 W6 W8 ${carrier.api}: ${carrier.carrier}`, () => {
      expect(waitOf(carrier, 0)).toBe(carrier.wait);
      for (const wrongBy of [HOUR, -HOUR, 400 * 24 * HOUR, 1_234]) {
        expect(waitOf(carrier, wrongBy)).toBe(carrier.wait);
      }
    });
  }

  for (const [name, minutes] of [
    ['America/St_Johns', 210],
    ['Asia/Kathmandu', -345],
    ['UTC', 0],
  ] as const) {
    it(`W2 the same in ${name}`, () => {
      process.env['TZ'] = name;
      expect(new Date(NOW).getTimezoneOffset()).toBe(minutes);
      const read = carriers.map((carrier) => waitOf(carrier, HOUR));
      expect(read).toEqual(carriers.map(({ wait }) => wait));
    });
  }

  it('W8 what can be paid for, or is left, closes nothing', () => {
    const left: readonly (readonly [ApiName, Signal])[] = [
      ['shopify', cost(101)],
      ['jobber', cost(999)],
      [
        'saleor',
        {
          status: 200,
          data: {},
          extensions: { cost: { requestedQueryCost: 9, maximumAvailable: 5 } },
        },
      ],
      ['github', served({ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': epoch(20) })],
      ['github', served({}, { body: { data: { rateLimit: { remaining: 3, resetAt: iso(9) } } } })],
      [
        'linear',
        served({
          'x-ratelimit-requests-remaining': '1',
          'x-ratelimit-requests-reset': String(NOW + 1_000),
        }),
      ],
      ['buildkite', served({ 'ratelimit-user-remaining': '3', 'ratelimit-user-reset': '9' })],
      ['anilist', served({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': epoch(20) })],
      [
        'graphqlRateLimit',
        served({}, { extensions: { rateLimit: { 'Query.a': { remaining: 0, resets: 9 } } } }),
      ],
    ];
    for (const [api, signal] of left) {
      expect([api, closedFor(profileOf[api], signal, NOW)]).toEqual([api, undefined]);
    }
  });

  it('W5 nonsense in a cost is no wait', () => {
    const odd = [
      null,
      'x',
      {},
      { requestedQueryCost: 5 },
      { throttleStatus: {} },
      {
        requestedQueryCost: 5,
        throttleStatus: { maximumAvailable: 9, currentlyAvailable: 1, restoreRate: 0 },
      },
    ];
    for (const nonsense of odd) {
      const signal = { status: 200, data: {}, extensions: { cost: nonsense } };
      expect(closedFor(profileOf.shopify, signal, NOW)).toBeUndefined();
      const throttled = {
        ...signal,
        data: undefined,
        errors: [{ message: 'x', extensions: { code: 'THROTTLED' } }],
        now: NOW,
      };
      expect(classify(throttled, profileOf.shopify)).not.toHaveProperty('retryAt');
    }
  });

  it('W3 more than a bucket can hold is waited for until it is full', () => {
    const signal = {
      status: 200,
      errors: [{ message: 'x', extensions: { code: 'THROTTLED' } }],
      extensions: {
        cost: {
          requestedQueryCost: 5_000,
          throttleStatus: { maximumAvailable: 1_000, currentlyAvailable: 500, restoreRate: 50 },
        },
      },
      now: NOW,
    };
    expect(classify(signal, profileOf.shopify)?.retryAt).toBe(NOW + 10_000);
  });
});
