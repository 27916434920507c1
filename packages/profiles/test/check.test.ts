import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { run } from '../src/check.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../bin/holdfast-profiles.mjs', import.meta.url));
const built = fileURLToPath(new URL('../dist/check.mjs', import.meta.url));
const core = fileURLToPath(new URL('../../core/dist/index.mjs', import.meta.url));
const started = '2026-01-01T00:00:00.000Z';

let folder = '';

beforeAll(() => {
  if (!existsSync(built)) throw new Error('dist is missing: run the build first.');
  folder = mkdtempSync(join(tmpdir(), 'holdfast-check-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the built command in a process of its own. */
function command(...args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

/** Runs the same code in this process: it starts more quickly. */
async function called(...args: readonly string[]): Promise<Outcome> {
  const loaded = (await import(pathToFileURL(built).href)) as { readonly run: typeof run };
  const written = { out: '', err: '' };
  const before = process.cwd();
  process.chdir(folder);
  try {
    const code = await loaded.run(args, {
      out: (text) => void (written.out += text),
      err: (text) => void (written.err += text),
    });
    return { code, ...written };
  } finally {
    process.chdir(before);
  }
}

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return name;
}

function lines(name: string, ...signals: readonly object[]): string {
  return file(name, signals.map((signal) => JSON.stringify({ now: 0, ...signal })).join('\n'));
}

interface Exchange {
  readonly url?: string;
  readonly method?: string;
  readonly headers?: readonly object[];
  readonly sent?: unknown;
  readonly response?: object;
}

const header = (name: string, value: string): object => ({ name, value });
const json = (body: unknown): object => ({
  mimeType: 'application/json',
  text: JSON.stringify(body),
});

function har(name: string, ...exchanges: readonly Exchange[]): string {
  const entries = exchanges.map(({ url, method = 'POST', headers = [], sent, response }) => ({
    startedDateTime: started,
    time: 0,
    request: {
      method,
      url: url ?? 'https://api.example/graphql',
      headers,
      cookies: [],
      ...(sent !== undefined && {
        postData: { text: typeof sent === 'string' ? sent : JSON.stringify(sent) },
      }),
    },
    response: { status: 200, headers: [], cookies: [], ...response },
  }));
  return file(name, JSON.stringify({ log: { version: '1.2', entries } }));
}

/** What stands behind a label in one of the reports. */
function told(out: string, label: string, number = 1): string | undefined {
  const report = out.split('\n\n').find((part) => part.startsWith(`${number}  `));
  return new RegExp(`^ +${label} +(.*)$`, 'm').exec(report ?? '')?.[1];
}

describe('holdfast-profiles check', () => {
  it('says kind, reason, wait, what is done, and whether it ran', () => {
    const name = har('linear.har', {
      headers: [header('Authorization', 'Bearer lin_oauth_abcdef')],
      sent: { query: 'query Me { viewer { id } }', operationName: 'Me' },
      response: {
        status: 400,
        headers: [
          header('X-RateLimit-Requests-Remaining', '0'),
          header('X-RateLimit-Requests-Reset', String(Date.parse(started) + 12_000)),
        ],
        content: json({
          errors: [{ message: 'Rate limit exceeded', extensions: { code: 'RATELIMITED' } }],
        }),
      },
    });
    const { code, out, err } = command('check', name, '--profile', 'linear');
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(
      [
        '1  POST https://api.example/graphql  query Me  HTTP 400',
        '   rate_limited',
        '   says     Rate limit exceeded',
        '   why      code RATELIMITED, by linear',
        '   wait     12 s, named by a reader of linear',
        '   does     sent again after 12 s, and up to 6 s more at random; nothing else is sent there for 12 s',
        '   executed no',
        '   advice   Send fewer requests, or wait until retryAt where it is given.',
        '',
        '1 answer, read with linear: 1 rate_limited',
        '',
      ].join('\n'),
    );
  });

  it('M1 tells a query from a mutation', () => {
    const name = har(
      'kinds.har',
      { sent: { query: 'query { a }' }, response: { status: 500 } },
      { sent: { query: 'mutation Add($a: Int) { a: add(a: $a) }' }, response: { status: 500 } },
      { sent: { extensions: { persistedQuery: { version: 1 } } }, response: { status: 500 } },
    );
    const { out } = command('check', name);
    expect(told(out, 'does', 1)).toBe('sent again at a random moment within 100 ms');
    expect(told(out, 'does', 2)).toBe('delivered, not sent again: the mutation may have run');
    expect(told(out, 'does', 3)).toBe(
      'query: sent again at a random moment within 100 ms; mutation: delivered, not sent again: the mutation may have run',
    );
    expect(told(out, 'executed', 2)).toBe('unknown');
  });

  it('T1 F9 counts the fields of a mutation: the only one was refused, so a fresh token is used', () => {
    const refusal = (fields: number): object => ({
      status: 200,
      content: json({
        data: null,
        errors: [{ message: 'x', path: ['a'], extensions: { code: 'UNAUTHENTICATED' } }],
        fields,
      }),
    });
    const name = har(
      'fields.har',
      { sent: { query: 'mutation { a(b: { c: 1 }) { d } }' }, response: refusal(1) },
      { sent: { query: 'mutation { a { d } b: c @include(if: $e) { d } }' }, response: refusal(2) },
      { sent: { query: 'mutation { ...F } fragment F on M { a }' }, response: refusal(3) },
    );
    const { out } = command('check', name);
    expect([1, 2, 3].map((number) => told(out, 'executed', number))).toEqual([
      'no',
      'unknown',
      'unknown',
    ]);
    expect(told(out, 'does', 1)).toMatch(/^a fresh token is asked for/);
    expect(told(out, 'does', 2)).toBe('delivered, not sent again: the mutation may have run');
  });

  it('F9 one of a batch proves nothing, and each is told', () => {
    const name = har('batch.har', {
      sent: [{ query: 'mutation A { a }' }, { query: 'query B { b }' }],
      response: {
        content: json([
          { errors: [{ message: 'x', extensions: { code: 'UNAUTHENTICATED' } }] },
          { data: { b: 1 } },
        ]),
      },
    });
    const { out } = command('check', name);
    expect(told(out, 'executed', 1)).toBe('unknown');
    expect(out).toContain('2  POST https://api.example/graphql  query B  HTTP 200\n   ok');
  });

  it('W8 says that a success closes the scope', () => {
    const cost = {
      requestedQueryCost: 100,
      throttleStatus: { maximumAvailable: 1_000, currentlyAvailable: 50, restoreRate: 50 },
    };
    const name = lines('cost.jsonl', { status: 200, data: {}, extensions: { cost } });
    expect(told(command('check', name, '--profile=shopify').out, 'does')).toBe(
      'delivered; nothing else is sent there for 1 s',
    );
  });

  it('W4 says that a long wait is not slept', () => {
    const name = lines('long.jsonl', { status: 429, headers: { 'retry-after': '600' } });
    const { out } = command('check', name);
    expect(told(out, 'wait')).toBe('10 min, named by retry-after');
    expect(told(out, 'does')).toBe(
      'delivered, not sent again: the wait is longer than rateLimit.maxWait (30 s); nothing else is sent there for 10 min',
    );
  });

  it('T6 T7 tells a token endpoint that refuses from one that is down', () => {
    const url = 'https://login.example/oauth/token';
    const name = har(
      'token.har',
      {
        url,
        sent: 'grant_type=refresh_token&refresh_token=r-0123456789',
        response: { status: 400, content: json({ error: 'invalid_grant' }) },
      },
      { url, response: { status: 503, headers: [header('Retry-After', '9')] } },
      { url, response: { status: 200, content: json({ access_token: 'a-0123456789' }) } },
    );
    const { out } = command('check', name);
    expect(told(out, 'does', 1)).toBe('the session is lost: only a sign-in helps');
    expect(told(out, 'does', 2)).toBe('asked again after 9 s at the earliest');
    expect(out).toContain('3  POST https://login.example/oauth/token  token request  HTTP 200');
    expect(out).not.toContain('0123456789');
  });

  it('F8 S4 knows requests that got no answer, and sockets', () => {
    const failed = har('failed.har', { sent: { query: '{ a }' }, response: { status: 0 } });
    expect(told(command('check', failed).out, 'why')).toBe('what the transport failed with');
    const closed = lines('closed.jsonl', {
      close: { code: 4400, reason: 'Could not verify JWT: JWTExpired' },
      kind: 'subscription',
    });
    expect(told(command('check', closed, '--profile', 'hasura').out, 'does')).toMatch(
      /^a fresh token is asked for/,
    );
  });

  it('A5 reads the parts of a multipart body and of a stream of events', () => {
    const error = { message: 'x', extensions: { code: 'FORBIDDEN' }, path: ['a'] };
    const first = JSON.stringify({ data: { a: null }, hasNext: true });
    const last = JSON.stringify({ incremental: [{ errors: [error] }], hasNext: false });
    const type = 'content-type: application/json\r\n\r\n';
    const name = har(
      'parts.har',
      {
        sent: { query: '{ a }' },
        response: {
          headers: [header('Content-Type', 'multipart/mixed; boundary="-"')],
          content: { text: `\r\n---\r\n${type}${first}\r\n---\r\n${type}${last}\r\n-----\r\n` },
        },
      },
      {
        sent: { query: 'subscription { a }' },
        response: {
          headers: [header('Content-Type', 'text/event-stream')],
          content: { text: `event: next\ndata: ${first}\n\nevent: next\ndata: ${last}\n\n` },
        },
      },
    );
    const { out } = command('check', name);
    expect(out.match(/^ {3}forbidden$/gm)).toHaveLength(2);
  });

  it('leaves out what is neither GraphQL nor for a token, and says so', () => {
    const name = har(
      'page.har',
      { url: 'https://app.example/logo.png', method: 'GET' },
      { url: 'https://app.example/', method: 'GET' },
      {
        url: 'https://api.example/graphql?query=%7Ba%7D',
        method: 'GET',
        response: { status: 401 },
      },
      { url: 'https://api.example/graphql', method: 'OPTIONS', response: { status: 204 } },
    );
    const { out } = command('check', name);
    expect(out).toContain('1  GET https://api.example/graphql  query  HTTP 401');
    expect(out).toContain('3 other requests left out');
  });

  it('decodes base64, and takes what was not recorded for no proof', () => {
    const body = { errors: [{ message: 'naïve', extensions: { code: 'UNAUTHENTICATED' } }] };
    const text = Buffer.from(JSON.stringify(body)).toString('base64');
    const name = har(
      'encoded.har',
      { sent: { query: '{ a }' }, response: { content: { text, encoding: 'base64' } } },
      { sent: { query: '{ a }' }, response: { status: 401, content: { size: 99 } } },
    );
    const { out } = command('check', name);
    expect([told(out, 'says', 1), told(out, 'executed', 1)]).toEqual(['naïve', 'no']);
    expect(told(out, 'executed', 2)).toBe('unknown');
  });

  it('reads several files, and a list of signals', () => {
    const one = file('list.json', JSON.stringify([{ status: 401 }, { status: 200, data: {} }]));
    const { out } = command('check', one, lines('other.jsonl', { status: 429 }));
    expect(out).toMatch(/^list\.json\n1 {2}HTTP 401[^]*\nother\.jsonl\n1 {2}HTTP 429/);
    expect(out).toContain('3 answers, read with graphql-over-http: 1 ');
  });

  it('takes a profile of one’s own out of a module, and says which of its rules decided', () => {
    const own = file(
      'own.mjs',
      `import { defineProfile } from ${JSON.stringify(core)};
       export const shop = defineProfile({
         name: 'shop',
         rules: [{ when: { status: 418, message: /gone home/ }, then: 'unauthenticated' }],
       });`,
    );
    const name = lines('own.jsonl', { status: 418, body: 'The barista has gone home.' });
    const { out } = command('check', name, '--profile', `./${own}`);
    expect(told(out, 'why')).toBe('a rule of shop: status 418, message /gone home/');
  });
});

describe('what holdfast-profiles prints', () => {
  it('X3 F11 holds no secret, however it is encoded', () => {
    const secrets = {
      bearer: 'c0rrecthorsebatterystaple',
      cookie: 'sess-9f8e7d6c5b',
      refresh: 'r3fr3sh-value',
      password: 'hunter2hunter2',
      variable: 'alice@example.org',
      key: 'k3y-in-the-query',
      user: 'us3rinfo',
      set: 'fr3sh-cookie-value',
      jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
      opaque: 'Zx81a7Qm20Lp93Kd55Rt66Yv',
      vendor: 'ghp_16C7e42F292c6912E7',
    };
    const echo = Object.values(secrets);
    const encoded = [
      encodeURIComponent(secrets.variable),
      Buffer.from(secrets.password).toString('base64'),
    ];
    const name = har(
      'secrets.har',
      {
        url: `https://${secrets.user}:x@api.example/graphql/${secrets.opaque}?api_key=${secrets.key}#f`,
        headers: [
          header('Authorization', `Bearer ${secrets.bearer}`),
          header('Cookie', `a=1; session=${secrets.cookie}`),
        ],
        sent: {
          query: 'mutation SignIn { signIn }',
          variables: { input: { email: secrets.variable, password: secrets.password } },
        },
        response: {
          status: 400,
          headers: [header('Set-Cookie', `session=${secrets.set}; Path=/; HttpOnly`)],
          content: json({
            errors: [
              {
                message: `refused ${[...echo, ...encoded].join(' ')}`,
                extensions: { code: `E_${secrets.password}`, refresh_token: secrets.refresh },
              },
            ],
          }),
        },
      },
      {
        sent: { query: '{ me }' },
        response: { content: json({ errors: [{ message: echo.join(',') }] }) },
      },
    );
    const { code, out } = command('check', name);
    expect(code).toBe(0);
    expect(out).toContain('[removed]');
    for (const secret of [...echo, ...encoded]) expect(out).not.toContain(secret);
    expect(out).toContain('POST https://api.example/graphql/[removed]  mutation SignIn');
  });

  it('X3 removes what signals hold in the same way', () => {
    const name = lines('secrets.jsonl', {
      status: 401,
      headers: { 'set-cookie': 'session=fr3sh-cookie' },
      body: { message: 'no: fr3sh-cookie s3cr3t-token', access_token: 's3cr3t-token' },
    });
    expect(command('check', name).out).not.toMatch(/fr3sh|s3cr3t/);
  });

  it('is one line for each thing, whatever a server sends', () => {
    const name = lines('control.jsonl', {
      status: 400,
      body: { message: 'a\n1  ok\u001B[2J\u2028b\r\n' },
    });
    const { out } = command('check', name);
    expect(out).toContain('says     a 1  ok [2J b');
    expect(out).not.toContain('\u001B');
  });
});

describe('holdfast-profiles, called wrongly', () => {
  const complaints: readonly (readonly [string, () => readonly string[], RegExp])[] = [
    ['another command', () => ['chekc'], /^"chekc" is no command; the only one is: check\.$/],
    ['no file', () => ['check'], /^Name at least one file: a HAR file or JSON lines\.$/],
    [
      'a file that is missing',
      () => ['check', 'none.har'],
      /^none\.har cannot be read: there is no such file\.$/,
    ],
    [
      'a folder',
      () => {
        mkdirSync(join(folder, 'dir'), { recursive: true });
        return ['check', 'dir'];
      },
      /^dir cannot be read: it is a folder\.$/,
    ],
    [
      'an empty file',
      () => ['check', file('empty.har', ' \n')],
      /^empty\.har is empty: a HAR file or JSON lines are needed\.$/,
    ],
    [
      'a line that is no JSON',
      () => ['check', file('bad.jsonl', '{"status":200}\n{"token":"s3cr3t"\n')],
      /^Line 2 of bad\.jsonl is no JSON: a HAR file, or one JSON object in each line, is needed\.$/,
    ],
    [
      'a line that is no object',
      () => ['check', file('number.jsonl', '{"status":200}\n5')],
      /^Line 2 of number\.jsonl is no JSON object\.$/,
    ],
    [
      'a line that shows nothing',
      () => ['check', file('nothing.jsonl', '{"message":"x"}')],
      /^Line 1 of nothing\.jsonl shows nothing of an answer: give at least one of status, headers, .*close\.$/,
    ],
    [
      'a status in words',
      () => ['check', file('status.jsonl', '{"status":"401"}')],
      /^status in line 1 of status\.jsonl must be a number\.$/,
    ],
    [
      'another kind',
      () => ['check', file('kind.jsonl', '{"status":1,"kind":"fetch"}')],
      /^kind in line 1 of kind\.jsonl must be one of query, mutation, subscription, token\.$/,
    ],
    [
      'a HAR without entries',
      () => ['check', file('log.har', '{"log":{}}')],
      /^log\.har has no log\.entries, which a HAR file must have\.$/,
    ],
    [
      'a HAR with nothing in it',
      () => ['check', har('none.har.json')],
      /^none\.har\.json holds no request\.$/,
    ],
    [
      'a HAR with broken entries',
      () => ['check', file('entry.har', '{"log":{"entries":[null]}}')],
      /^Entry 1 of entry\.har has no request with a url\.$/,
    ],
    [
      'a HAR without GraphQL',
      () => ['check', har('other.har', { url: 'https://a.example/x', method: 'GET' })],
      /^other\.har holds one request, none of them GraphQL or for a token\.$/,
    ],
    [
      'another option',
      () => ['check', 'a', '--fast'],
      /^"--fast" is no option; the only one is: --profile\.$/,
    ],
    [
      'a profile without a name',
      () => ['check', 'a', '--profile'],
      /^--profile needs a name or a path\.$/,
    ],
    [
      'a profile that nobody knows',
      () => ['check', 'a', '--profile', 'gihub'],
      /^No profile is named "gihub"; those that are: .*github.*\.$/,
    ],
    [
      'a profile by the name of something else',
      () => ['check', 'a', '--profile', 'constructor'],
      /^No profile is named "constructor"; /,
    ],
    [
      'a module that is missing',
      () => ['check', 'a', '--profile', './none.mjs'],
      /^\.\/none\.mjs cannot be loaded: .+\.$/,
    ],
    [
      'a module without a profile',
      () => ['check', 'a', '--profile', `./${file('plain.mjs', 'export const a = 1;')}`],
      /^\.\/plain\.mjs exports no profile: an object with a name\.$/,
    ],
    [
      'a profile that is wrong',
      () => [
        'check',
        'a',
        '--profile',
        `./${file('wrong.mjs', "export const p = { name: 'p', codes: { A: 'nope' } };")}`,
      ],
      /^\.\/wrong\.mjs: Profile "p": codes\.A must be .+\.$/,
    ],
  ];

  for (const [what, args, complaint] of complaints) {
    it(`X5 one sentence for ${what}`, async () => {
      const { code, out, err } = await called(...args());
      expect([code, out]).toEqual([2, '']);
      expect(err.trimEnd()).toMatch(complaint);
      expect(err).not.toContain('s3cr3t');
    });
  }

  it('X5 says so on standard error, and ends with 2', () => {
    expect(command('check', 'none.har')).toEqual({
      code: 2,
      out: '',
      err: 'none.har cannot be read: there is no such file.\n',
    });
  });

  it('says how it is called when asked', async () => {
    for (const args of [[], ['--help'], ['check', '--help']]) {
      const { code, out } = await called(...args);
      expect(code).toBe(0);
      expect(out).toMatch(/^holdfast-profiles check <file>/);
    }
    expect(command('--help').out).toMatch(/^holdfast-profiles check <file>/);
  });
});
