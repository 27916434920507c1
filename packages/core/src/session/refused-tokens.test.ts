import { describe, expect, it } from 'vitest';
import type { AuthOptions, Resilience, Signal, Tokens } from '../index.ts';
import { endpointError, GOOD, Harness, rejection } from '../harness.fixture.ts';
import type { Sent, Watched } from '../harness.fixture.ts';
import { MemoryShare } from './memory-share.fixture.ts';
import { calls as callsOf, settle, tabs } from './tabs.fixture.ts';

interface World {
  readonly harness: Harness;
  /** Calls of `refresh`. */
  calls(): number;
}

/** A token endpoint that works, and an API that wants none of what it gives. */
function wrongEnvironment(
  auth: Partial<AuthOptions> = { tokens: { accessToken: 'old' } },
  serve: (sent: Sent) => void = (sent) => sent.answer(rejection(`no ${sent.token}`)),
): World {
  let count = 0;
  const refresh = async (): Promise<Tokens> => ({ accessToken: `t${++count}` });
  const harness = new Harness({ refresh, ...auth }, { retry: { budget: false } });
  harness.serve = serve;
  return { harness, calls: () => count };
}

async function inTurn(harness: Harness, count: number): Promise<Watched[]> {
  const all: Watched[] = [];
  for (let turn = 0; turn < count; turn++) {
    all.push(harness.run());
    await harness.settle();
  }
  return all;
}

async function atOnce(harness: Harness, count: number): Promise<Watched[]> {
  const all = Array.from({ length: count }, () => harness.run());
  await harness.settle();
  return all;
}

const REFUSED = /environment|audience/i;

