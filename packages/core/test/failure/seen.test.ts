import { describe, expect, it } from 'vitest';
import type { Signal } from '../../src/base/operation.ts';
import type { Seen } from '../../src/failure/profile.ts';
import { classify } from '../../src/failure/classify.ts';
import { compiled, defineProfile } from '../../src/failure/profile.ts';

const now = 1_767_225_600_000;

function seenIn(signal: Signal): readonly Seen[] {
  const all: Seen[] = [];
  const test = (seen: Seen): boolean => {
    all.push(seen);
    return false;
  };
  classify(
    { now, ...signal },
    defineProfile({ name: 'eye', rules: [{ when: { test }, then: null }] }),
  );
  return all;
}

describe('what a profile may look at', () => {
  it('F12 is every field of the answer and of its entry', () => {
    const entry = { message: 'x', errorType: 'Odd', status: 7, extensions: { code: 'A' } };
    const body = { errors: [entry], extensions: { cost: 1 }, error_code: 'E', status_code: 429 };
    for (const given of [body, JSON.stringify(body)]) {
      const [seen] = seenIn({ status: 400, headers: { 'x-a': 'b' }, body: given });
      expect(seen).toMatchObject({
        status: 400,
        code: 'A',
        message: 'x',
        extensions: { code: 'A' },
        entry,
        body,
        responseExtensions: { cost: 1 },
        now,
      });
      expect(seen?.header('X-A')).toBe('b');
    }
    const [beside] = seenIn({ errors: ['text'], extensions: { cost: 2 }, body: 'raw' });
    expect(beside).toMatchObject({
      message: 'text',
      entry: 'text',
      body: 'raw',
      responseExtensions: { cost: 2 },
    });
  });

  it('S4 is a close’s code and reason', () => {
    expect(seenIn({ close: { code: 4400, reason: 'JWTExpired' } })[0]).toMatchObject({
      code: '4400',
      message: 'JWTExpired',
      close: { code: 4400, reason: 'JWTExpired' },
    });
    const hasura = defineProfile({
      name: 'hasura',
      rules: [{ when: { code: '4400', message: /JWTExpired/ }, then: 'unauthenticated' }],
    });
    const close = { code: 4400, reason: 'Could not verify JWT: JWTExpired' };
    expect(classify({ close }, hasura)).toMatchObject({
      kind: 'unauthenticated',
      source: 'socket',
    });
    expect(classify({ close: { code: 4400 } }, hasura)?.kind).toBe('bad_input');
  });

  it.each([
    ['errorType', { message: 'x', errorType: 'Unauthorized' }],
    ['contentful.code', { message: 'x', extensions: { contentful: { code: 'Unauthorized' } } }],
    [['none', 'error.name'], { message: 'x', extensions: { error: { name: 'Unauthorized' } } }],
    [
      'statusCode',
      { message: 'x', extensions: { statusCode: 'Unauthorized' }, statusCode: 'Other' },
    ],
  ] as const)('F12 a code stands where the profile says: %j', (code, entry) => {
    const profile = defineProfile({
      name: 'keyed',
      keys: { code },
      codes: { UNAUTHORIZED: 'unauthenticated' },
    });
    expect(classify({ status: 200, errors: [entry] }, profile)).toMatchObject({
      kind: 'unauthenticated',
      code: 'Unauthorized',
    });
  });

  it('F12 a code of a body without errors is read as well', () => {
    const profile = defineProfile({ name: 'postgrest', codes: { PGRST301: 'unauthenticated' } });
    const body = { code: 'PGRST301', message: 'JWT expired' };
    expect(classify({ status: 400, body }, profile)).toMatchObject({
      kind: 'unauthenticated',
      code: 'PGRST301',
      freshToken: true,
      message: 'JWT expired',
    });
    expect(classify({ status: 429, body }, profile)?.kind).toBe('rate_limited');
  });

  it('F12 an entry without message, or one that is a string, is one', () => {
    const profile = defineProfile({
      name: 'hasura',
      types: { RATE_LIMITED: 'rate_limited' },
      codes: { 'invalid-jwt': 'unauthenticated' },
      rules: [{ when: { message: /slow down/ }, then: 'rate_limited' }],
    });
    const entry = { path: '$', error: 'x', code: 'invalid-jwt' };
    expect(classify({ errors: [entry] }, profile)).toMatchObject({
      kind: 'unauthenticated',
      message: 'x',
    });
    expect(classify({ errors: [{ type: 'RATE_LIMITED', message: 'x' }] }, profile)?.kind).toBe(
      'rate_limited',
    );
    expect(classify({ errors: ['slow down'] }, profile)?.kind).toBe('rate_limited');
    expect(classify({ status: 403, body: { message: 'slow down' } }, profile)?.kind).toBe(
      'rate_limited',
    );
  });
});

