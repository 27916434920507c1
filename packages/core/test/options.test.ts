import { afterEach, describe, expect, it, vi } from 'vitest';
import { createResilience } from '../src/index.ts';
import { breeze } from '../../profiles/src/breeze.ts';
import type { ResilienceOptions } from '../src/index.ts';

const refresh = (): Promise<undefined> => Promise.resolve(undefined);

/** What `createResilience` says to options that TypeScript would not let through. */
function complaint(options: unknown): string {
  try {
    createResilience(options as ResilienceOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as Error).message;
  }
  return 'nothing';
}

/** The option, what is given, how that is shown, and what is allowed. */
type Row = readonly [option: string, value: unknown, shown: string, allowed: RegExp];

const above = /a number above 0/;
const least = /a (?:finite )?number of at least 0/;
const bad: readonly Row[] = [
  ['retry.attempts', 0, '0', /a whole number of at least 1/],
  ['retry.attempts', -1, '-1', /at least 1/],
  ['retry.attempts', 1.5, '1.5', /whole number/],
  ['retry.attempts', Number.NaN, 'NaN', /whole number/],
  ['retry.attempts', Infinity, 'Infinity', /whole number/],
  ['retry.attempts', '3', '"3"', /whole number/],
  ['retry.attempts', null, 'null', /whole number/],
  ...['transient', 'throttled', 'locked', 'cap'].flatMap((name): Row[] => [
    [`retry.backoff.${name}`, -1, '-1', least],
    [`retry.backoff.${name}`, Number.NaN, 'NaN', least],
    [`retry.backoff.${name}`, Infinity, 'Infinity', /finite/],
    [`retry.backoff.${name}`, '100', '"100"', least],
  ]),
  ['retry.backoff.factor', 0.5, '0.5', /a finite number of at least 1/],
  ['retry.backoff.factor', Infinity, 'Infinity', /finite/],
  ['retry.backoff', 100, '100', /an object/],
  ...['capacity', 'transientCost', 'throttledCost'].flatMap((name): Row[] => [
    [`retry.budget.${name}`, -1, '-1', least],
    [`retry.budget.${name}`, Infinity, 'Infinity', /finite/],
  ]),
  ['retry.budget', true, 'true', /an object or false/],
  ['retry.budget', 100, '100', /an object or false/],
  ['retry.mutations', 'sometimes', '"sometimes"', /"safe", "never", "always"/],
  ['retry.mutations', false, 'false', /"safe"/],
  ['retry.idempotencyKey', '', '""', /the name of a header/],
  ['retry.idempotencyKey', 'no name', '"no name"', /the name of a header/],
  ['retry.idempotencyKey', true, 'true', /the name of a header/],
  ['retry.when', 'always', '"always"', /a function/],
  ['retry', true, 'true', /an object or false/],
  ['retry', null, 'null', /an object or false/],
  ['retry', 3, '3', /an object or false/],
  ['rateLimit.maxWait', -1, '-1', least],
  ['rateLimit.maxWait', Number.NaN, 'NaN', least],
  ['rateLimit.queue', -1, '-1', /a whole number of at least 0/],
  ['rateLimit.queue', 1.5, '1.5', /a whole number of at least 0/],
  ['rateLimit.queue', '10', '"10"', /a whole number of at least 0/],
  ['rateLimit.concurrency', 0, '0', /a whole number of at least 1/],
  ['rateLimit.concurrency', 1.5, '1.5', /a whole number of at least 1/],
  ['rateLimit.spread', -0.1, '-0.1', /a number from 0 to 1/],
  ['rateLimit.spread', 1.1, '1.1', /a number from 0 to 1/],
  ['rateLimit.spread', Number.NaN, 'NaN', /a number from 0 to 1/],
  ['rateLimit.scope', 'api', '"api"', /a function/],
  ['rateLimit', true, 'true', /an object or false/],
  ['outage.patience', -1, '-1', least],
  ['outage.patience', '15s', '"15s"', least],
  ['outage.probe', 1_000, '1000', /an object/],
  ['outage.probe.base', -1, '-1', least],
  ['outage.probe.base', Infinity, 'Infinity', /finite/],
  ['outage.probe.factor', 0.5, '0.5', /a finite number of at least 1/],
  ['outage.probe.cap', Number.NaN, 'NaN', least],
  ['outage', true, 'true', /an object or false/],
  ['timeout.attempt', 0, '0', above],
  ['timeout.attempt', -5, '-5', above],
  ['timeout.attempt', Number.NaN, 'NaN', above],
  ['timeout.total', 0, '0', above],
  ['timeout.total', '60s', '"60s"', above],
  ['timeout', 5_000, '5000', /an object/],
  ['timeout', [], 'an empty list', /an object/],
  ['auth.lifetime', 0, '0', above],
  ['auth.refreshAhead', -1, '-1', least],
  ['auth.refreshTimeout', 0, '0', above],
  ['auth.headers', {}, 'an object', /a function/],
  ['auth.refresh', null, 'null', /a function/],
  ['auth.refresh', 'https://api.example/token', '"https://api.example/token"', /a function/],
  ['auth', 'token', '"token"', /an object/],
  ['onEvent', {}, 'an object', /a function/],
  ['random', 0.5, '0.5', /a function/],
  ['clock', {}, 'an object', /monotonic, wall, after/],
  ['clock', Date, 'a function', /monotonic, wall, after/],
  ['online', true, 'true', /get, subscribe/],
  ['share', { read: () => undefined }, 'an object', /read, replace/],
  ['share.lease', null, 'null', /a function/],
  ['share.closeUntil', 'x', '"x"', /a function/],
  ['share.subscribe', [], 'an empty list', /a function/],
];