describe('tokens that the API refuses', () => {
  const loads: [string, (harness: Harness) => Promise<Watched[]>][] = [
    ['ten in turn', (harness) => inTurn(harness, 10)],
    ['ten at once', (harness) => atOnce(harness, 10)],
    ['forty at once', (harness) => atOnce(harness, 40)],
    ['ten thousand at once', (harness) => atOnce(harness, 10_000)],
  ];
  const starts: [string, Partial<AuthOptions>][] = [
    ['with tokens', { tokens: { accessToken: 'old' } }],
    ['without', { tokens: undefined }],
    ['with a reader', { tokens: async () => ({ accessToken: 'old' }) }],
  ];

  it.each(
    loads.flatMap(([load, run]) =>
      starts.map(([start, auth]) => [load, start, auth, run] as const),
    ),
  )(
    'T4b cost two token calls at most in the first 5 s: %s, started %s',
    async (_load, _start, auth, run) => {
      const { harness, calls } = wrongEnvironment(auth);
      const all = [...(await run(harness)), ...(await inTurn(harness, 5))];
      await harness.clock.advanceAsync(4_999);
      all.push(...(await inTurn(harness, 5)));
      expect(calls()).toBeLessThanOrEqual(2);
      expect(all.every(({ settled }) => settled === 1)).toBe(true);
      // With the first token and with the one that was refused; never more.
      expect(harness.sent.length).toBeLessThanOrEqual(all.length * 2);
    },
  );

  it('T4b operations are still sent with them, and get the server’s own answer, with advice that says why', async () => {
    const { harness } = wrongEnvironment();
    const [first] = await inTurn(harness, 1);
    const [second] = await inTurn(harness, 1);
    expect(harness.tokens).toEqual(['old', 't1', 't1']);
    for (const watched of [first, second]) {
      expect(watched!.results).toMatchObject([{ errors: [{ message: 'no t1' }] }]);
      expect(watched!.failure).toMatchObject({
        kind: 'unauthenticated',
        message: 'no t1',
        stopped: 'not_retryable',
        advice: expect.stringMatching(REFUSED),
      });
    }
    expect(harness.status).toBe('active');
  });

  it('T4b another field may take them', async () => {
    const { harness, calls } = wrongEnvironment(undefined, (sent) =>
      sent.answer(sent.operation === 'public' ? GOOD : rejection()),
    );
    await inTurn(harness, 1);
    const taken = harness.run({ name: 'public' });
    expect([taken.results, calls()]).toEqual([[GOOD], 1]);
  });

  it('T4b the cool-down is 5 s, doubling to 5 min', async () => {
    const { harness, calls } = wrongEnvironment();
    await inTurn(harness, 1);
    const lengths = [5, 10, 20, 40, 80, 160, 300, 300].map((seconds) => seconds * 1_000);
    for (const [index, length] of lengths.entries()) {
      await harness.clock.advanceAsync(length - 1);
      await inTurn(harness, 2);
      expect(calls()).toBe(index + 1);
      await harness.clock.advanceAsync(1);
      await inTurn(harness, 2);
      expect(calls()).toBe(index + 2);
    }
  });

  it('T4b a poll every second for two minutes costs six token calls', async () => {
    const { harness, calls } = wrongEnvironment();
    for (let second = 0; second < 120; second++) {
      await inTurn(harness, 1);
      await harness.clock.advanceAsync(1_000);
    }
    expect(calls()).toBeLessThanOrEqual(6);
  });

  it('T4b a sign-in ends it, and the doubling', async () => {
    const { harness, calls } = wrongEnvironment();
    await inTurn(harness, 1);
    await harness.clock.advanceAsync(5_000);
    await inTurn(harness, 1);
    expect(calls()).toBe(2);
    harness.resilience.session.signIn({ accessToken: 'mine' });
    await inTurn(harness, 1);
    expect([harness.tokens.slice(-2), calls()]).toEqual([['mine', 't3'], 3]);
    await harness.clock.advanceAsync(5_000);
    await inTurn(harness, 1);
    expect(calls()).toBe(4);
  });

  it('T4b T19 session.refresh asks all the same', async () => {
    const { harness, calls } = wrongEnvironment();
    await inTurn(harness, 1);
    await harness.resilience.session.refresh();
    await inTurn(harness, 1);
    expect([calls(), harness.tokens.at(-1)]).toEqual([2, 't2']);
    await harness.clock.advanceAsync(9_999);
    await inTurn(harness, 1);
    expect(calls()).toBe(2);
  });

  it('T4b an operation in flight with the token before is replayed with it once', async () => {
    const { harness, calls } = wrongEnvironment(undefined, () => {});
    harness.run();
    harness.run();
    harness.sent[0]!.answer(rejection());
    await harness.settle();
    harness.sent[2]!.answer(rejection());
    harness.sent[1]!.answer(rejection());
    harness.sent[3]!.answer(rejection());
    await harness.settle();
    expect([harness.tokens, calls()]).toEqual([['old', 'old', 't1', 't1'], 1]);
  });

  it('T4b M2 an operation that is a mutation gets its answer too, and is sent no more often', async () => {
    const { harness, calls } = wrongEnvironment();
    const watched = harness.run({ kind: 'mutation' });
    await harness.settle();
    expect([harness.tokens, watched.settled, calls()]).toEqual([['old', 't1'], 1, 1]);
    expect(watched.failure?.advice).toMatch(REFUSED);
  });
});

