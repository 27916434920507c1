import { afterEach, describe, expect, it, vi } from 'vitest';
import { classify, defineProfile } from '../src/index.ts';
import { tbint } from '../../profiles/src/tbint.ts';
import { connectionPolicy } from '../src/socket.ts';
import type { OperationInfo, ResilienceOptions, Signal } from '../src/index.ts';
import { GOOD, Harness } from './harness.fixture.ts';
import type { Sent, Watched } from './harness.fixture.ts';

afterEach(() => vi.unstubAllGlobals());

/** An entry of `errors[]`. */
function entry(code?: string, path?: unknown): object {
  return {
    message: 'no',
    ...(code !== undefined && { extensions: { code } }),
    ...(path !== undefined && { path }),
  };
}

function refused(path?: unknown, more: Signal = {}): Signal {
  return { status: 200, data: null, errors: [entry('UNAUTHENTICATED', path)], ...more };
}

interface Tried {
  readonly harness: Harness;
  readonly watched: Watched;
}

/** What becomes of a mutation that is answered so, and well the next time; tokens can be had. */
async function tried(
  answer: Signal | Error,
  info: Partial<OperationInfo> = {},
  options: Omit<ResilienceOptions, 'clock'> = {},
): Promise<Tried> {
  const harness = new Harness(
    { tokens: { accessToken: 't1' }, refresh: async () => ({ accessToken: 't2' }) },
    options,
  );
  harness.serve = (sent) => {
    if (sent.number > 1) sent.answer(GOOD);
    else if (answer instanceof Error) sent.error(answer);
    else sent.answer(answer);
  };
  const watched = harness.run({ kind: 'mutation', ...info });
  await harness.clock.advanceAsync(50_000);
  return { harness, watched };
}

function network(code: string, fields: object = {}): Error {
  return Object.assign(new TypeError('fetch failed'), { cause: { code, ...fields } });
}

const one = { rootFields: () => 1 };
const two = { rootFields: () => 2 };

const refusals: readonly [string, Signal, Partial<OperationInfo>?][] = [
  ['401 with an empty body', { status: 401, body: '' }],
  ['401 with a page', { status: 401, body: '<html>Sign in</html>' }],
  ['401 with JSON of another form', { status: 401, body: { message: 'Unauthorized' } }],
  ['423', { status: 423, body: '' }],
  ['425', { status: 425, body: '' }],
  ['429', { status: 429, body: 'slow down' }],
  ['429 with entries', { status: 429, body: { errors: [{ message: 'slow down' }] } }],
  ['429 with entries that are strings', { status: 429, errors: ['slow down'] }],
  ['UNAUTHENTICATED without a path', refused()],
  ['UNAUTHENTICATED without data', { status: 200, errors: [entry('UNAUTHENTICATED')] }],
  ['UNAUTHENTICATED with a 500', refused(undefined, { status: 500 })],
  ['RATE_LIMITED without a path', { data: null, errors: [entry('RATE_LIMITED')] }],
  ['a numeric code', { data: null, errors: [entry('423')] }],
  ['the only root field', refused(['createOrder']), one],
  ['the only root field twice', { errors: [entry('RATE_LIMITED', ['a']), entry('401')] }, one],
  ['a 401 whose entry names the only root field', { status: 401, errors: [entry('', ['a'])] }, one],
];

