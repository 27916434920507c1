import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { createTestClock } from '@holdfast/testing/clock';
import { describe, expect, it } from 'vitest';
import { createResilience } from '../src/index.ts';
import type { ResilienceEvent } from '../src/index.ts';
import { GOOD, Harness, rejection } from './harness.fixture.ts';

describe('construction', () => {
  it('E5 no timer, no request, no storage read, no callback', () => {
    const called: string[] = [];
    const call = (name: string) => (): never => {
      called.push(name);
      throw new Error(`${name} was called`);
    };
    const clock = createTestClock();
    const after = clock.after.bind(clock);
    const counted = { ...clock, monotonic: clock.monotonic, wall: clock.wall, after };
    const resilience = createResilience({
      auth: {
        tokens: call('tokens'),
        refresh: call('refresh'),
        headers: call('headers'),
      },
      share: {
        read: call('read'),
        replace: call('replace'),
        lease: call('lease'),
        closeUntil: call('closeUntil'),
        subscribe: call('subscribe'),
      },
      retry: { when: call('when') },
      rateLimit: { scope: call('scope') },
      online: { get: call('online.get'), subscribe: call('online.subscribe') },
      random: call('random'),
      onEvent: call('onEvent'),
      clock: { ...counted, after: call('after') },
    });
    expect(resilience.session.get()).toEqual({ status: 'unknown', generation: 0 });
    expect([resilience.limits.get(), resilience.activity.get()]).toEqual([[], []]);
    expect(called).toEqual([]);
  });

  it('E5 storage is not touched', () => {
    const touched: PropertyKey[] = [];
    const storage = new Proxy(
      {},
      {
        get: (_target, key) => {
          touched.push(key);
          return () => null;
        },
      },
    );
    const { sessionStorage, localStorage } = Object.getOwnPropertyDescriptors(globalThis);
    try {
      for (const name of ['sessionStorage', 'localStorage', 'window', 'document']) {
        Object.defineProperty(globalThis, name, { value: storage, configurable: true });
      }
      createResilience({ auth: { refresh: async () => undefined } });
    } finally {
      Reflect.deleteProperty(globalThis, 'window');
      Reflect.deleteProperty(globalThis, 'document');
      for (const [name, own] of Object.entries({ sessionStorage, localStorage })) {
        if (own === undefined) Reflect.deleteProperty(globalThis, name);
        else Object.defineProperty(globalThis, name, own);
      }
    }
    expect(touched).toEqual([]);
  });

  it('E5 tokens given as an object are at hand from the start', () => {
    const { resilience } = new Harness({ tokens: { accessToken: 't1' } });
    expect(resilience.session.get()).toMatchObject({ status: 'active' });
  });

  it('E5 dispose of an instance that was never used does nothing either', () => {
    const clock = createTestClock();
    createResilience({ clock, auth: { refresh: async () => undefined } }).dispose();
    expect(clock.pending).toBe(0);
  });
});

describe('what an application holds', () => {
  it('V1 methods work that are handed on by themselves, and copied with the instance', async () => {
    const harness = new Harness({ tokens: { accessToken: 't1' } });
    const { execute, subscribe, dispose, session } = { ...harness.resilience };
    const { signIn, signOut, refresh, get } = { ...session };
    const told: string[] = [];
    subscribe(({ type }) => told.push(type));
    signOut();
    expect(get().status).toBe('signed-out');
    signIn({ accessToken: 't2' });
    expect(get().status).toBe('active');
    const refreshed = refresh();
    await harness.settle();
    await harness.refreshes[0]!.succeed('t3');
    await refreshed;
    const sent: string[] = [];
    const receiver = { next: () => {}, error: () => {}, complete: () => {} };
    execute(
      { kind: 'query' },
      {
        send: ({ headers }) => {
          sent.push(...Object.values(headers));
          return () => {};
        },
        read: () => undefined,
      },
      receiver,
    );
    expect(sent).toEqual(['Bearer t3']);
    dispose();
    expect(told.at(-1)).toBe('operation_ended');
  });

  it('X2 holds no token that printing it would show', async () => {
    const harness = new Harness({ tokens: { accessToken: 'hush-1', refreshToken: 'hush-2' } });
    harness.run();
    harness.sent[0]!.answer(rejection());
    await harness.settle();
    await harness.refreshes[0]!.succeed('hush-3');
    const { resilience } = harness;
    const printed = `${inspect(resilience, { depth: Infinity, showHidden: true })}${JSON.stringify(resilience)}`;
    expect(printed).not.toContain('hush');
  });
});

