import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createResilience, defineProfile } from '../../src/index.ts';
import type { AuthOptions, Failure, ResilienceOptions, Share, Signal } from '../../src/index.ts';
import { endpointError, GOOD, Harness } from '../harness.fixture.ts';
import type { Watched } from '../harness.fixture.ts';

const ACCESS = 'aC/ce+ss-To.ken~1 "x"=';
const REFRESH = 'rE-fr&esh?To%ken/1+';
const HEADER = 'Token sig="hE+ad/er-Va.lue==", v=1';
const TOKENS = { accessToken: ACCESS, refreshToken: REFRESH };

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** In how many ways a text can be repeated. */
const FORMS: readonly [string, (secret: string) => string][] = [
  ['as it is', (secret) => secret],
  ['URL-encoded', encodeURIComponent],
  [
    'URL-encoded, in lower case',
    (secret) => encodeURIComponent(secret).replace(/%../g, (escape) => escape.toLowerCase()),
  ],
  ['form-encoded', (secret) => new URLSearchParams({ '': secret }).toString().slice(1)],
  ['base64', base64],
  ['base64 without padding', (secret) => base64(secret).replace(/=+$/, '')],
  ['base64url', (secret) => Buffer.from(secret).toString('base64url')],
  ['JSON-encoded', (secret) => JSON.stringify(secret).slice(1, -1)],
];

/** Whatever anybody could print of a value. */
function printed(value: unknown): string {
  return inspect(value, { depth: 14, showHidden: true, getters: true, maxStringLength: null });
}

/** No form of any secret, nor what is left of one when it is printed within quotes. */
function expectClean(value: unknown, hidden: readonly string[]): void {
  const text = printed(value);
  for (const secret of hidden) {
    for (const [, form] of FORMS) {
      const wanted = form(secret);
      expect(text).not.toContain(wanted);
      expect(text).not.toContain(inspect(wanted).slice(1, -1));
    }
  }
}

function told(harness: Harness, watched: readonly Watched[]): unknown {
  return [
    harness.events,
    harness.resilience.session.get(),
    harness.resilience.activity.get(),
    harness.resilience.limits.get(),
    watched.map(({ failure }) => failure),
  ];
}

const secrets: readonly [string, string][] = [
  ['an access token', ACCESS],
  ['a refresh token', REFRESH],
  ['a header value', HEADER],
  ['what stands in a header value', 'hE+ad/er-Va.lue'],
];

/** Where a server, a store or the application itself may repeat what was secret. */
const answers: readonly [string, (leak: string) => Signal][] = [
  ['a message', (leak) => ({ status: 200, data: null, errors: [{ message: `no ${leak} here` }] })],
  [
    'every field of an entry',
    (leak) => ({
      status: 200,
      data: null,
      errors: [
        {
          message: leak,
          path: ['a', leak, 0],
          extensions: {
            code: leak.slice(0, 150),
            type: leak.slice(0, 150),
            docs_url: `https://a/?${leak}`,
          },
        },
        { message: 'other', path: [`x${leak}`], extensions: { code: 'FORBIDDEN' } },
      ],
    }),
  ],
  ['a body of text', (leak) => ({ status: 400, body: `no ${leak} here` })],
  ['a body of OAuth', (leak) => ({ status: 400, body: { error: leak, error_description: leak } })],
  ['an error’s message', (leak) => ({ error: new Error(`no ${leak} here`) })],
  ['a close’s reason', (leak) => ({ close: { code: 4400, reason: leak } })],
];

function instance(options: Omit<ResilienceOptions, 'clock'> = {}): Harness {
  const auth: Partial<AuthOptions> = {
    tokens: TOKENS,
    headers: ({ accessToken }) => ({ authorization: `Bearer ${accessToken}`, other: HEADER }),
  };
  return new Harness(auth, options);
}

describe.each(FORMS)('a secret that is repeated %s', (_, form) => {
  describe.each(secrets)('%s', (__, secret) => {
    it.each(answers)('X3b F11 is in no failure or event: %s', (___, answer) => {
      const harness = instance();
      const watched = [harness.run(), harness.run({ kind: 'mutation' })];
      for (const sent of harness.sent) sent.answer(answer(form(secret)));
      expect(watched.map(({ settled }) => settled)).toEqual([1, 1]);
      expectClean(told(harness, watched), [secret]);
    });

    it('X3b T8 nor in what a token endpoint’s refusal leads to', async () => {
      const harness = instance();
      const watched = [harness.run()];
      harness.sent[0]!.answer({ status: 401, body: `bad ${form(secret)}` });
      await harness.settle();
      const refusal = endpointError(400, 'invalid_grant');
      Object.assign(refusal, { body: { error: 'invalid_grant', error_description: form(secret) } });
      await harness.refreshes[0]!.fail(refusal);
      watched.push(harness.run());
      expect(watched.map(({ settled }) => settled)).toEqual([1, 1]);
      expect(harness.resilience.session.get().failure?.message).toContain('[redacted]');
      expectClean(told(harness, watched), [secret]);
    });

    it('X3b nor where the text was cut within it', () => {
      const harness = instance();
      const leak = form(secret);
      const watched = harness.run();
      const message = `${'x'.repeat(498 - Math.floor(leak.length / 2))} ${leak} ${'y'.repeat(100)}`;
      harness.sent[0]!.answer({ status: 200, data: null, errors: [{ message }] });
      expect(watched.failure?.message).not.toContain(leak.slice(0, 9));
    });
  });
});