const doubts: readonly [string, Signal, Partial<OperationInfo>?][] = [
  ['a field below the only root field', refused(['createOrder', 'customer']), one],
  ['a field far below', refused(['createOrder', 'customer', 'name']), one],
  ['an item of a list', refused(['orders', 0]), one],
  ['one of two root fields', refused(['audit']), two],
  ['a root field of a document that cannot be read', refused(['createOrder']), {}],
  ['a path that is empty', refused([]), one],
  ['a path of another form', refused('createOrder'), one],
  ['a path that is null', refused(null), one],
  ['a path that is a number', refused([0]), one],
  ['a path that is an object', refused({ 0: 'createOrder', length: 1 }), one],
  ['a path longer than any', refused(Array.from({ length: 101 }, () => 'a')), one],
  [
    'an entry with a path beside one without',
    { data: null, errors: [entry('UNAUTHENTICATED'), entry('UNAUTHENTICATED', ['a', 'b'])] },
    one,
  ],
  [
    'more entries than are looked at',
    {
      data: null,
      errors: [
        ...Array.from({ length: 100 }, () => entry('UNAUTHENTICATED')),
        entry('UNAUTHENTICATED', ['a', 'b']),
      ],
    },
    one,
  ],
  ['an error status with a path', { status: 401, errors: [entry('X', ['a', 'b'])] }, one],
  ['a limit with a path', { status: 429, body: { errors: [entry('X', ['a', 'b'])] } }, one],
  ['data beside it', { status: 401, body: { data: { a: 1 }, errors: [entry('X')] } }, one],
  ['data that is empty', refused(undefined, { data: {} }), one],
  ['a part of an answer', refused(undefined, { incomplete: true }), one],
  ['a part of a 401', { status: 401, incomplete: true }, one],
  ['a part of a 429', { status: 429, body: '', incomplete: true }, one],
  ['a body of which the end is lost', { status: 401, body: '{"errors":[{"message":"no"' }, one],
  ['a body too long to be read', { status: 429, body: ' '.repeat(65_537) }, one],
  [
    'a long body that a client has read',
    { status: 401, errors: [entry('UNAUTHENTICATED')], body: ' '.repeat(65_537) },
    one,
  ],
  ['a batch', { status: 401, body: [{ errors: [entry('UNAUTHENTICATED')] }] }, one],
  ['a batch as text', { status: 429, body: '[{"errors":[{"message":"no"}]},{"data":{}}]' }, one],
  ['a part that says that more follows', { status: 401, body: { errors: [], hasNext: true } }, one],
  [
    'a stream under an error status',
    {
      status: 401,
      headers: { 'Content-Type': 'text/event-stream' },
      body: 'event: next\ndata: {"data":{"a":1}}\n\n',
    },
    one,
  ],
  [
    'a part of a multipart answer',
    { status: 429, headers: { 'content-type': 'multipart/mixed; boundary="-"' }, body: '{}' },
    one,
  ],
  ['a redirect', refused(undefined, { status: 303 }), one],
  ['LOCKED, of which no rule speaks', { data: null, errors: [entry('LOCKED')] }, one],
  ['421', { status: 421, body: '' }, one],
  ['a code beside no errors', { status: 500, body: { code: 'UNAUTHENTICATED' } }, one],
  ['a word of OAuth', { status: 400, body: { error: 'slow_down' } }, one],
  ['a 500 without a known code', { status: 500, errors: [entry()] }, one],
];

describe('whether a mutation has run', () => {
  it.each(refusals)('F9 M1 %s: refused, and sent again', async (_, answer, info) => {
    const { harness, watched } = await tried(answer, info);
    expect(harness.sent.length).toBe(2);
    expect(watched.results).toEqual([GOOD]);
  });

  it.each(doubts)('F9 M1 %s: it may have run, and is not sent again', async (_, answer, info) => {
    const { harness, watched } = await tried(answer, info);
    expect(harness.sent.length).toBe(1);
    expect(watched.results).toEqual([answer]);
    expect(watched.failure?.executed).toBeUndefined();
  });

  it.each(doubts)('F9 M1 %s: `when` makes it no safer', async (_, answer, info) => {
    const { harness } = await tried(answer, info, { retry: { when: () => true } });
    expect(harness.sent.length).toBe(1);
  });

  it.each(doubts.filter(([, { incomplete }]) => incomplete !== true))(
    'F9 %s proves nothing to whoever asks by hand',
    (_, signal, info) => {
      expect(classify({ ...signal, rootFields: info?.rootFields?.() })?.executed).toBeUndefined();
    },
  );

  it('F9 M1 one that was refused below its root says that it is to be looked up', async () => {
    for (const code of ['UNAUTHENTICATED', 'RATE_LIMITED']) {
      const errors = [entry(code, ['createOrder', 'customer', 'name'])];
      const { watched } = await tried({ status: 200, data: null, errors }, one);
      expect(watched.failure).toMatchObject({
        executed: undefined,
        stopped: 'unsafe_mutation',
        advice: expect.stringMatching(/look up/i),
      });
    }
  });

  it('F9 M1 one that is idempotent is sent again for all that', async () => {
    const { harness } = await tried(refused(['createOrder', 'customer']), {
      ...one,
      options: { idempotent: true },
    });
    expect(harness.tokens).toEqual(['t1', 't2']);
  });

  it('F9 once an attempt may have run, none that was refused makes the operation unrun', async () => {
    const harness = new Harness(undefined, { retry: { attempts: 2 } });
    const watched = harness.run({ kind: 'mutation', ...one, options: { idempotent: true } });
    harness.sent[0]!.error(network('ECONNRESET'));
    await harness.clock.advanceAsync(1_000);
    harness.sent[1]!.answer({ status: 429, body: '' });
    await harness.clock.advanceAsync(50_000);
    expect(harness.sent.length).toBe(2);
    expect(watched.failure?.executed).toBeUndefined();
  });

  it('F9 root fields are counted only when something has failed', async () => {
    const rootFields = vi.fn<() => number>(() => 1);
    const fine = await tried(GOOD, { rootFields });
    expect([fine.harness.sent.length, rootFields.mock.calls.length]).toEqual([1, 0]);
    const failed = await tried(refused(['createOrder']), { rootFields });
    expect([failed.harness.sent.length, rootFields.mock.calls.length]).toEqual([2, 1]);
  });

  it('F9 R9 where counting them fails, nothing is proven', async () => {
    const { harness, watched } = await tried(refused(['createOrder']), {
      rootFields: () => {
        throw new Error('not to be counted');
      },
    });
    expect([harness.sent.length, watched.settled]).toEqual([1, 1]);
  });

  it.each([0, 2, 1.5, Number.NaN, '1', true])('F9 %o root fields are not one', (count) => {
    const rootFields = count as number;
    expect(classify({ ...refused(['a']), rootFields })?.executed).toBeUndefined();
  });

  it.each(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'OPERATION_RESOLUTION_FAILURE'])(
    'F9 %s comes before anything runs, unless it speaks of a field',
    (code) => {
      expect(classify({ errors: [entry(code)] })?.executed).toBe(false);
      expect(classify({ errors: [entry(code, ['a', 'b'])] })?.executed).toBeUndefined();
    },
  );
});

