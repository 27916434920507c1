import { afterEach, describe, expect, it, vi } from 'vitest';
import * as fc from '../../../../tests/properties.ts';
import type { Failure } from '../../src/base/failure.ts';
import { ResilienceError } from '../../src/base/failure.ts';
import { classify } from '../../src/failure/classify.ts';
import { failureOf, registerFailure } from '../../src/failure/failure-of.ts';

const failure = (status = 401): Failure => {
  const found = classify({ status });
  if (found === undefined) throw new Error('no failure');
  return found;
};
const registry = Symbol.for('holdfast.registry');

afterEach(() => {
  Reflect.deleteProperty(globalThis, registry);
});

describe('what was delivered', () => {
  it('R10 an error leads to its failure', () => {
    const error = new Error('x');
    const mine = failure();
    registerFailure(error, mine);
    expect(failureOf(error)).toBe(mine);
  });

  it('R10 CombinedGraphQLErrors is found by itself, its errors and their entries', () => {
    const entries = [{ message: 'a' }, null, 'text', { message: 'b' }];
    const delivered = { errors: entries, data: null };
    const mine = failure();
    registerFailure(delivered, mine);
    for (const part of [delivered, entries, entries[0], entries[3]])
      expect(failureOf(part)).toBe(mine);
    // Apollo Client builds its own error around the result's errors.
    expect(failureOf({ name: 'CombinedGraphQLErrors', errors: entries })).toBe(mine);
    expect(failureOf({ errors: [...entries] })).toBe(mine);
  });

  it('R10 CombinedError is found by itself and its parts, and through a result', () => {
    const networkError = new TypeError('Failed to fetch');
    const entry = { message: 'x' };
    const error = { graphQLErrors: [entry], networkError };
    const mine = failure();
    registerFailure({ error, data: undefined }, mine);
    for (const part of [error, networkError, entry, error.graphQLErrors]) {
      expect(failureOf(part)).toBe(mine);
    }
    expect(failureOf({ networkError, graphQLErrors: [] })).toBe(mine);
    expect(failureOf({ graphQLErrors: [entry] })).toBe(mine);
  });

  it('F11b what clients of fetch make of a response leads there: graphql-request, and Relay', () => {
    const response = Response.json({});
    const errors = [{ message: 'x' }];
    const mine = failure();
    registerFailure({ response, errors }, mine);
    for (const part of [response, response.headers, errors]) expect(failureOf(part)).toBe(mine);
    const { headers } = response;
    expect(failureOf({ name: 'ClientError', response: { headers, body: '' } })).toBe(mine);
    expect(failureOf({ name: 'RelayNetwork', source: { errors } })).toBe(mine);
    const foreign = { response: Response.json({}), source: { errors: [{ message: 'x' }] } };
    expect(failureOf(foreign)).toBeUndefined();
    // A GraphQLError has the text of its document there, which others have as well.
    const source = { body: '{ a }' };
    registerFailure(Object.assign(new Error('x'), { source }), failure());
    expect(failureOf(Object.assign(new Error('y'), { source }))).toBeUndefined();
  });

  it('R10 a cause leads there, eight deep', () => {
    const error = new Error('x');
    registerFailure(error, failure());
    const wrapped = (depth: number): Error => {
      let outer = error;
      for (let level = 0; level < depth; level += 1) outer = new Error('y', { cause: outer });
      return outer;
    };
    expect(failureOf(wrapped(7))).toBeDefined();
    expect(failureOf(wrapped(8))).toBeUndefined();
  });

  it('R10 the failure of the one delivered last counts', () => {
    const error = new Error('x');
    const first = failure(401);
    const last = failure(503);
    registerFailure(error, first);
    registerFailure({ error }, last);
    expect(failureOf(error)).toBe(last);
  });

  it('R10 an empty list that many results share leads nowhere', () => {
    const none: unknown[] = [];
    registerFailure({ networkError: new Error('x'), graphQLErrors: none }, failure());
    expect(failureOf({ errors: none })).toBeUndefined();
    expect(failureOf(none)).toBeUndefined();
  });

  it('R10 frozen errors are no obstacle', () => {
    const error = Object.freeze(new Error('x'));
    registerFailure(error, failure());
    expect(failureOf(error)).toBeDefined();
  });

  it('R10 an error of ours brings its failure along', () => {
    const mine = failure();
    expect(failureOf(new ResilienceError(mine))).toBe(mine);
    expect(failureOf({ networkError: new ResilienceError(mine) })).toBe(mine);
    expect(failureOf(new Error('x', { cause: new ResilienceError(mine) }))).toBe(mine);
  });

  it('R10 copies of the package agree through one registry, made when first needed', async () => {
    vi.resetModules();
    const one = await import('../../src/failure/failure-of.ts');
    vi.resetModules();
    const other = await import('../../src/failure/failure-of.ts');
    const copies = [one, other];
    const error = new Error('x');
    expect(copies.map((copy) => copy.failureOf(error))).toEqual([undefined, undefined]);
    expect(registry in globalThis).toBe(false);
    const mine = failure();
    one.registerFailure(error, mine);
    expect(other.failureOf(error)).toBe(mine);
    expect(one.failureOf).not.toBe(other.failureOf);
  });
});