/** `{ retry: { attempts: value } }` for `retry.attempts`. */
function optionsOf(option: string, value: unknown): unknown {
  const [first = '', ...rest] = option.split('.');
  const inner: unknown = rest.reduceRight<unknown>((made, key) => ({ [key]: made }), value);
  const needed = { auth: { refresh }, share: { read: refresh, replace: refresh } }[first];
  const whole = rest.length > 0 && needed !== undefined ? { ...needed, ...Object(inner) } : inner;
  return { [first]: whole };
}

describe('a bad option', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each(bad)('X5 %s: %o', (option, value, shown, allowed) => {
    const message = complaint(optionsOf(option, value));
    expect(message).toContain(`${option} must be `);
    expect(message).toMatch(allowed);
    expect(message.endsWith(`, not ${shown}.`)).toBe(true);
    expect(message.slice(0, -1)).not.toMatch(/\.\s|\n/);
  });

  it.each([
    ['retries', { retries: 3 }, 'retry, rateLimit'],
    ['retry.attemps', { retry: { attemps: 3 } }, 'attempts, backoff'],
    ['retry.backoff.base', { retry: { backoff: { base: 1 } } }, 'transient, throttled'],
    ['retry.budget.size', { retry: { budget: { size: 1 } } }, 'capacity, transientCost'],
    ['rateLimit.max', { rateLimit: { max: 1 } }, 'maxWait, queue, concurrency, spread, scope'],
    ['outage.wait', { outage: { wait: 1 } }, 'patience, probe'],
    ['outage.probe.max', { outage: { probe: { max: 1 } } }, 'base, factor, cap'],
    ['timeout.refresh', { timeout: { refresh: 1 } }, 'attempt, total'],
    ['auth.token', { auth: { refresh, token: 'secret' } }, 'tokens, refresh'],
  ])('X5 one that is none: %s', (name, options, allowed) => {
    const message = complaint(options);
    expect(message).toContain(`${name} is no option`);
    expect(message).toContain(allowed);
    expect(message).not.toContain('secret');
  });

  it.each([null, 7, 'options', []])('X5 in place of all options, %j', (options) => {
    expect(complaint(options)).toMatch(/^createResilience: options must be an object, not /);
  });

  it('X5 a profile that is none', () => {
    expect(complaint({ profile: { ...breeze, statuses: { 999: 'locked' } } })).toMatch(
      /^createResilience: profile "breeze": .*999.*[^.]\.$/,
    );
    expect(complaint({ profile: 5 })).toBe(
      'createResilience: profile: a profile must be an object, not 5.',
    );
  });

  it('X3 X5 tokens that a header cannot hold are refused and not repeated', () => {
    for (const accessToken of ['secret\r\nx: 1', 'secret€', '']) {
      const message = complaint({ auth: { refresh, tokens: { accessToken } } });
      expect(message).toMatch(/auth\.tokens.*accessToken/);
      expect(message).not.toContain('secret');
    }
  });

  it('X4 X5 a value of any length makes a short sentence', () => {
    expect(complaint({ retry: { mutations: 'x'.repeat(1e6) } }).length).toBeLessThan(300);
  });

  it('X5 E5 nothing else happens', () => {
    const calls: string[] = [];
    const noted = (name: string): (() => number) => {
      return () => {
        calls.push(name);
        return 0;
      };
    };
    vi.stubGlobal('window', {});
    vi.stubGlobal('document', {});
    vi.stubGlobal('sessionStorage', { getItem: noted('storage'), setItem: noted('storage') });
    vi.stubGlobal('addEventListener', noted('addEventListener'));
    const options = {
      clock: { monotonic: noted('clock'), wall: noted('clock'), after: noted('timer') },
      random: noted('random'),
      onEvent: noted('event'),
      online: { get: noted('online'), subscribe: noted('online') },
      share: { read: noted('share'), replace: noted('share'), subscribe: noted('share') },
      auth: { refresh: noted('refresh'), tokens: noted('tokens'), headers: noted('headers') },
    } as unknown as ResilienceOptions;
    expect(complaint({ ...options, timeout: { total: 0 } })).toContain('timeout.total');
    expect(calls).toEqual([]);
    createResilience(options);
    expect(calls).toEqual([]);
  });
});

