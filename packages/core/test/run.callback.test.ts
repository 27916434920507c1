import { afterEach, describe, expect, it, vi } from 'vitest';
import { failureOf, ResilienceError } from '../src/index.ts';
import type { ResilienceOptions } from '../src/index.ts';
import { bench, good, limited, nodeError, status } from './bench.fixture.ts';
import type { Bench } from './bench.fixture.ts';

const broken = new Error('a callback of the application broke');
const tokens = { accessToken: 'secret' };
const refresh = (): Promise<typeof tokens> => Promise.resolve(tokens);

/** The ways in which a callback can fail. */
const ways: readonly [string, () => never][] = [
  [
    'throws',
    () => {
      throw broken;
    },
  ],
  ['rejects', () => Promise.reject(broken) as never],
];

function cases(make: (fail: () => never) => ResilienceOptions): [string, ResilienceOptions][] {
  return ways.map(([way, fail]) => [way, make(fail)]);
}

const nowhere = { retry: { when: (): never => new Promise(() => {}) as never } };

async function settled(self: Bench): Promise<void> {
  await self.clock.advanceAsync(60_000);
  expect(self.clock.pending).toBe(0);
  expect(self.resilience.activity.get()).toEqual([]);
}

describe('a callback that fails after an answer', () => {
  const after: [string, ResilienceOptions][] = [
    ...cases((fail) => ({ retry: { when: fail } })).map(
      ([way, options]): [string, ResilienceOptions] => [`when ${way}`, options],
    ),
    ...cases((fail) => ({ random: fail })).map(([way, options]): [string, ResilienceOptions] => [
      `random ${way}`,
      options,
    ]),
  ];

  it.each(after)('R9 R10 %s: the server’s result is delivered untouched', async (_, options) => {
    const self = bench(options);
    const answer = Object.freeze(status(500));
    const trial = self.run(answer);
    await settled(self);
    expect([trial.results, trial.errors, trial.sent.length]).toEqual([[answer], [], 1]);
    expect(trial.results[0]).toBe(answer);
    expect([trial.settled, trial.ended]).toEqual([1, trial.ended]);
    expect(trial.failure).toMatchObject({
      kind: 'server_error',
      stopped: 'callback_failed',
      cause: broken,
      attempts: 1,
    });
    expect(self.of('callback_failed')).toMatchObject([{ error: broken }]);
  });

  it.each(after)('R9 R10 %s: the transport’s error is delivered untouched', async (_, options) => {
    const self = bench(options);
    const error = Object.freeze(nodeError('ECONNRESET'));
    const trial = self.run({ fails: error });
    await settled(self);
    expect(trial.errors).toEqual([error]);
    expect(trial.errors[0]).toBe(error);
    expect(trial.failure).toMatchObject({ stopped: 'callback_failed', cause: broken });
  });

  it.each(after)('W7 R9 %s: the scope is closed all the same', async (way, options) => {
    if (way.startsWith('random')) return;
    const self = bench(options);
    self.run(limited(10));
    const other = self.run(good());
    expect(other.sent).toHaveLength(0);
    await settled(self);
    expect(other.times).toEqual([10_000]);
  });

  it('R9 `when` that never answers holds nobody longer than the deadline', async () => {
    const self = bench(nowhere);
    const answer = status(500);
    const trial = self.run(answer);
    await self.clock.advanceAsync(59_999);
    expect(trial.settled).toBe(0);
    await self.clock.advanceAsync(1);
    expect([trial.results, trial.failure?.stopped]).toEqual([[answer], 'deadline']);
    expect(self.clock.pending).toBe(0);
  });

  it.each([null, 0, 1, 'yes', {}, Symbol('yes')])(
    'R9 `when` that answers %s has no opinion',
    (answer) => {
      const self = bench({ retry: { when: () => answer as never } });
      const [transient, final] = [self.run([status(500), good()]), self.run(status(404))];
      self.clock.advance(60_000);
      expect([transient.sent.length, final.sent.length]).toEqual([2, 1]);
    },
  );

  it('R9 `when` may answer later', async () => {
    const self = bench({ retry: { when: () => Promise.resolve(true) as never } });
    const trial = self.run([status(404), good()]);
    await settled(self);
    expect([trial.sent.length, trial.errors, trial.settled]).toEqual([2, [], 1]);
  });
});