describe('base64 that holds more than the secret', () => {
  it.each([0, 1, 2, 3, 4, 5])('X3b loses it wherever it begins: %i signs before it', (before) => {
    const harness = instance();
    const watched = harness.run();
    const leak = base64(`${'u'.repeat(before)}${ACCESS}:more`);
    harness.sent[0]!.answer({ status: 400, body: `Basic-ish ${leak} refused` });
    const message = watched.failure?.message ?? '';
    expect(message).toContain('[redacted]');
    const shown = message.replaceAll('[redacted]', ' ').split(/\s+/);
    const decoded = shown.map((part) => Buffer.from(part, 'base64').toString()).join(' ');
    expect(decoded).not.toContain(ACCESS.slice(2, 10));
  });
});

describe('the error of a profile’s callback', () => {
  function leaking(): Error {
    const inner = Object.assign(new TypeError(`inner ${base64(ACCESS)}`), {
      request: { headers: [ACCESS] },
    });
    const headers = new Headers({ authorization: 'Bearer x', other: HEADER });
    return Object.assign(new RangeError(`leaks ${ACCESS}`, { cause: inner }), {
      config: { headers: { authorization: `Bearer ${ACCESS}` } },
      response: { headers },
      [`key ${ACCESS}`]: 1,
      errors: [new Error(REFRESH)],
    });
  }
  const fail = (): never => {
    throw leaking();
  };

  it.each<[string, ResilienceOptions]>([
    ['retry.when', { retry: { when: fail } }],
    ['rateLimit.scope', { rateLimit: { scope: fail } }],
    ['random', { random: fail }],
    [
      'a rule of the profile',
      {
        profile: defineProfile({
          name: 'own',
          rules: [{ when: { test: fail }, then: 'conflict' }],
        }),
      },
    ],
  ])('X3b R9 is told without it, as an event and as a cause: %s', async (_, options) => {
    const harness = instance(options);
    const watched = [harness.run()];
    harness.sent[0]?.answer({ status: 500, body: 'down' });
    await harness.clock.advanceAsync(60_000);
    for (const sent of harness.sent.slice(1)) sent.answer(GOOD);
    const all = [told(harness, watched), watched[0]!.errors.map((error) => (error as Error).cause)];
    expect(watched[0]!.settled).toBe(1);
    // A header value that nothing was signed with yet is known to nobody.
    expectClean(all, harness.sent.length > 0 ? [ACCESS, REFRESH, HEADER] : [ACCESS, REFRESH]);
  });

  it('X3b R9 what repeats none stays the very object that it was', async () => {
    const error = Object.assign(new Error('mine'), {
      detail: { a: [1, 'b'] },
      response: new Map(),
    });
    const harness = instance({
      retry: {
        when: () => {
          throw error;
        },
      },
    });
    const watched = harness.run();
    harness.sent[0]!.answer({ status: 500, body: 'down' });
    expect(watched.failure?.cause).toBe(error);
  });

  it('X3b E2 so does an abort’s reason, and one that repeats a secret is told without it', () => {
    for (const reason of [new Error('mine'), leaking()]) {
      const harness = instance();
      const controller = new AbortController();
      const watched = harness.run({ signal: controller.signal });
      controller.abort(reason);
      expect(watched.failure?.stopped).toBe('aborted');
      expectClean(watched.failure, [ACCESS, REFRESH, HEADER]);
      if (reason.message === 'mine') expect(watched.failure?.cause).toBe(reason);
    }
  });

  it('X3b one that is its own cause, or has no end, is looked into all the same', async () => {
    const circle: Error & { self?: unknown } = new Error(`round ${ACCESS}`);
    circle.cause = circle;
    circle.self = { circle };
    const harness = instance({
      retry: {
        when: () => {
          throw circle;
        },
      },
    });
    const watched = harness.run();
    harness.sent[0]!.answer({ status: 500, body: 'down' });
    expect(String(watched.failure?.cause)).toBe('Error: round [redacted]');
  });
});