describe('what a profile declares to be a proof', () => {
  const shop = defineProfile({
    name: 'shop',
    codes: { NOT_YET: { kind: 'unavailable', executed: false }, NOTE: null },
    rules: [{ when: { message: /^closed$/ }, then: { kind: 'unavailable', executed: false } }],
  });
  const executed = (signal: Signal): unknown => classify(signal, shop)?.executed;

  it('F9 holds for an answer of the shape of a refusal', () => {
    expect(executed({ errors: [entry('NOT_YET')] })).toBe(false);
    expect(executed({ errors: [entry('NOT_YET', ['a'])], rootFields: 1 })).toBe(false);
    expect(executed({ status: 503, body: 'closed' })).toBe(false);
    expect(classify({ status: 403, body: '' }, tbint)?.executed).toBe(false);
    expect(classify({ errors: [entry('403', ['a'])], rootFields: 1 }, tbint)?.executed).toBe(false);
  });

  it('F9 holds for no other', () => {
    expect(executed({ errors: [entry('NOT_YET', ['a'])], rootFields: 2 })).toBeUndefined();
    expect(executed({ errors: [entry('NOT_YET', ['a', 'b'])], rootFields: 1 })).toBeUndefined();
    expect(executed({ errors: [entry('NOT_YET')], data: {} })).toBeUndefined();
    expect(executed({ status: 503, body: 'closed', incomplete: true })).toBeUndefined();
    const body = { errors: [entry('403', ['a', 'b'])] };
    expect(classify({ status: 403, body, rootFields: 1 }, tbint)?.executed).toBeUndefined();
  });

  it('F9 an entry that is no failure speaks of a field all the same', () => {
    const errors = [entry('UNAUTHENTICATED'), entry('NOTE', ['a', 'b'])];
    expect(executed({ errors })).toBeUndefined();
    expect(executed({ errors: [entry('UNAUTHENTICATED'), entry('NOTE')] })).toBe(false);
  });
});

