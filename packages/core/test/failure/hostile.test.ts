import { describe, expect, it } from 'vitest';
import * as fc from '../../../../tests/properties.ts';
import type { Failure } from '../../src/base/failure.ts';
import type { Profile } from '../../src/failure/profile.ts';
import type { Signal } from '../../src/base/operation.ts';
import { breeze } from '../../../profiles/src/breeze.ts';
import { graphqlOverHttp } from '../../src/failure/default-profile.ts';
import { tbint } from '../../../profiles/src/tbint.ts';
import { classify } from '../../src/failure/classify.ts';
import { decisiveness as kinds } from '../../src/base/failure.ts';

const boom = (): never => {
  throw new Error('boom');
};
const trap: object = new Proxy(
  {},
  {
    get: boom,
    // fast-check asks whether it is one of its own, by a symbol.
    has: (_target, key) => typeof key !== 'symbol' && boom(),
    ownKeys: boom,
    getPrototypeOf: boom,
    getOwnPropertyDescriptor: boom,
  },
);
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
};

/** Like what servers send, and like nothing that they send. */
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({
    withNullPrototype: true,
    withMap: true,
    withSet: true,
    withDate: true,
    withBigInt: true,
    withSparseArray: true,
  }),
  fc.constantFrom<unknown>(trap, Symbol('x'), () => 1, new Error('x'), new Response('x')),
);
const entry = fc.oneof(
  odd,
  fc.record(
    {
      message: odd,
      path: odd,
      locations: odd,
      extensions: fc.oneof(
        odd,
        fc.record({ code: odd, type: odd, docs_url: odd }, { requiredKeys: [] }),
      ),
    },
    { requiredKeys: [] },
  ),
);
const signals: fc.Arbitrary<Signal> = fc.record(
  {
    status: fc.oneof(fc.integer({ min: 100, max: 599 }), odd),
    headers: fc.oneof(odd, fc.dictionary(fc.string(), fc.string())),
    data: odd,
    errors: fc.oneof(odd, fc.array(entry)),
    body: fc.oneof(odd, fc.string(), fc.json()),
    error: fc.oneof(
      odd,
      fc.record(
        {
          networkError: odd,
          cause: odd,
          response: odd,
          errors: fc.array(entry),
          name: odd,
          code: odd,
        },
        { requiredKeys: [] },
      ),
    ),
    close: odd,
    now: odd,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Signal>;

function isWhole(failure: Failure): boolean {
  return (
    kinds.includes(failure.kind) &&
    failure.message.length <= 500 &&
    failure.advice !== '' &&
    (failure.retryAt === undefined || Math.abs(failure.retryAt) <= 8.64e15) &&
    (failure.executed === false || failure.executed === undefined) &&
    typeof failure.partial === 'boolean' &&
    typeof failure.retryable === 'boolean' &&
    typeof failure.freshToken === 'boolean'
  );
}

describe('input of any shape', () => {
  for (const profile of [graphqlOverHttp, breeze, tbint]) {
    it(`F1 is classified by ${profile.name}, and never throws`, () => {
      fc.assert(
        fc.property(fc.oneof(signals, odd as fc.Arbitrary<Signal>), (signal) => {
          const failure = classify(signal, profile);
          if (failure === undefined) return;
          expect(isWhole(failure)).toBe(true);
          expect(failure.message).not.toBe('The answer could not be read.');
          expect(failure.all.length).toBeGreaterThan(0);
          expect(failure.all.length).toBeLessThanOrEqual(100);
          expect(failure.all.every(isWhole)).toBe(true);
          expect(failure.kind).toBe(failure.all[0]?.kind);
        }),
        { numRuns: 1_000 },
      );
    });
  }

  it.each<readonly [string, unknown]>([
    ['a string', 'Token expired'],
    ['null entries', [null]],
    ['string entries', ['Token expired']],
    ['numbers', [5]],
    ['an object', { message: 'Token expired' }],
    ['extensions null', [{ message: 'x', extensions: null }]],
    ['extensions a list', [{ message: 'x', extensions: ['code'] }]],
    ['extensions a string', [{ message: 'x', extensions: 'code' }]],
    ['a trap', trap],
    ['traps', [trap]],
    ['a trap for extensions', [{ message: 'x', extensions: trap }]],
    ['a revoked list', revoked()],
    ['false', false],
  ])('F1 errors that are %s leave the status to decide', (_what, errors) => {
    const failure = classify({ status: 401, errors });
    // A revoked list cannot be told from one entry.
    expect(failure).toMatchObject({ kind: 'unauthenticated', source: 'graphql', status: 401 });
    expect(classify({ status: 200, errors, data: {} })).toMatchObject({
      kind: 'unknown',
      partial: true,
    });
  });

  it('F1 what can be read is read beside what cannot', () => {
    const half = {
      get message(): string {
        return boom();
      },
      extensions: { code: 'FORBIDDEN' },
    };
    expect(classify({ errors: [half] })).toMatchObject({
      kind: 'forbidden',
      message: 'Unknown error',
    });
    const signal = {
      status: 429,
      get headers(): never {
        return boom();
      },
    };
    expect(classify(signal)?.kind).toBe('rate_limited');
    expect(classify({ status: 429, headers: trap as Record<string, string> })?.kind).toBe(
      'rate_limited',
    );
  });

  it('F11 paths and locations are kept only where they have their shape', () => {
    const kept = (fields: object): unknown => {
      const { path, locations } = classify({ errors: [{ message: 'x', ...fields }] }) ?? {};
      return path ?? locations;
    };
    expect(kept({ path: ['a', 0, 'b'] })).toEqual(['a', 0, 'b']);
    for (const path of ['a', [], [null], [{}], ['a', Number.NaN], Array(101).fill('a'), trap]) {
      expect(kept({ path })).toBeUndefined();
    }
    expect(kept({ locations: [{ line: 1, column: 2, extra: 3 }] })).toEqual([
      { line: 1, column: 2 },
    ]);
    for (const locations of [{}, [], [{ line: 1 }], [null], [{ line: '1', column: 2 }]]) {
      expect(kept({ locations })).toBeUndefined();
    }
  });

  it('F1 a profile that no defineProfile saw does not throw either', () => {
    for (const profile of [null, 5, trap, { rules: 5 }, { name: 'x', hints: [null] }]) {
      const failure = classify({ status: 429 }, profile as unknown as Profile);
      expect(failure).toBeDefined();
    }
  });
});

describe('huge input', () => {
  it('X4 a hundred errors are looked at, each once', () => {
    let read = 0;
    const errors = new Proxy(
      Array.from({ length: 100_000 }, () => ({ message: 'x', extensions: { code: 'NOT_FOUND' } })),
      {
        get: (target, key, self): unknown => {
          if (typeof key === 'string' && /^\d+$/.test(key)) read += 1;
          return Reflect.get(target, key, self);
        },
      },
    );
    expect(classify({ errors })?.all).toHaveLength(100);
    expect(read).toBe(100);
  });

  it('X4 an error with endless causes is followed a little way', () => {
    let made = 0;
    const endless = (): object => ({
      get cause(): object {
        made += 1;
        return endless();
      },
    });
    expect(classify({ error: endless() })?.kind).toBe('unknown');
    expect(made).toBeLessThan(50);
  });

  it('X4 a wide and deep AggregateError is looked at in part', () => {
    let made = 0;
    const wide = (): object => ({
      name: 'AggregateError',
      get errors(): object[] {
        made += 1;
        return Array.from({ length: 1_000 }, wide);
      },
    });
    expect(classify({ error: wide() })?.kind).toBe('unknown');
    expect(made).toBeLessThan(100);
  });

  it('X4 megabytes of text are read in their first part', () => {
    const long = '9'.repeat(4_000_000);
    const headers = {
      'retry-after': long,
      ratelimit: long,
      'x-ratelimit-reset': long,
      'www-authenticate': `Bearer ${'a="b",'.repeat(500_000)}`,
      date: long,
    };
    const code = 'x'.repeat(4_000_000);
    for (const profile of [graphqlOverHttp, breeze, tbint]) {
      for (const status of [401, 429, 503]) {
        expect(classify({ status, headers, body: long }, profile)?.status).toBe(status);
      }
      const errors = Array.from({ length: 100 }, () => ({ message: long, extensions: { code } }));
      const failure = classify({ status: 429, errors, headers }, profile);
      expect(failure?.code).toHaveLength(200);
    }
  });
});