describe('a good option', () => {
  const good: readonly ResilienceOptions[] = [
    {},
    { retry: false, rateLimit: false, outage: false },
    { rateLimit: { concurrency: 1, spread: 0 } },
    { rateLimit: { concurrency: Infinity, spread: 1 } },
    { outage: { patience: 0, probe: { base: 0, factor: 1, cap: 0 } } },
    { outage: { patience: Infinity } },
    { auth: { tokens: { accessToken: 'an API key' } } },
    {
      retry: { attempts: 1, budget: false, mutations: 'never', idempotencyKey: 'idempotency-key' },
    },
    { retry: { backoff: { transient: 0, throttled: 0, locked: 0, factor: 1, cap: 0 } } },
    { retry: { budget: { capacity: 0, transientCost: 0, throttledCost: 0 } } },
    { rateLimit: { maxWait: 0, queue: 0 } },
    { rateLimit: { maxWait: Infinity, queue: Infinity } },
    { timeout: { attempt: Infinity, total: Infinity } },
    { auth: { refresh, tokens: { accessToken: 'a' }, lifetime: 1, refreshAhead: 0 } },
    { profile: breeze },
    { online: { get: () => true, subscribe: () => () => {} } },
  ];

  it.each(good)('X5 R8 %j', (options) => {
    expect(complaint(options)).toBe('nothing');
  });

  it('X5 what is undefined is as good as absent', () => {
    const names = [
      'profile',
      'auth',
      'retry',
      'rateLimit',
      'outage',
      'timeout',
      'share',
      'onEvent',
    ];
    const absent = Object.fromEntries(names.map((name) => [name, undefined]));
    expect(complaint({ ...absent, clock: undefined, random: undefined })).toBe('nothing');
    expect(complaint({ retry: { attempts: undefined, backoff: undefined } })).toBe('nothing');
  });
});