describe('what was not', () => {
  it.each([undefined, null, 0, '', 'x', Symbol('x'), {}, [], new Error('x'), () => 1])(
    'R10 %o has no failure',
    (error) => {
      expect(failureOf(error)).toBeUndefined();
      registerFailure(error, failure());
    },
  );

  it('F11b what only looks like an error of ours has none', () => {
    expect(failureOf({ failure: failure() })).toBeUndefined();
    for (const name of ['ResilienceError', 'AbortError']) {
      const forged = { name, failure: failure() };
      expect(failureOf(forged)).toBeUndefined();
      expect(failureOf({ errors: [forged] })).toBeUndefined();
      expect(classify({ errors: [forged] })?.kind).toBe('unknown');
      expect(classify({ error: forged })).not.toBe(forged.failure);
    }
    expect(failureOf({ name: 'ResilienceError', failure: 'x' })).toBeUndefined();
    expect(failureOf({ name: 'ResilienceError', failure: { kind: 5, all: [] } })).toBeUndefined();
  });

  it('F1 neither hostile getters nor revoked proxies make it throw', () => {
    const boom = (): never => {
      throw new Error('boom');
    };
    const trap = new Proxy({}, { get: boom, getPrototypeOf: boom, has: boom, ownKeys: boom });
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    const cases = [trap, proxy, { errors: trap }, { errors: proxy }, { errors: [trap] }];
    for (const hostile of cases) expect(failureOf(hostile)).toBeUndefined();
    for (const hostile of cases) {
      registerFailure(hostile, failure());
      expect(failureOf(hostile)).toBeDefined();
    }
  });

  it('F1 circles end', () => {
    const circle: { cause?: unknown; errors?: unknown; error?: unknown } = {};
    Object.assign(circle, { cause: circle, errors: [circle], error: circle });
    expect(failureOf(circle)).toBeUndefined();
    registerFailure(circle, failure());
    expect(failureOf(circle)).toBeDefined();
  });

  it('X4 a hundred entries are looked at', () => {
    let read = 0;
    const entries = new Proxy(
      Array.from({ length: 10_000 }, () => ({})),
      {
        get: (target, key, self): unknown => {
          if (typeof key === 'string' && /^\d+$/.test(key)) read += 1;
          return Reflect.get(target, key, self);
        },
      },
    );
    registerFailure({ errors: entries }, failure());
    expect(read).toBe(100);
  });

  it('F1 anything at all is answered', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withMap: true }), (error) => {
        expect(failureOf(error)).toBeUndefined();
      }),
    );
  });
});