describe('a request that never left', () => {
  const unsent: readonly [string, Error][] = [
    ['ECONNREFUSED', network('ECONNREFUSED', { syscall: 'connect' })],
    ['ENOTFOUND', network('ENOTFOUND')],
    ['EAI_AGAIN', network('EAI_AGAIN')],
    ['a connect timeout of undici', network('UND_ERR_CONNECT_TIMEOUT')],
    ['a connect timeout of the kernel', network('ETIMEDOUT', { syscall: 'connect' })],
  ];
  const maybeSent: readonly [string, Error][] = [
    ['ECONNRESET', network('ECONNRESET')],
    ['a read that timed out', network('ETIMEDOUT', { syscall: 'read' })],
    ['a timeout of nobody knows what', network('ETIMEDOUT')],
    ['UND_ERR_HEADERS_TIMEOUT', network('UND_ERR_HEADERS_TIMEOUT')],
    ['UND_ERR_SOCKET', network('UND_ERR_SOCKET')],
    ['a stream of HTTP/2 that was reset', network('ERR_HTTP2_STREAM_ERROR')],
    ['a session of HTTP/2 that was given up', network('ERR_HTTP2_GOAWAY_SESSION')],
    [
      'a stream of HTTP/2 that was refused',
      Object.assign(new Error('Stream closed with error code NGHTTP2_REFUSED_STREAM'), {
        code: 'ERR_HTTP2_STREAM_ERROR',
      }),
    ],
    ['a refusal after a reset', network('ECONNREFUSED', { cause: { code: 'ECONNRESET' } })],
    ['a refusal with a reason unknown', network('ECONNREFUSED', { cause: { code: 'EUNHEARD' } })],
    [
      'more addresses than are looked at',
      Object.assign(new TypeError('fetch failed'), {
        cause: new AggregateError([
          ...Array.from({ length: 40 }, () => ({ code: 'ECONNREFUSED' })),
          { code: 'ECONNRESET' },
        ]),
      }),
    ],
    ['causes deeper than are looked at', network('ECONNREFUSED', { cause: deep('ECONNRESET') })],
    ['an answer that came', Object.assign(network('ECONNREFUSED'), { status: 401 })],
    [
      'a body that was read',
      new TypeError('Response body object should not be disturbed or locked'),
    ],
  ];

  function deep(code: string): object {
    let node: object = { code };
    for (let level = 0; level < 12; level++) node = { cause: node };
    return node;
  }

  it.each(unsent)('F9 R6 %s: a mutation is sent again', async (_, error) => {
    const { harness, watched } = await tried(error);
    expect([harness.sent.length, watched.results]).toEqual([2, [GOOD]]);
  });

  it.each(maybeSent)('F9 M1 %s: a mutation is not', async (_, error) => {
    const { harness, watched } = await tried(error, one, { retry: { when: () => true } });
    expect([harness.sent.length, watched.failure?.executed]).toEqual([1, undefined]);
  });
});

describe('a connection that several operations go over', () => {
  const SOCKET = {
    kind: 'subscription',
    connection: connectionPolicy({ idle: () => true }),
  } as const;

  /** What the subscribers of a connection get that failed before it was there. */
  async function endOf(fail: (harness: Harness) => void | Promise<void>): Promise<unknown> {
    const harness = new Harness({ tokens: { accessToken: 't1', expiresAt: 1 } });
    const socket = harness.run(SOCKET);
    await harness.settle();
    await fail(harness);
    await harness.settle();
    expect(socket.failure?.executed).toBeUndefined();
    return socket.errors[0];
  }

  const ends: readonly [string, () => Promise<unknown>][] = [
    [
      'no token is to be had for it',
      () => endOf((harness) => harness.refreshes[0]!.fail(new Error('not now'))),
    ],
  ];

  it.each(ends)('F9 S4 %s: what went over an earlier one may have run', async (_, end) => {
    const error = await end();
    expect(error).toBeInstanceOf(Error);
    const { harness, watched } = await tried(error as Error, one, { retry: { when: () => true } });
    expect([harness.sent.length, watched.failure?.executed]).toEqual([1, undefined]);
  });

  it('F9 S4 a socket that could not be opened again says nothing of what went over it', async () => {
    const event = { type: 'error', target: {}, error: { code: 'ECONNREFUSED' } };
    const lost = Object.assign(new Error('lost'), { cause: event });
    const { harness, watched } = await tried(lost, one, { retry: { when: () => true } });
    expect([harness.sent.length, watched.failure?.executed]).toEqual([1, undefined]);
    expect(watched.failure?.kind).toBe('network');
  });
});

