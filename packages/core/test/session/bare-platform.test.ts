import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createResilience } from '../../src/index.ts';
import type { Signal, Tokens } from '../../src/index.ts';
import { GOOD, Harness, NOW, rejection } from '../harness.fixture.ts';
import { MemoryShare } from './memory-share.fixture.ts';
import { settle, tabs } from './tabs.fixture.ts';

/** What a platform may lack: React Native has no DOMException, a bare engine has none of these. */
const GLOBALS = [
  'DOMException',
  'crypto',
  'structuredClone',
  'atob',
  'btoa',
  'navigator',
  'Response',
  'ReadableStream',
  'TextDecoder',
  // Last: Node loads the others with its help.
  'performance',
];

beforeEach(() => {
  for (const name of GLOBALS) vi.stubGlobal(name, undefined);
  vi.stubGlobal('AbortSignal', { ...AbortSignal, any: undefined, timeout: undefined });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const EXPIRED = { tokens: { accessToken: 't1', expiresAt: 1 } };

describe('on a platform that has none of what may be missing', () => {
  it('P1 T11 a sign-out during a refresh signs out', async () => {
    const harness = new Harness(EXPIRED);
    const waiting = harness.run();
    await harness.settle();
    harness.resilience.session.signOut();
    expect([harness.status, waiting.settled]).toEqual(['signed-out', 1]);
    await harness.settle();
    expect(harness.refreshes[0]!.request.signal.aborted).toBe(true);
    await harness.refreshes[0]!.succeed('t2');
    expect(harness.status).toBe('signed-out');
  });

  it('P1 T11 a sign-in during a refresh signs in', async () => {
    const harness = new Harness(EXPIRED);
    harness.run();
    await harness.settle();
    harness.resilience.session.signIn({ accessToken: 'mine' });
    expect([harness.status, harness.tokens]).toEqual(['active', ['mine']]);
    await harness.settle();
    expect(harness.refreshes[0]!.request.signal.aborted).toBe(true);
  });

  it('P1 T5 a refresh that takes too long is a timeout, and is tried again', async () => {
    const harness = new Harness(EXPIRED);
    harness.run();
    await harness.clock.advanceAsync(10_200);
    const { signal } = harness.refreshes[0]!.request;
    expect(signal.reason).toMatchObject({ name: 'TimeoutError', message: expect.any(String) });
    expect(harness.refreshes).toHaveLength(2);
    await harness.clock.advanceAsync(20_000);
    expect(harness.resilience.session.get().failure).toMatchObject({ kind: 'timeout' });
  });

  it('P1 E3 it can be disposed of during a refresh', async () => {
    const harness = new Harness(EXPIRED);
    const waiting = harness.run();
    await harness.settle();
    harness.resilience.dispose();
    expect(waiting.failure).toMatchObject({ kind: 'aborted' });
    expect(harness.clock.pending).toBe(0);
  });

  it('P1 T14 T11 instances share, refresh and sign out together', async () => {
    const instances = tabs(2, new MemoryShare());
    for (const instance of instances) instance.run();
    await settle(instances);
    const caller = instances.find(({ refreshes }) => refreshes.length === 1)!;
    await caller.refreshes[0]!.succeed('t2');
    await settle(instances);
    expect(instances.map(({ tokens }) => tokens)).toEqual([['t2'], ['t2']]);
    instances[0]!.resilience.session.signOut();
    await settle(instances);
    expect(instances.map(({ status }) => status)).toEqual(['signed-out', 'signed-out']);
  });

  it('P1 T10 T11b a JWT is read without atob', async () => {
    const claims = (sub: string): string =>
      Buffer.from(JSON.stringify({ sub, exp: NOW / 1_000 + 3_600, name: 'Søren' })).toString(
        'base64url',
      );
    const harness = new Harness({ tokens: { accessToken: `e30.${claims('alice')}.c2ln` } });
    expect(harness.resilience.session.get().expiresAt).toBe(NOW + 3_600_000);
    const waiting = harness.run();
    harness.sent[0]!.answer({ status: 429, headers: { 'retry-after': '2' }, body: '' });
    harness.resilience.session.signIn({ accessToken: `e30.${claims('bob')}.c2ln` });
    expect(waiting.failure).toMatchObject({ stopped: 'signed_out' });
  });

  it('P1 M3 T1 mutations carry a key, and a rejected token is renewed', async () => {
    const harness = new Harness(undefined, { retry: { idempotencyKey: 'idempotency-key' } });
    const watched = harness.run({ kind: 'mutation' });
    harness.sent[0]!.answer(rejection());
    await harness.refreshes[0]!.succeed('t2');
    harness.sent[1]!.answer(GOOD);
    const keys = harness.sent.map(({ headers }) => headers['idempotency-key']);
    expect([keys[0], watched.results]).toEqual([keys[1], [GOOD]]);
    expect(keys[0]).toMatch(/^[\da-f-]{36}$/);
  });

  it('P1 E2 an aborted signal ends an operation', () => {
    const harness = new Harness();
    const controller = new AbortController();
    const watched = harness.run({ signal: controller.signal });
    controller.abort();
    expect(watched.failure).toMatchObject({ kind: 'aborted' });
  });

  it('P1 the platform’s own clock does without performance', async () => {
    const resilience = createResilience({
      auth: { refresh: async (): Promise<Tokens> => ({ accessToken: 't1' }) },
    });
    const result = await new Promise<Signal>((resolve, reject) => {
      resilience.execute<Signal>(
        { kind: 'query' },
        {
          send: (_attempt, receiver) => {
            receiver.next(GOOD);
            receiver.complete();
            return () => {};
          },
          read: (signal) => signal,
        },
        { next: resolve, error: reject, complete: () => {} },
      );
    });
    expect(result).toBe(GOOD);
    resilience.dispose();
  });
});
