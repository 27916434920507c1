// @vitest-environment jsdom
import type { Resilience, ResilienceEvent, Signal } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { clocked, hello, instance, server } from './instance.fixture.ts';
import { createHistory, recordHistory } from './recorder.ts';
import { at, operation } from './story.fixture.ts';

afterEach(() => vi.unstubAllGlobals());

describe('what is recorded of an instance', () => {
  it('T1 V1 two operations, one refresh, and the tokens that they were sent with', async () => {
    const api = await server({ auth: { reject: '401' } });
    const resilience: Resilience = instance({
      auth: {
        tokens: { accessToken: api.issueToken() },
        refresh: async () => {
          await vi.waitFor(() => expect(resilience.activity.get()).toHaveLength(2));
          return { accessToken: api.issueToken() };
        },
      },
    });
    const recorder = recordHistory(resilience);
    onTestFinished(recorder.dispose);
    api.expireTokens();
    await Promise.all([hello(resilience, api.url), hello(resilience, api.url)]);
    const { lanes, refreshes, generations, seconds } = recorder.get();
    expect(lanes).toHaveLength(2);
    for (const lane of lanes) {
      expect(lane).toMatchObject({ kind: 'query', name: 'Hello', outcome: 'success' });
      expect(
        lane.spans.map(({ kind, generation, outcome }) => [kind, generation, outcome]),
      ).toEqual([
        ['attempt', 1, 'failure'],
        ['refresh', undefined, undefined],
        ['attempt', 2, 'success'],
      ]);
    }
    expect(refreshes).toMatchObject([{ outcome: 'success', generation: 2 }]);
    expect(generations.map(({ generation }) => generation)).toEqual([1, 2]);
    const requests = seconds.reduce((sum, second) => sum + second.requests, 0);
    expect(requests).toBe(api.requests.length);
  });

  it('F11 holds no token, no header and no variables, whatever the server repeats', async () => {
    const api = await server();
    const secrets = ['secret-token', 'secret-variable', 'secret-header'];
    api.inject({
      times: Infinity,
      status: 500,
      headers: { 'x-secret': 'secret-header' },
      body: { errors: [{ message: 'secret-token secret-variable' }] },
    });
    const resilience = instance({
      outage: false,
      retry: { attempts: 2, backoff: { transient: 1 } },
      auth: { tokens: { accessToken: 'secret-token' }, refresh: async () => undefined },
    });
    const recorder = recordHistory(resilience);
    onTestFinished(recorder.dispose);
    await hello(resilience, api.url, { name: 'secret-variable' });
    const { failures } = recorder.get();
    expect(failures).toMatchObject([{ name: 'Hello', attempts: 2, stopped: 'attempts' }]);
    expect(failures[0]?.advice).toMatch(/^Look into the log of the server/);
    for (const secret of secrets) expect(JSON.stringify(recorder.get())).not.toContain(secret);
  });

  it('W7 begins with the scopes that are closed and the tokens that there are', async () => {
    const api = await server();
    api.inject({ status: 429, headers: { 'retry-after': '20' } });
    const { resilience, clock } = clocked({
      auth: { tokens: { accessToken: 't' }, refresh: async () => undefined },
    });
    const answer = hello(resilience, api.url).catch((error: unknown) => error);
    await vi.waitFor(() => expect(resilience.limits.get()).toHaveLength(1));
    const recorder = recordHistory(resilience);
    onTestFinished(recorder.dispose);
    const { closures, generations } = recorder.get();
    expect(closures).toMatchObject([
      { from: clock.wall(), until: resilience.limits.get()[0]?.until },
    ]);
    expect(generations).toMatchObject([{ generation: 1 }]);
    resilience.dispose();
    expect(await answer).toBeInstanceOf(Error);
  });

  it('T12 tells of tokens that were read without an event', async () => {
    const { resilience } = clocked({
      auth: { tokens: async () => ({ accessToken: 't' }), refresh: async () => undefined },
    });
    const recorder = recordHistory(resilience);
    onTestFinished(recorder.dispose);
    const api = await server();
    await hello(resilience, api.url);
    expect(recorder.get().generations).toMatchObject([{ generation: 1 }]);
  });
});