describe('a callback that fails before anything was sent', () => {
  const before: [string, ResilienceOptions][] = [
    ...cases((headers) => ({ auth: { tokens, refresh, headers } })).map(
      ([way, options]): [string, ResilienceOptions] => [`headers ${way}`, options],
    ),
    ...cases((scope) => ({ rateLimit: { scope } })).map(
      ([way, options]): [string, ResilienceOptions] => [`scope ${way}`, options],
    ),
  ];

  it.each(before)('R9 R10 %s: a ResilienceError with that cause', async (_, options) => {
    const self = bench(options);
    const trial = self.run(good());
    await settled(self);
    expect([trial.sent.length, trial.results, trial.settled]).toEqual([0, [], 1]);
    const [error] = trial.errors;
    expect(error).toBeInstanceOf(ResilienceError);
    expect((error as Error).cause).toBe(broken);
    expect(failureOf(error)).toMatchObject({
      executed: false,
      attempts: 0,
      stopped: 'callback_failed',
      cause: broken,
    });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'authorization: x'],
    ['a number as value', { authorization: 7 }],
    ['a name that is none', { 'no name': 'x' }],
    ['a line break', { authorization: 'Bearer secret\r\nx-evil: 1' }],
    ['a thenable', { then: 7 }],
    ['Headers', new Headers({ authorization: 'Bearer secret' })],
    ['a Map', new Map([['authorization', 'Bearer secret']])],
    ['pairs', [['authorization', 'Bearer secret']]],
  ])('R9 X3 headers that answer %s: the same, and no secret is told', async (_, answer) => {
    const self = bench({ auth: { tokens, refresh, headers: () => answer as never } });
    const trial = self.run(good());
    await settled(self);
    expect([trial.sent.length, trial.settled]).toEqual([0, 1]);
    expect(trial.failure).toMatchObject({ stopped: 'callback_failed' });
    expect(JSON.stringify([trial.failure, String(trial.failure?.cause)])).not.toContain('secret');
  });

  it('R9 R10 headers that fail on the replay: the server’s own answer, with that cause', async () => {
    let calls = 0;
    const headers = (): Record<string, string> => {
      if (++calls > 1) throw broken;
      return { authorization: 'x' };
    };
    const self = bench({ auth: { tokens, refresh, headers } });
    const answer = status(401);
    const trial = self.run(answer);
    await settled(self);
    expect(trial.results[0]).toBe(answer);
    expect(trial.failure).toMatchObject({ stopped: 'callback_failed', cause: broken });
  });

  it('R9 headers and scope that never answer hold nobody longer than the deadline', async () => {
    const never = (): never => new Promise(() => {}) as never;
    for (const options of [
      { auth: { tokens, refresh, headers: never } },
      { rateLimit: { scope: never } },
    ]) {
      const self = bench(options);
      const trial = self.run(good());
      await settled(self);
      expect([trial.sent.length, trial.settled, trial.failure?.stopped]).toEqual([
        0,
        1,
        'deadline',
      ]);
    }
  });

  it.each([undefined, null, 7, {}, Object.create(null) as object, Symbol('scope')])(
    'R9 a scope that is no name is the default one',
    async (scope) => {
      for (const answer of [scope, Promise.resolve(scope)]) {
        const self = bench({ rateLimit: { scope: () => answer as never } });
        const trial = self.run(limited(10), { endpoint: 'https://a.example' });
        await self.clock.advanceAsync(1);
        expect(self.resilience.limits.get()).toMatchObject([{ scope: 'https://a.example' }]);
        await settled(self);
        expect(trial.settled).toBe(1);
      }
    },
  );
});

describe('an event listener that fails', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each(ways)('R9 one that %s is reported and ignored', async (_, onEvent) => {
    const spoken = vi.spyOn(console, 'error').mockImplementation(() => {});
    const self = bench({ onEvent });
    const trial = self.run([status(500), limited(), good()]);
    await settled(self);
    expect([trial.sent.length, trial.settled, trial.errors]).toEqual([3, 1, []]);
    expect(spoken).toHaveBeenCalledTimes(1);
    expect(spoken.mock.calls[0]).toContain(broken);
  });

  it.each(ways)('R9 of one that %s the others hear', async (_, listener) => {
    const spoken = vi.spyOn(console, 'error').mockImplementation(() => {});
    const self = bench();
    self.resilience.subscribe(listener);
    self.run(good());
    await settled(self);
    expect(self.of('callback_failed')).toMatchObject([{ callback: 'onEvent', error: broken }]);
    expect(spoken).not.toHaveBeenCalled();
  });

  it.each(ways)('R9 an operation’s own observer that %s harms nobody', async (_, observe) => {
    const self = bench();
    const trial = self.run([status(500), good()], { observe });
    await settled(self);
    expect([trial.sent.length, trial.errors]).toEqual([2, []]);
    expect(self.of('callback_failed')).toHaveLength(1);
  });
});