describe('waits', () => {
  const extensions = {
    cost: {
      requestedQueryCost: 502,
      throttleStatus: { currentlyAvailable: 2, restoreRate: 100 },
    },
  };
  const bucket = ({ responseExtensions }: Seen): number | undefined => {
    const { cost } = (responseExtensions ?? {}) as Partial<typeof extensions>;
    if (cost === undefined) return undefined;
    const { currentlyAvailable, restoreRate } = cost.throttleStatus;
    return ((cost.requestedQueryCost - currentlyAvailable) / restoreRate) * 1_000;
  };

  it('F12 W1 a cost bucket beside the errors can be read', () => {
    const shopify = defineProfile({ name: 'shopify', hints: [bucket] });
    const errors = [{ message: 'x', extensions: { code: 'THROTTLED' } }];
    for (const signal of [{ errors, extensions }, { body: { errors, extensions } }]) {
      expect(classify({ ...signal, now }, shopify)?.retryAt).toBe(now + 5_000);
    }
  });

  it('W8 one beside data closes too, where the profile reads it', () => {
    const { quota } = compiled(defineProfile({ name: 'shopify', quota: [bucket] }));
    expect(quota({ data: {}, extensions }, now)).toBe(5_000);
    expect(quota({ data: {} }, now)).toBeUndefined();
    // A client that has parsed the body hands on its parts: GitHub tells of its limit in `data`.
    const told = ({ body }: Seen): number | undefined =>
      (body as { data?: { left?: number } }).data?.left;
    const { quota: left } = compiled(defineProfile({ name: 'told', quota: [told] }));
    expect(left({ data: { left: 7 } }, now)).toBe(7);
    expect(left({ data: {}, body: { data: { left: 8 } } }, now)).toBe(8);
    const broken = compiled({ name: 'x', quota: [() => JSON.parse('{') as number] });
    expect(broken.quota({ data: {}, headers: { ratelimit: '"a";r=0;t=3' } }, now)).toBe(3_000);
  });

  it.each([
    ['minutes', 'in 5 minutes', 300_000],
    ['iso', 'at 2026-01-01T00:01:00Z', 60_000],
    ['iso', 'at 2026-01-01T01:01:00.500+01:00', 60_500],
    ['iso', 'at 2026-01-01T00:01:00', undefined],
    ['iso', 'at 2025-12-31T00:00:00Z', undefined],
  ] as const)('W1 %s in %j', (unit, body, wait) => {
    const profile = defineProfile({ name: 'x', hints: [{ text: /(?:in|at) (\S+)/, unit }] });
    const retryAt = classify({ status: 429, body, now }, profile)?.retryAt;
    expect(retryAt === undefined ? undefined : retryAt - now).toBe(wait);
  });

  it('W1 a hint’s path leads into extensions, the entry, and what stands beside', () => {
    const profile = defineProfile({ name: 'x', hints: [{ extension: 'a.wait', unit: 'seconds' }] });
    const wait = (signal: Signal): number | undefined =>
      classify({ ...signal, now: 0 }, profile)?.retryAt;
    const entry = { message: 'x', extensions: { code: 'THROTTLED' } };
    expect(
      wait({ errors: [{ ...entry, extensions: { ...entry.extensions, a: { wait: 3 } } }] }),
    ).toBe(3_000);
    expect(wait({ errors: [{ ...entry, a: { wait: '4' } }] })).toBe(4_000);
    expect(wait({ errors: [entry], extensions: { a: { wait: 5 } } })).toBe(5_000);
  });
});

describe('platforms', () => {
  // The messages that is-network-error 1.3 lists, and what newer runtimes say.
  it.each([
    'network error',
    'NetworkError when attempting to fetch resource.',
    'Content-Length header of network response exceeds response Body.',
    'Error in input stream',
    'The Internet connection appears to be offline.',
    'Network request failed',
    'fetch failed',
    'terminated',
    ' A network error occurred.',
    'Network connection lost',
    'Network connection lost.',
    'Load failed',
    'Load failed (api.example.com)',
    'Failed to fetch',
    'error sending request for url (https://example.com/)',
    'error sending request from 127.0.0.1:1 for http://x/: client error (SendRequest): connection closed before message completed',
    'error reading a body from connection',
    'Network Error',
    'Could not connect to the server.',
    'A server with the specified hostname could not be found.',
  ])('P2 %j is a lost line', (message) => {
    expect(classify({ error: new TypeError(message) })).toMatchObject({
      kind: 'network',
      executed: undefined,
    });
  });

  it.each([
    'Failed to fetch the user profile',
    'x is not a function',
    'Load failed for chunk 3',
    'network policy',
  ])('P2 %j is none', (message) => {
    expect(classify({ error: new TypeError(message) })?.kind).toBe('unknown');
  });
});