describe('two instances', () => {
  it('E6 share neither tokens nor refreshes nor a session', async () => {
    const [a, b] = [
      new Harness({ tokens: { accessToken: 'a1' } }),
      new Harness({ tokens: { accessToken: 'b1' } }),
    ];
    a.run();
    b.run();
    a.sent[0]!.answer(rejection());
    await a.refreshes[0]!.succeed('a2');
    await b.settle();
    b.run();
    expect([a.tokens, b.tokens]).toEqual([
      ['a1', 'a2'],
      ['b1', 'b1'],
    ]);
    a.resilience.session.signOut();
    b.run();
    expect([a.status, b.status, b.tokens.at(-1)]).toEqual(['signed-out', 'active', 'b1']);
    expect(b.refreshes).toEqual([]);
  });

  it('E6 share neither events nor limits nor waiting operations', async () => {
    const [a, b] = [new Harness(), new Harness()];
    a.run();
    a.sent[0]!.answer({ status: 429, body: '', headers: { 'retry-after': '5' } });
    a.run();
    expect(a.resilience.limits.get()).toHaveLength(1);
    expect([b.resilience.limits.get(), b.resilience.activity.get()]).toEqual([[], []]);
    const watched = b.run();
    b.sent[0]!.answer(GOOD);
    expect(watched.results).toEqual([GOOD]);
    const operations = (events: readonly ResilienceEvent[]): number =>
      events.filter(({ type }) => type === 'operation_started').length;
    expect([operations(a.events), operations(b.events)]).toEqual([2, 1]);
  });

  it('E6 dispose of one leaves the other', async () => {
    const clock = createTestClock();
    const [a, b] = [new Harness({}, { clock }), new Harness({}, { clock })];
    const [left, kept] = [a.run(), b.run()];
    await clock.advanceAsync(0);
    a.resilience.dispose();
    await b.refreshes[0]!.succeed('b1');
    b.sent[0]!.answer(GOOD);
    expect([left.failure?.kind, kept.results]).toEqual(['aborted', [GOOD]]);
  });

  it('E6 one instance for a machine serves all with one token', async () => {
    const harness = new Harness({});
    for (let user = 0; user < 5; user++) harness.run({ name: `user ${user}` });
    await harness.settle();
    await harness.refreshes[0]!.succeed('machine');
    expect([harness.tokens, harness.refreshes.length]).toEqual([Array(5).fill('machine'), 1]);
  });
});

describe('a Node process', () => {
  const entry = JSON.stringify(new URL('../src/index.ts', import.meta.url).href);
  const prelude = `
    const { createResilience } = await import(${entry});
    process.on('unhandledRejection', (error) => { console.log('unhandled', error); process.exit(3); });
    const send = (answers) => ({ read: (r) => r, send: (attempt, receiver) => {
      const answer = answers.shift();
      if (answer !== undefined) { receiver.next(answer); receiver.complete(); }
      return () => {};
    } });
    const hear = (label) => ({ next: () => console.log(label, 'next'), error: (e) => console.log(label, e.name), complete: () => {} });
    const good = { status: 200, data: {} };
  `;

  function run(script: string): { status: number | null; stdout: string } {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--conditions=holdfast-source', '--input-type=module', '--eval', prelude + script],
      { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8', timeout: 20_000 },
    );
    return { status, stdout: stdout + stderr };
  }

  it('E3 with nothing in flight exits, though nothing was disposed of', () => {
    const script = `
      let calls = 0;
      const resilience = createResilience({
        auth: { tokens: { accessToken: 't1', expiresAt: Date.now() + 3600000 }, refresh: async () => (calls++, { accessToken: 't2' }) },
      });
      resilience.limits.subscribe(() => {});
      resilience.execute({ kind: 'query' }, send([good]), hear('a'));
      // A closed scope that only somebody watches keeps no process alive.
      resilience.execute({ kind: 'query' }, send([{ status: 200, data: {}, headers: { 'retry-after': '60', ratelimit: '"x";r=0;t=60' } }]), hear('b'));
    `;
    expect(run(script)).toEqual({ status: 0, stdout: 'a next\nb next\n' });
  });

  it('E3 with everything in flight exits once it is disposed of', () => {
    const script = `
      const resilience = createResilience({
        auth: { refresh: () => new Promise(() => {}) },
        share: { read: () => new Promise(() => {}), replace: () => new Promise(() => {}) },
      });
      resilience.execute({ kind: 'query' }, send([]), hear('waiting'));
      resilience.execute({ kind: 'query', options: { auth: false } }, send([]), hear('sent'));
      resilience.execute({ kind: 'query', options: { auth: false } }, send([{ status: 503, body: '' }]), hear('backing off'));
      resilience.session.refresh();
      await new Promise((resolve) => setImmediate(resolve));
      resilience.dispose();
    `;
    expect(run(script)).toEqual({
      status: 0,
      stdout: 'waiting AbortError\nsent AbortError\nbacking off AbortError\n',
    });
  });

  it('E4 a refresh that fails, with nobody looking, raises no unhandled rejection', () => {
    const script = `
      const resilience = createResilience({ auth: { refresh: () => Promise.reject(new Error('no')) } });
      resilience.session.refresh();
      await new Promise((resolve) => setImmediate(resolve));
      resilience.execute({ kind: 'query' }, send([good]), hear('a'));
    `;
    expect(run(script)).toEqual({ status: 0, stdout: 'a ResilienceError\n' });
  });
});