describe('a share’s error', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** As a client for a store makes it: with the command that failed, tokens included. */
  function storeError(): Error {
    const error = Object.assign(new Error(`SET failed for ${ACCESS}`), {
      command: { name: 'set', args: ['session', JSON.stringify({ tokens: TOKENS })] },
      cause: new Error(REFRESH),
    });
    error.name = 'ReplyError';
    return error;
  }
  const share = (method: keyof Share): Share => ({
    read: () => undefined,
    replace: () => true,
    closeUntil: () => {},
    subscribe: () => () => {},
    [method]: () => {
      throw storeError();
    },
  });

  it.each(['read', 'replace', 'closeUntil', 'subscribe'] as const)(
    'X3b keeps its message alone: %s',
    async (method) => {
      const harness = instance({ share: share(method) });
      const watched = [harness.run()];
      await harness.settle();
      harness.resilience.session.signIn({ ...TOKENS, accessToken: `${ACCESS}2` });
      await harness.settle();
      harness.sent.at(-1)?.answer({ status: 429, headers: { 'retry-after': '600' }, body: '' });
      await harness.settle();
      const complaints = harness.events.flatMap((event) =>
        event.type === 'callback_failed' ? [event.error] : [],
      );
      expect(complaints[0]).toMatchObject({ message: 'SET failed for [redacted]' });
      expect(Object.keys(complaints[0] as object)).not.toContain('command');
      expect((complaints[0] as Error).cause).toBeUndefined();
      expectClean(told(harness, watched), [ACCESS, REFRESH]);
      harness.resilience.dispose();
    },
  );

  it('X3b nor does the console hear more', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const resilience = createResilience({
      auth: { tokens: TOKENS, refresh: async () => undefined },
      share: share('read'),
    });
    resilience.execute<Signal>(
      { kind: 'query' },
      { send: () => () => {}, read: (result) => result },
      { next: () => {}, error: () => {}, complete: () => {} },
    );
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(log).toHaveBeenCalled();
    expectClean([log.mock.calls, warn.mock.calls], [ACCESS, REFRESH]);
    resilience.dispose();
  });

  it('X3b nor of a listener that throws one', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const harness = new Harness(
      { tokens: TOKENS },
      {
        onEvent: () => {
          throw new Error(`heard ${ACCESS}`);
        },
      },
    );
    harness.run();
    harness.sent[0]!.answer(GOOD);
    expect(log).toHaveBeenCalledTimes(1);
    expectClean(log.mock.calls, [ACCESS]);
  });
});

describe('a secret of a generation that is still on its way', () => {
  it('X3b is taken out however many tokens have come since', async () => {
    const harness = instance();
    const old = harness.run();
    for (let nth = 2; nth < 60; nth++) {
      harness.resilience.session.signIn({
        accessToken: `other-token-${nth}`,
        refreshToken: `r-${nth}-token`,
      });
    }
    const young = harness.run();
    const leak: Signal = { status: 400, body: `neither ${ACCESS} nor ${base64(HEADER)}` };
    harness.sent[1]!.answer(leak);
    harness.sent[0]!.answer(leak);
    expect([old.settled, young.settled]).toEqual([1, 1]);
    expectClean(told(harness, [old, young]), [ACCESS, HEADER]);
  });
});

describe('what GraphQL says of a value', () => {
  function failureFor(message: string): Failure | undefined {
    const harness = instance();
    const watched = harness.run();
    const entry = { message, extensions: { code: 'BAD_USER_INPUT' } };
    harness.sent[0]!.answer({ status: 200, data: null, errors: [entry] });
    return watched.failure;
  }

  it.each([
    [
      'Variable "$in" got invalid value "s3cret"; Expected type "Int".',
      'Variable "$in" got invalid value [redacted]; Expected type "Int".',
    ],
    [
      'Variable "$in" got invalid value { pw: "s3cret; x" }; Field "id" was not provided.',
      'Variable "$in" got invalid value [redacted]; Field "id" was not provided.',
    ],
    [
      'Variable "$in" got invalid value "s3cret" at "in.pw"; Int cannot represent non-integer value: "s3cret"',
      'Variable "$in" got invalid value [redacted]',
    ],
    [
      'Variable "$in" got invalid value "s3cret"; Value "s3cret" does not exist in "Color" enum.',
      undefined,
    ],
    [
      'Variable "$in" got invalid value "s3cret"; Expected type "Date". Not a date: s3cret',
      'Variable "$in" got invalid value [redacted]',
    ],
    ['Variable "$in" got invalid value "s3cret', undefined],
    ['Argument "in" has invalid value "s3cret".', undefined],
    [
      'Variable "$in" has invalid value at .pw: Expected value of type "Int", found: "s3cret".',
      'Variable "$in" has invalid value at .pw: Expected value of type "Int", found: [redacted]',
    ],
    [
      'String cannot represent a non string value: ["s3cret"]',
      'String cannot represent a non string value: [redacted]',
    ],
    ['Enum "Color" cannot represent value: "s3cret"', undefined],
    ['Value "s3cret" does not exist in "Color" enum. Did you mean "RED"?', undefined],
  ])('X3b F11 loses it: %s', (message, wanted) => {
    const failure = failureFor(message);
    expect(failure?.message).not.toContain('s3cret');
    expect(failure?.message).toMatch(/\w/);
    if (wanted !== undefined) expect(failure?.message).toBe(wanted);
  });

  it.each([
    'Order not found: 123',
    'Cannot query field "a" on type "Query".',
    'The invalid value of an invoice is shown in red; see the manual.',
    'Nothing, found 3 items',
  ])('F11 and other words stay as they are: %s', (message) => {
    expect(failureFor(message)?.message).toBe(message);
  });

  it('X4 a message without end costs linear time', () => {
    const message = 'Variable "$a" got invalid value "'.repeat(4_000);
    const failure = failureFor(message);
    expect(failure?.message.length).toBeLessThanOrEqual(500);
  });
});
