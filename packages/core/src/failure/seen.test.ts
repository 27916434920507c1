import { describe, expect, it } from 'vitest';
import { classify, defineProfile } from '../index.ts';
import type { Profile, Seen, Signal } from '../index.ts';

const NOW = Date.UTC(2026, 0, 1);

/** What a profile's rule saw of each entry, or of the whole answer. */
function seenOf(signal: Signal, more: Omit<Profile, 'name'> = {}): Seen[] {
  const seen: Seen[] = [];
  const profile = defineProfile({
    name: 'watching',
    ...more,
    rules: [
      {
        when: {
          test: (each) => {
            // Its body is read when it is asked for.
            seen.push({ ...each });
            return false;
          },
        },
        then: 'unknown',
      },
    ],
  });
  classify(signal, profile);
  return seen;
}

/** Shopify's wait: what the query costs beyond what is left, by what comes back in a second. */
function restored({ body }: Seen): number | undefined {
  const { extensions } = body as {
    extensions?: {
      cost?: {
        requestedQueryCost: number;
        throttleStatus: { currentlyAvailable: number; restoreRate: number };
      };
    };
  };
  if (extensions?.cost === undefined) return undefined;
  const { requestedQueryCost, throttleStatus } = extensions.cost;
  const missing = requestedQueryCost - throttleStatus.currentlyAvailable;
  return (missing / throttleStatus.restoreRate) * 1_000;
}

const THROTTLED = {
  errors: [{ message: 'x', extensions: { code: 'THROTTLED' } }],
  extensions: {
    cost: {
      requestedQueryCost: 502,
      throttleStatus: { currentlyAvailable: 2, restoreRate: 100 },
    },
  },
};

describe('what stands beside `errors`', () => {
  const shop = defineProfile({ name: 'shop', hints: [restored] });
  it.each<[string, Signal]>([
    ['the parts of a result', { status: 200, ...THROTTLED }],
    ['a body in text', { status: 200, body: JSON.stringify(THROTTLED) }],
    ['a parsed body', { status: 200, body: THROTTLED }],
    ['a body beside the entries', { errors: THROTTLED.errors, body: JSON.stringify(THROTTLED) }],
    ['an error that carries them', { error: Object.assign(new Error('x'), THROTTLED) }],
    ['an error that carries the text', { error: { bodyText: JSON.stringify(THROTTLED) } }],
  ])('F12 names the wait to a profile: in %s', (_, signal) => {
    const failure = classify({ ...signal, now: NOW }, shop);
    expect(failure).toMatchObject({ kind: 'rate_limited', retryAt: NOW + 5_000 });
  });

  it('F12 a rule finds the whole body beside an entry', () => {
    const body = {
      errors: [{ message: 'x' }],
      error_code: 'ComplexityException',
      status_code: 429,
    };
    const monday = defineProfile({
      name: 'monday',
      rules: [
        {
          when: { test: (seen) => (seen.body as typeof body).status_code === 429 },
          then: 'rate_limited',
        },
      ],
    });
    expect(classify({ status: 200, body }, monday)?.kind).toBe('rate_limited');
    expect(classify({ status: 200, body: JSON.stringify(body) }, monday)?.kind).toBe(
      'rate_limited',
    );
    expect(classify({ status: 200, errors: body.errors, body }, monday)?.kind).toBe('rate_limited');
  });
});

describe('entries', () => {
  it.each<[string, unknown]>([
    ['an object', { message: 'x', status: 401, name: 'AuthError', errorType: 'Unauthorized' }],
    ['one without a message', { path: '$', error: 'x', code: 'invalid-jwt' }],
    ['a string', 'slow down'],
    ['null', null],
    ['a number', 7],
    ['a list', ['x']],
  ])('F12 a rule sees an entry as it was sent: %s', (_, entry) => {
    const [seen] = seenOf({ status: 200, errors: [entry], data: null });
    expect(seen?.entry).toBe(entry);
    expect(seen?.body).toEqual({ data: null, errors: [entry] });
  });

  it('F12 `keys` may name fields beside the message, or within `extensions`', () => {
    const keys = { code: 'errorType', type: 'name' };
    const beside = { message: 'x', errorType: 'Unauthorized', name: 'N' };
    const within = { message: 'x', extensions: { errorType: 'Unauthorized', name: 'N' } };
    for (const entry of [beside, within]) {
      const codes = { unauthorized: 'unauthenticated' } as const;
      const profile = defineProfile({ name: 'sync', keys, codes });
      expect(classify({ status: 200, errors: [entry] }, profile)).toMatchObject({
        kind: 'unauthenticated',
        code: 'Unauthorized',
        type: 'N',
      });
    }
  });
});

describe('answers without entries', () => {
  it('F12 a rule sees all of the body, parsed where it is JSON', () => {
    const bodies = [{ message: 'slow down', more: [1] }, [{ errorCode: 'GONE' }]];
    for (const body of bodies) {
      for (const given of [body, JSON.stringify(body)]) {
        const [seen] = seenOf({ status: 403, body: given });
        expect(seen).toMatchObject({ entry: undefined, body });
      }
    }
    expect(seenOf({ status: 429, body: 'Retry later' })[0]?.body).toBe('Retry later');
    expect(seenOf({ status: 429 })[0]?.body).toBeUndefined();
    const long = 'x'.repeat(70_000);
    expect(seenOf({ status: 429, body: long })[0]?.body).toBe(long.slice(0, 65_536));
  });

  it('F12 `keys` name fields of the body; F2 a code that is known there beats the status', () => {
    const body = { error_code: 'ComplexityException', type: 'limits', message: 'x' };
    const profile = defineProfile({
      name: 'monday',
      keys: { code: 'error_code' },
      codes: { COMPLEXITYEXCEPTION: 'rate_limited' },
    });
    expect(classify({ status: 500, body }, profile)).toMatchObject({
      kind: 'rate_limited',
      status: 500,
      code: 'ComplexityException',
      type: 'limits',
    });
    expect(classify({ status: 403, body: { code: 'Z9', message: 'x' } })).toMatchObject({
      kind: 'forbidden',
      code: 'Z9',
    });
    // An OAuth word is the code, whatever else is called so.
    expect(classify({ status: 400, body: { error: 'invalid_grant', code: 7 } })?.code).toBe(
      'invalid_grant',
    );
  });
});

describe('what was not read whole', () => {
  const refusals: readonly Signal[] = [
    { status: 401 },
    { status: 423, body: 'locked' },
    { status: 429, body: { message: 'x' } },
    { status: 200, errors: [{ message: 'x', extensions: { code: 'UNAUTHENTICATED' } }] },
  ];
  it('F9 proves nothing; read whole, it does', () => {
    for (const signal of refusals) {
      expect(classify(signal)?.executed).toBe(false);
      expect(classify({ ...signal, incomplete: false })?.executed).toBe(false);
      expect(classify({ ...signal, incomplete: true })?.executed).toBeUndefined();
    }
  });

  it('F9 a text beyond 64 KiB was not', () => {
    const long = `{"errors":[],"pad":"${'x'.repeat(70_000)}"}`;
    expect(classify({ status: 401, body: long })?.executed).toBeUndefined();
    expect(classify({ error: { statusCode: 401, bodyText: long } })?.executed).toBeUndefined();
    const whole = 'x'.repeat(65_536);
    expect(classify({ status: 401, body: whole })?.executed).toBe(false);
  });

  it('F9 a request that was never sent never ran', () => {
    const error = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    expect(classify({ error })?.executed).toBe(false);
  });
});