describe('redirects', () => {
  it('F9 a mutation follows none where failed connections have names', () => {
    const harness = new Harness();
    harness.run({ kind: 'mutation' });
    harness.run();
    harness.run({ kind: 'subscription' });
    expect(harness.sent.map(({ redirect }) => redirect)).toEqual(['manual', 'follow', 'follow']);
  });

  const runtimes: readonly [string, Record<string, unknown>, 'manual' | 'follow'][] = [
    ['Deno', { process: undefined, Deno: { version: { deno: '2.5.0' } } }, 'manual'],
    ['Bun', { process: { versions: { node: '24.3.0', bun: '1.3.0' } } }, 'manual'],
    ['a browser', { process: undefined }, 'follow'],
    ['a bundled page', { process: { env: {}, versions: {} } }, 'follow'],
    ['a page of Electron', { process: { type: 'renderer', versions: { node: '22' } } }, 'follow'],
    [
      'Workers',
      {
        process: { versions: { node: '22.0.0' } },
        navigator: { userAgent: 'Cloudflare-Workers' },
      },
      'follow',
    ],
  ];

  it.each(runtimes)('F9 in %s', (_, globals, expected) => {
    const harness = new Harness();
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    harness.run({ kind: 'mutation' });
    vi.unstubAllGlobals();
    expect(harness.sent.map(({ redirect }) => redirect)).toEqual([expected]);
  });

  it.each<[string, (attempt: Sent) => void]>([
    ['an error', (attempt) => attempt.error(network('ECONNREFUSED'))],
    ['a result', (attempt) => attempt.answer({ error: network('ECONNREFUSED') })],
  ])(
    'F9 where a mutation may be led elsewhere, no failed connection proves anything, told by %s',
    async (_, fail) => {
      const harness = new Harness();
      vi.stubGlobal('process', undefined);
      const watched = harness.run({ kind: 'mutation' });
      vi.unstubAllGlobals();
      fail(harness.sent[0]!);
      await harness.clock.advanceAsync(50_000);
      expect([harness.sent.length, watched.failure?.executed]).toEqual([1, undefined]);
      expect(watched.failure?.all[0]?.executed).toBeUndefined();
      expect(watched.failure).toMatchObject({ kind: 'network', stopped: 'unsafe_mutation' });
    },
  );

  it('F9 nor where the adapter knows that it could', async () => {
    const { harness, watched } = await tried({ error: network('ENOTFOUND'), incomplete: true });
    expect([harness.sent.length, watched.failure?.executed]).toEqual([1, undefined]);
  });

  it('F9 a refusal by whom a redirect led to is not that of the API', () => {
    const response = { status: 401, redirected: true, headers: {} };
    const error = Object.assign(new Error('401'), { statusCode: 401, response, bodyText: '' });
    expect(classify({ error })).toMatchObject({ kind: 'unauthenticated', executed: undefined });
    const direct = Object.assign(new Error('401'), {
      statusCode: 401,
      response: { ...response, redirected: false },
      bodyText: '',
    });
    expect(classify({ error: direct })?.executed).toBe(false);
  });

  it.each([301, 302, 303, 307, 308])('F9 F7 a %i names where it leads', async (status) => {
    const location = 'https://user:secret@api.example/v2/graphql;s=1?token=secret#x';
    const { harness, watched } = await tried({ status, headers: { location }, body: '' });
    expect(harness.sent.length).toBe(1);
    expect(watched.failure).toMatchObject({
      kind: 'bad_response',
      executed: undefined,
      advice: expect.stringMatching(/https:\/\/api\.example\/v2\/graphql\b.*look up/i),
    });
    expect(JSON.stringify(watched.failure)).not.toMatch(/secret/);
  });

  it.each(['', '?token=x', 'a b', `/${'x'.repeat(400)}`, '\u0000'])(
    'F1 F9 a redirect to %j has the general advice',
    (location) => {
      const general = classify({ status: 302, body: '' })?.advice;
      expect(classify({ status: 302, headers: { location }, body: '' })?.advice).toBe(general);
    },
  );

  it('F9 a relative address is named as it is', () => {
    const headers = { location: '/graphql/' };
    expect(classify({ status: 308, headers, body: '' })?.advice).toContain(' /graphql/:');
  });

  it('F11 the address of a redirect gives no token away', async () => {
    const token = 'secret-token-0123456789';
    const harness = new Harness({ tokens: { accessToken: token } });
    const watched = harness.run({ kind: 'mutation' });
    const headers = { location: `https://api.example/${token}/graphql` };
    harness.sent[0]!.answer({ status: 307, headers, body: '' });
    await harness.settle();
    expect(watched.failure?.advice).toContain('https://api.example/');
    expect(JSON.stringify(watched.failure)).not.toContain(token);
  });
});