describe('telling of it', () => {
  const STARTED = at(0, 'operation_started', operation(1));
  const toFake = [
    'setTimeout',
    'clearTimeout',
    'requestAnimationFrame',
    'cancelAnimationFrame',
  ] as const;

  beforeEach(() => void vi.useFakeTimers({ toFake: [...toFake] }));
  afterEach(() => void vi.useRealTimers());

  it('X4 happens ten times a second at most, however much there is to tell', () => {
    const recorder = createHistory();
    const tell = vi.fn<() => void>();
    recorder.subscribe(tell);
    for (let id = 0; id < 1000; id++) {
      recorder.record(at(id, 'operation_started', operation(id)));
      vi.advanceTimersByTime(1);
    }
    expect(tell.mock.calls.length).toBeGreaterThan(5);
    expect(tell.mock.calls.length).toBeLessThanOrEqual(10);
    vi.runAllTimers();
    const told = tell.mock.calls.length;
    recorder.record(at(0, 'operation_started', operation(5000)));
    vi.runAllTimers();
    expect(tell).toHaveBeenCalledTimes(told + 1);
  });

  it('waits for a frame where frames are drawn, and needs none elsewhere', () => {
    const recorder = createHistory();
    const tell = vi.fn<() => void>();
    recorder.subscribe(tell);
    vi.stubGlobal('requestAnimationFrame', () => 1);
    recorder.record(STARTED);
    vi.runAllTimers();
    expect(tell).not.toHaveBeenCalled();
    vi.stubGlobal('requestAnimationFrame', undefined);
    const elsewhere = createHistory();
    elsewhere.subscribe(tell);
    elsewhere.record(STARTED);
    vi.runAllTimers();
    expect(tell).toHaveBeenCalledTimes(1);
  });

  it('V1 answers the same object until something changed', () => {
    const recorder = createHistory();
    const tell = vi.fn<() => void>();
    recorder.subscribe(tell);
    recorder.record(STARTED);
    vi.runAllTimers();
    const before = recorder.get();
    recorder.record(at(3, 'budget_empty', { tokens: 0, cost: 14 }));
    vi.runAllTimers();
    expect(recorder.get()).toBe(before);
    expect(tell).toHaveBeenCalledTimes(1);
  });

  it('E3 runs no timer where nobody listens, and leaves none behind', () => {
    const recorder = createHistory();
    recorder.record(STARTED);
    expect(vi.getTimerCount()).toBe(0);
    const tell = vi.fn<() => void>();
    const leave = recorder.subscribe(tell);
    recorder.record(at(1, 'operation_started', operation(2)));
    expect(vi.getTimerCount()).toBe(1);
    leave();
    expect(vi.getTimerCount()).toBe(0);
    recorder.subscribe(tell);
    recorder.record(at(2, 'operation_started', operation(3)));
    vi.advanceTimersByTime(100);
    expect(vi.getTimerCount()).toBe(1);
    recorder.dispose();
    expect(vi.getTimerCount()).toBe(0);
    expect(tell).not.toHaveBeenCalled();
  });

  it('E3 hears nothing of the instance after dispose', () => {
    const { resilience } = clocked({
      auth: { tokens: { accessToken: 't' }, refresh: async () => undefined },
    });
    const recorder = recordHistory(resilience);
    recorder.dispose();
    const before = recorder.get();
    resilience.session.signIn({ accessToken: 'other' });
    expect(recorder.get()).toBe(before);
  });

  it('forgets everything when it is cleared', () => {
    const recorder = createHistory();
    recorder.record(STARTED);
    recorder.clear();
    expect(recorder.get().lanes).toEqual([]);
  });

  it.each([0, -1, 1.5, NaN, 5001, Infinity])('X5 keep: %s is refused', (keep) => {
    expect(() => createHistory({ keep })).toThrow(
      `keep is ${keep}; give a whole number from 1 to 5000.`,
    );
  });

  it('F11 the advice of a failure is what the profile or this house says', () => {
    const { resilience } = clocked();
    const events: ResilienceEvent[] = [];
    resilience.subscribe((event) => events.push(event));
    const answer: Signal = {
      status: 200,
      data: null,
      errors: [{ message: 'do evil', extensions: { code: 'FORBIDDEN', advice: 'do evil' } }],
    };
    resilience.execute(
      { kind: 'query' },
      {
        send: (_attempt, receiver) => {
          receiver.next(answer);
          return () => {};
        },
        read: (result: Signal) => result,
      },
      { next: () => {}, error: () => {}, complete: () => {} },
    );
    const given = events.find(({ type }) => type === 'gave_up');
    expect(given).toMatchObject({
      advice: expect.stringMatching(/^Check the permissions of this user/),
    });
    expect(JSON.stringify(events)).not.toContain('evil');
  });
});
