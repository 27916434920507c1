import { createTestClock } from '@holdfast/testing/clock';
import { describe, expect, it, vi } from 'vitest';
import { GOOD, Harness, endpointError, rejection } from './harness.fixture.ts';
import { classify, createResilience, failureOf, waitHint } from './index.ts';

const L = (status: number, headers: Record<string, string> = {}): any => ({
  status,
  headers,
  body: 'x',
});
const log = (...a: unknown[]) =>
  console.log(...a.map((x) => (typeof x === 'string' ? x : JSON.stringify(x))));

describe('probe', () => {
  it('P1 huge', async () => {
    for (const v of [
      '99999999999',
      '9999999999999',
      '99999999999999',
      '99999999999999999',
      '999999999999999999',
      '99999999999999999999',
      '1'.padEnd(400, '0'),
      '18446744073709551615',
      '2147483648',
      '-5',
      '0',
      '00',
      '1.5',
      '1.',
      '.5',
      ' 2 ',
      '2s',
    ])
      log('P1', v.slice(0, 25), waitHint({ 'retry-after': v }, 0) ?? 'undef');
    const h = new Harness(undefined);
    const w = h.run();
    h.sent[0]!.answer(L(429, { 'retry-after': '99999999999999999999' }));
    await h.clock.advanceAsync(2000);
    log('P1 sent', h.sent.length, w.failure?.stopped ?? '-');
  });
  it('P2 redact', async () => {
    for (const t of ['A', 'a', 'T', 'token', 'old', 'ed']) {
      const h = new Harness({ tokens: { accessToken: t } }, { retry: false });
      const w = h.run();
      h.sent[0]!.answer({
        status: 200,
        data: null,
        errors: [
          { message: 'The old token failed', extensions: { code: 'FORBIDDEN_A', type: 'type_a' } },
        ],
      });
      const w2 = h.run();
      h.sent[1]!.answer({
        status: 200,
        data: null,
        errors: [{ message: 'Token expired', extensions: { code: 'NOT_FOUND' } }],
      });
      log('P2', t, w.failure?.message, w.failure?.code, w2.failure?.message, w2.failure?.code);
    }
  });
  it('P3 truncated', async () => {
    const token = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKL';
    const h = new Harness({ tokens: { accessToken: token } });
    const w = h.run();
    h.sent[0]!.answer({
      status: 200,
      data: null,
      errors: [{ message: 'x'.repeat(460) + token + ' bad', extensions: { code: 'FORBIDDEN' } }],
    });
    log('P3', w.failure?.message.slice(455));
    const long = 'q'.repeat(700);
    const h2 = new Harness({ tokens: { accessToken: long } });
    const w2 = h2.run();
    h2.sent[0]!.answer({
      status: 200,
      data: null,
      errors: [{ message: 'bad token ' + long, extensions: { code: long } }],
    });
    log('P3b', w2.failure?.message.slice(0, 40), w2.failure?.code?.slice(0, 20));
  });
  it('P4 T2 after fresh', async () => {
    const h = new Harness();
    const w = h.run();
    h.sent[0]!.answer(rejection());
    await h.settle();
    await h.refreshes[0]!.succeed('t2');
    log('P4', h.tokens);
    h.resilience.session.signIn({ accessToken: 't3' });
    h.sent[1]!.answer(rejection('late'));
    await h.settle();
    log(
      'P4 tokens',
      h.tokens,
      'settled',
      w.settled,
      w.failure?.stopped ?? '',
      'refreshes',
      h.refreshes.length,
    );
  });
  it('P5 events', async () => {
    const h = new Harness();
    const w = h.run();
    w.cancel();
    log('P5 cancel', h.types());
    h.events.length = 0;
    const c = new AbortController();
    h.run({ signal: c.signal });
    c.abort();
    log(
      'P5 abort',
      h.types(),
      h.events.filter((e) => e.type === 'operation_ended' || e.type === 'gave_up'),
    );
    h.events.length = 0;
    h.run();
    h.sent.at(-1)!.next(GOOD);
    h.sent.at(-1)!.error(new Error('x'));
    log('P5 next+error', h.types());
    h.events.length = 0;
    h.run();
    h.sent.at(-1)!.complete();
    log('P5 complete', h.types());
    h.events.length = 0;
    h.run();
    h.resilience.dispose();
    log('P5 dispose', h.types());
  });
  it('P6 retryAt', async () => {
    const h = new Harness(undefined, { random: () => 0.5 });
    const w = h.run();
    const now = h.clock.wall();
    h.sent[0]!.answer(L(429, { 'retry-after': '60' }));
    const w2 = h.run();
    log(
      'P6',
      w.failure!.retryAt! - now,
      w.failure!.stopped,
      w2.failure!.retryAt! - now,
      w2.failure!.stopped,
      h.resilience.limits.get()[0]!.until - now,
    );
  });
  it('P7 offline', async () => {
    vi.stubGlobal('navigator', { onLine: false });
    const target = new EventTarget();
    vi.stubGlobal('window', target);
    const h = new Harness(undefined);
    h.run();
    vi.stubGlobal('navigator', { onLine: true });
    target.dispatchEvent(new Event('online'));
    await h.settle();
    log('P7 sent after window online', h.sent.length, h.resilience.activity.get());
    vi.unstubAllGlobals();
  });
  it('P8 infinite refreshTimeout custom clock', async () => {
    const calls: number[] = [];
    const base = createTestClock({ strict: false });
    const clock = {
      ...base,
      monotonic: base.monotonic,
      wall: base.wall,
      after: (ms: number, run: () => void) => {
        calls.push(ms);
        return base.after(ms, run);
      },
    };
    const r = createResilience({
      clock,
      auth: {
        tokens: async () => {
          await new Promise((x) => setTimeout(x, 20));
          return { accessToken: 'x' };
        },
        refresh: async () => undefined,
        refreshTimeout: Infinity,
      },
    });
    const sent: unknown[] = [];
    r.execute(
      { kind: 'query' },
      {
        send: (a) => {
          sent.push(a.headers);
          return () => {};
        },
        read: () => ({}),
      },
      { next() {}, error() {}, complete() {} },
    );
    await base.advanceAsync(1);
    log('P8', calls, sent, r.session.get());
  });
  it('P9 thenable tokens', async () => {
    const h = new Harness({
      tokens: (() => ({ then: (f: any) => f({ accessToken: 'thenable' }) })) as any,
    });
    h.run();
    await h.settle();
    log('P9', h.types(), h.tokens);
  });
  it('P10 403 partial freshToken query', async () => {
    log(
      'P10',
      classify({ status: 200, body: JSON.stringify({ data: { a: 'x'.repeat(70000) } }) }) ?? 'ok',
    );
  });
  it('P11 receiver throws', async () => {
    const h = new Harness(undefined);
    const err = vi.spyOn(console, 'error').mockImplementation(() => {});
    let n = 0;
    try {
      h.resilience.execute<any>(
        { kind: 'query' },
        {
          send: (_a, r) => {
            r.next({ status: 400, body: '' });
            return () => {};
          },
          read: (x) => x,
        },
        {
          next() {
            n++;
            throw new Error('sub');
          },
          error() {
            n += 10;
          },
          complete() {
            n += 100;
          },
        },
      );
    } catch (e) {
      log('P11 threw', String(e));
    }
    log('P11 n', n, h.types());
    err.mockRestore();
  });
  it('P12 deadline in flight attempt 3 after server error', async () => {
    const h = new Harness(undefined, { timeout: { attempt: 5_000, total: 6_000 } });
    const w = h.run();
    const e = Object.assign(new Error('503'), { statusCode: 503 });
    h.sent[0]!.error(e);
    await h.clock.advanceAsync(10_000);
    log('P12', h.sent.length, w.errors.map(String), w.failure?.stopped, w.failure?.kind);
  });
  it('P13 when promise pending & cancel', async () => {
    const h = new Harness(undefined, { retry: { when: (() => new Promise(() => {})) as any } });
    const w = h.run();
    h.sent[0]!.answer(L(500));
    await h.clock.advanceAsync(61_000);
    log('P13', w.settled, w.failure?.stopped, h.resilience.activity.get().length, h.clock.pending);
  });
  it('P14 token endpoint 501', async () => {
    const h = new Harness({ tokens: { accessToken: 't', expiresAt: 1 } });
    const w = h.run();
    await h.settle();
    await h.refreshes[0]!.fail(endpointError(501));
    await h.clock.advanceAsync(5_000);
    log('P14 refreshes', h.refreshes.length, w.failure?.stopped, h.status);
  });
  it('P15 idempotent replay 403 tbint etc', async () => {
    for (const s of [
      418, 421, 424, 426, 428, 451, 506, 507, 508, 511, 525, 526, 530, 599, 300, 304, 100,
    ])
      log(
        'P15',
        s,
        classify({ status: s })?.kind ?? '-',
        classify({ status: s })?.retryable ?? '-',
      );
  });
  it('P16 sessions', async () => {
    const h = new Harness({ tokens: undefined as any });
    log('P16', h.resilience.session.get());
    const r = h.resilience.session.refresh();
    await h.settle();
    log(h.refreshes[0]!.request.reason, h.resilience.session.get());
    await h.refreshes[0]!.succeed(undefined);
    await r.catch((e) => log('rej', e.name, e.failure.kind, e.failure.stopped ?? 'no stop'));
    log(h.resilience.session.get(), h.types());
  });
});