describe('tokens that were accepted before', () => {
  const accepting: [string, Signal][] = [
    ['a success', GOOD],
    ['FORBIDDEN', { status: 200, data: null, errors: [{ extensions: { code: 'FORBIDDEN' } }] }],
    ['400', { status: 400, body: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] } }],
    ['a part', { status: 200, data: { a: 1 }, errors: [{ message: 'no b', path: ['b'] }] }],
  ];

  it.each(accepting)(
    'T4b are renewed at once when they are rejected later: %s',
    async (_name, answer) => {
      const { harness, calls } = wrongEnvironment({ tokens: undefined }, () => {});
      harness.run();
      await harness.settle();
      harness.sent[0]!.answer(answer);
      const later = harness.run();
      harness.sent[1]!.answer(rejection());
      await harness.settle();
      expect([harness.tokens, calls()]).toEqual([['t1', 't1', 't2'], 2]);
      harness.sent[2]!.answer(GOOD);
      expect(later.results).toEqual([GOOD]);
    },
  );

  const telling: [string, (sent: Sent) => void][] = [
    ['a lost connection', (sent) => sent.error(new TypeError('fetch failed'))],
    ['500', (sent) => sent.answer({ status: 500, body: '' })],
    ['503', (sent) => sent.answer({ status: 503, body: '' })],
  ];

  it.each(telling)('T4b %s accepts nothing', async (_name, fail) => {
    const { harness, calls } = wrongEnvironment({ tokens: undefined }, () => {});
    harness.run({ options: { retry: false } });
    await harness.settle();
    fail(harness.sent[0]!);
    const later = harness.run();
    harness.sent[1]!.answer(rejection());
    await harness.settle();
    expect([later.settled, calls()]).toEqual([1, 1]);
    expect(later.failure?.advice).toMatch(REFUSED);
  });

  it('T4b an answer that an unsigned operation gets accepts nothing', async () => {
    const { harness, calls } = wrongEnvironment({ tokens: undefined }, (sent) =>
      sent.answer(sent.token === undefined ? GOOD : rejection()),
    );
    void harness.resilience.session.refresh();
    await harness.settle();
    harness.run({ options: { auth: false } });
    await inTurn(harness, 3);
    expect(calls()).toBe(1);
  });

  it('T4b T1 those that come from the application or a sign-in are renewed, accepted or not', async () => {
    const { harness, calls } = wrongEnvironment(undefined, (sent) =>
      sent.answer(sent.token!.startsWith('t') ? GOOD : rejection()),
    );
    const [first] = await inTurn(harness, 1);
    harness.resilience.session.signIn({ accessToken: 'signed in' });
    const [second] = await inTurn(harness, 1);
    expect([first!.results, second!.results, calls()]).toEqual([[GOOD], [GOOD], 2]);
  });

  it('T4b one that is accepted ends the doubling', async () => {
    let good = false;
    const { harness, calls } = wrongEnvironment(undefined, (sent) =>
      sent.answer(good ? GOOD : rejection()),
    );
    await inTurn(harness, 1);
    await harness.clock.advanceAsync(5_000);
    await inTurn(harness, 1);
    await harness.clock.advanceAsync(10_000);
    good = true;
    await inTurn(harness, 1);
    expect(calls()).toBe(3);
    good = false;
    await inTurn(harness, 1);
    expect(calls()).toBe(4);
    await harness.clock.advanceAsync(5_000);
    await inTurn(harness, 1);
    expect(calls()).toBe(5);
  });
});

describe('siblings', () => {
  it('T4b T14 share what is refused: they do not take turns at the token endpoint', async () => {
    const instances = tabs(3, new MemoryShare(), { tokens: { accessToken: 'old' } });
    for (const instance of instances) instance.serve = (sent) => sent.answer(rejection());
    const answerAll = async (): Promise<void> => {
      for (const { refreshes } of instances) {
        for (const call of refreshes) await call.succeed(`t${callsOf(instances)}`);
      }
      await settle(instances);
    };
    for (let second = 0; second < 5; second++) {
      for (const instance of instances) instance.run();
      await settle(instances);
      await answerAll();
      await instances[0]!.clock.advanceAsync(999);
    }
    expect(callsOf(instances)).toBeLessThanOrEqual(2);
    for (let second = 0; second < 30; second++) {
      for (const instance of instances) instance.run();
      await settle(instances);
      await answerAll();
      await instances[0]!.clock.advanceAsync(1_000);
    }
    // At 5 and 15 s; one call for all of them, or two where they ask in the same instant.
    expect(callsOf(instances)).toBeLessThanOrEqual(5);
  });
});

it('T4b T7 a refused token is no failed session; a token endpoint that then refuses is one', async () => {
  const harness = new Harness({ tokens: { accessToken: 'old' } });
  const { session }: Resilience = harness.resilience;
  harness.serve = (sent) => sent.answer(rejection());
  harness.run();
  await harness.refreshes[0]!.succeed('t1');
  expect(session.get()).toMatchObject({ status: 'active' });
  await harness.clock.advanceAsync(5_000);
  const later = harness.run();
  await harness.refreshes[1]!.fail(endpointError(400, 'invalid_grant'));
  expect(session.get()).toMatchObject({ status: 'failed' });
  expect(later.failure).toMatchObject({ stopped: 'session_failed' });
});
