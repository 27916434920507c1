import { describe, expect, it } from 'vitest';
import { ResilienceError } from '../../src/index.ts';
import type { Readable, ResilienceOptions, Signal, Tokens } from '../../src/index.ts';
import { endpointError, GOOD, Harness, rejection } from '../harness.fixture.ts';
import type { Sent, Watched } from '../harness.fixture.ts';
import { MemoryShare, shareWith } from './memory-share.fixture.ts';
import { settle, tabs } from './tabs.fixture.ts';

const ALICE: Tokens = { accessToken: 'alice' };
const BOB: Tokens = { accessToken: 'bob' };
const TRANSFER = { kind: 'mutation', name: 'transfer', options: { idempotent: true } } as const;

/** A token whose payload names its user. */
function jwt(sub: string, serial = 1): string {
  return `e30.${btoa(JSON.stringify({ sub, serial })).replaceAll('=', '')}.c2ln`;
}

/** A network that the test switches. */
function network(): { online: Readable<boolean>; set: (up: boolean) => void } {
  const listeners = new Set<() => void>();
  let up = true;
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    online: { get: () => up, subscribe },
    set: (next) => {
      up = next;
      for (const listener of listeners) listener();
    },
  };
}

function switchUser({ resilience: { session } }: Harness): void {
  session.signOut();
  session.signIn(BOB);
}

const UNAVAILABLE: Signal = { status: 503, body: '' };
const LIMITED: Signal = { status: 429, headers: { 'retry-after': '2' }, body: '' };

/** A wait of alice's transfer, and what ends the wait; `executed` as far as the last answer tells. */
interface Wait {
  readonly options?: Omit<ResilienceOptions, 'clock'>;
  begin(harness: Harness): Watched | Promise<Watched>;
  /** Would let it be sent if it were not for the sign-out. */
  release?(harness: Harness): void | Promise<void>;
  readonly sends: number;
  readonly executed: false | undefined;
}

const line = network();

const waits: [string, Wait][] = [
  [
    'a refresh, never sent',
    {
      begin: async (harness) => {
        void harness.resilience.session.refresh();
        const watched = harness.run(TRANSFER);
        await harness.settle();
        return watched;
      },
      release: (harness) => harness.refreshes[0]!.succeed('alice 2'),
      sends: 0,
      executed: false,
    },
  ],
  [
    'a refresh, rejected',
    {
      begin: async (harness) => {
        const watched = harness.run(TRANSFER);
        harness.sent[0]!.answer(rejection());
        await harness.settle();
        return watched;
      },
      release: (harness) => harness.refreshes[0]!.succeed('alice 2'),
      sends: 1,
      executed: false,
    },
  ],
  [
    'a backoff, its outcome unknown',
    {
      options: { random: () => 0.5 },
      begin: (harness) => {
        const watched = harness.run(TRANSFER);
        harness.sent[0]!.answer(UNAVAILABLE);
        return watched;
      },
      sends: 1,
      executed: undefined,
    },
  ],
  [
    'the gate, refused',
    {
      begin: (harness) => {
        const watched = harness.run(TRANSFER);
        harness.sent[0]!.answer(LIMITED);
        return watched;
      },
      sends: 1,
      executed: false,
    },
  ],
  [
    'the gate, never sent',
    {
      begin: (harness) => {
        harness.run({ options: { auth: false } });
        harness.sent[0]!.answer(LIMITED);
        return harness.run(TRANSFER);
      },
      sends: 0,
      executed: false,
    },
  ],
  [
    'a limit by itself, without a gate',
    {
      options: { rateLimit: false },
      begin: (harness) => {
        const watched = harness.run(TRANSFER);
        harness.sent[0]!.answer(LIMITED);
        return watched;
      },
      sends: 1,
      executed: false,
    },
  ],
  [
    'the network, never sent',
    {
      options: { online: line.online },
      begin: (harness) => {
        line.set(false);
        return harness.run(TRANSFER);
      },
      release: () => line.set(true),
      sends: 0,
      executed: false,
    },
  ],
  [
    'a callback that answers later',
    {
      options: { retry: { when: () => new Promise(() => {}) as never } },
      begin: (harness) => {
        const watched = harness.run(TRANSFER);
        harness.sent[0]!.answer(UNAVAILABLE);
        return watched;
      },
      sends: 1,
      executed: undefined,
    },
  ],
];

function attempts({ sent }: Harness, operation: string): Sent[] {
  return sent.filter((each) => each.operation === operation);
}

describe('an operation that waits when its user signs out', () => {
  it.each(waits)(
    'T11b ends at once as signed out, and is never sent as the next user: it waits for %s',
    async (_name, { options = {}, begin, release, sends, executed }) => {
      const harness = new Harness({ tokens: ALICE }, options);
      const watched = await begin(harness);
      expect(watched.settled).toBe(0);
      switchUser(harness);
      expect(watched.settled).toBe(1);
      expect(watched.failure).toMatchObject({
        kind: 'unauthenticated',
        stopped: 'signed_out',
        attempts: sends,
      });
      expect(watched.failure?.executed).toBe(executed);
      await release?.(harness);
      await harness.clock.advanceAsync(60_000);
      expect(attempts(harness, 'transfer')).toHaveLength(sends);
      expect(harness.tokens).not.toContain('bob');
      expect(watched.late).toBe(0);
    },
  );

  it('T11b R10 gets the answer that it had, whose meaning is the cause; without one a ResilienceError', () => {
    const harness = new Harness({ tokens: ALICE });
    const answered = harness.run(TRANSFER);
    harness.sent[0]!.answer(LIMITED);
    const unsent = harness.run();
    switchUser(harness);
    expect(answered.results[0]).toBe(LIMITED);
    expect(answered.failure?.cause).toMatchObject({ kind: 'rate_limited', status: 429 });
    expect(unsent.errors[0]).toBeInstanceOf(ResilienceError);
    expect(unsent.failure).toMatchObject({ stopped: 'signed_out', attempts: 0, executed: false });
  });

  it('T11b F9 an earlier attempt that may have run leaves it open whether it did', () => {
    const harness = new Harness({ tokens: ALICE });
    const watched = harness.run(TRANSFER);
    harness.sent[0]!.answer(UNAVAILABLE);
    harness.clock.advance(1);
    harness.sent[1]!.answer(rejection());
    switchUser(harness);
    expect(watched.failure).toMatchObject({ stopped: 'signed_out', attempts: 2 });
    expect(watched.failure?.executed).toBeUndefined();
    expect(watched.failure?.advice).toMatch(/look/i);
  });

  it('T11b is told as given up, for the reason that it was signed out', () => {
    const harness = new Harness({ tokens: ALICE });
    harness.run(TRANSFER);
    harness.sent[0]!.answer(LIMITED);
    harness.resilience.session.signOut();
    expect(harness.events.findLast(({ type }) => type === 'gave_up')).toMatchObject({
      stopped: 'signed_out',
      failure: { kind: 'unauthenticated' },
    });
    expect(harness.types().at(-1)).toBe('operation_ended');
    expect(harness.resilience.activity.get()).toEqual([]);
    harness.resilience.dispose();
    expect(harness.clock.pending).toBe(0);
  });

  it('T11b waits for the initial tokens: it ends, and what it is answered after a sign-in is the new user’s', async () => {
    const harness = new Harness({ tokens: () => new Promise(() => {}) });
    const watched = harness.run(TRANSFER);
    switchUser(harness);
    expect(watched.failure).toMatchObject({ stopped: 'signed_out', executed: false });
    harness.run();
    expect(harness.tokens).toEqual(['bob']);
  });
});

describe('an attempt that is in flight when its user signs out', () => {
  it('T11b is left alone: its answer is delivered', () => {
    const harness = new Harness({ tokens: ALICE });
    const watched = harness.run(TRANSFER);
    switchUser(harness);
    expect([harness.sent[0]!.ended, watched.settled]).toEqual([false, 0]);
    harness.sent[0]!.answer(GOOD);
    expect([watched.results, watched.completions]).toEqual([[GOOD], 1]);
  });

  const failures: [string, (sent: Sent) => void, false | undefined][] = [
    ['UNAUTHENTICATED', (sent) => sent.answer(rejection()), false],
    ['a rate limit', (sent) => sent.answer(LIMITED), false],
    ['503', (sent) => sent.answer(UNAVAILABLE), undefined],
    [
      'a lost connection',
      (sent) => sent.error(new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } })),
      undefined,
    ],
    [
      'a connection that was never there',
      (sent) => sent.error(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })),
      false,
    ],
  ];

  it.each(failures)('T11b is not repeated where it fails: %s', async (_name, fail, executed) => {
    const harness = new Harness({ tokens: ALICE });
    const watched = harness.run(TRANSFER);
    switchUser(harness);
    fail(harness.sent[0]!);
    await harness.clock.advanceAsync(60_000);
    expect(watched.settled).toBe(1);
    expect(watched.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'signed_out' });
    expect(watched.failure?.executed).toBe(executed);
    expect([harness.tokens, harness.refreshes.length]).toEqual([['alice'], 0]);
  });

  it('T11b is not repeated where no answer comes in time', async () => {
    const harness = new Harness({ tokens: ALICE }, { timeout: { attempt: 1_000 } });
    const watched = harness.run({ name: 'transfer' });
    switchUser(harness);
    await harness.clock.advanceAsync(60_000);
    expect(watched.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'signed_out' });
    expect(harness.tokens).toEqual(['alice']);
  });

  it('T11b W7 a limit that it meets is heeded all the same', () => {
    const harness = new Harness({ tokens: ALICE });
    harness.run(TRANSFER);
    switchUser(harness);
    harness.sent[0]!.answer(LIMITED);
    expect(harness.resilience.limits.get()).toHaveLength(1);
    harness.run();
    expect(harness.tokens).toEqual(['alice']);
    harness.clock.advance(3_000);
    expect(harness.tokens).toEqual(['alice', 'bob']);
  });

  it('T11b E2 one that its own signal ends is aborted, as ever', () => {
    const harness = new Harness({ tokens: ALICE });
    const controller = new AbortController();
    const watched = harness.run({ ...TRANSFER, signal: controller.signal });
    switchUser(harness);
    controller.abort();
    expect(watched.failure).toMatchObject({ kind: 'aborted', stopped: 'aborted' });
  });

  it('T11b S3 a stream goes on, and is not started again where its token is rejected', async () => {
    const harness = new Harness({ tokens: ALICE });
    const watched = harness.run({ kind: 'subscription', name: 'balance' });
    harness.sent[0]!.next(GOOD);
    switchUser(harness);
    harness.sent[0]!.next(GOOD);
    const odd: Signal = { data: null, errors: [{ extensions: { code: 'NOT_FOUND' } }] };
    harness.sent[0]!.next(odd);
    harness.sent[0]!.next(GOOD);
    expect([watched.results, watched.settled]).toEqual([[GOOD, GOOD, odd, GOOD], 0]);
    harness.sent[0]!.next(rejection());
    await harness.clock.advanceAsync(60_000);
    expect(watched.failure).toMatchObject({ stopped: 'signed_out' });
    expect([watched.settled, harness.tokens]).toEqual([1, ['alice']]);
  });

  it('T11b S2 a stream that is lost is not started again', async () => {
    const harness = new Harness({ tokens: ALICE });
    const watched = harness.run({ kind: 'subscription', name: 'balance' });
    harness.sent[0]!.next(GOOD);
    switchUser(harness);
    harness.sent[0]!.error(new TypeError('fetch failed'));
    await harness.clock.advanceAsync(60_000);
    expect(watched.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'signed_out' });
    expect(harness.tokens).toEqual(['alice']);
  });
});

describe('who is not concerned', () => {
  it('T11b T13 an operation with auth: false carries no identity: it waits on, and is sent', () => {
    const harness = new Harness({ tokens: ALICE });
    const watched = harness.run({ options: { auth: false } });
    harness.sent[0]!.answer(LIMITED);
    switchUser(harness);
    harness.clock.advance(4_000);
    harness.sent[1]!.answer(GOOD);
    expect([watched.results, harness.tokens]).toEqual([[GOOD], [undefined, undefined]]);
  });

  it('T11b new operations go unsigned after a sign-out, and with the new token after a sign-in', () => {
    const harness = new Harness({ tokens: ALICE });
    harness.run();
    harness.resilience.session.signOut();
    harness.run();
    harness.resilience.session.signIn(BOB);
    harness.run();
    expect(harness.tokens).toEqual(['alice', undefined, 'bob']);
  });

  it('T11b one that began while nobody was signed in may be sent for whoever signs in', () => {
    const harness = new Harness({});
    harness.resilience.session.signOut();
    const watched = harness.run();
    harness.sent[0]!.answer(LIMITED);
    harness.resilience.session.signIn(BOB);
    harness.clock.advance(4_000);
    expect([watched.settled, harness.tokens]).toEqual([0, [undefined, 'bob']]);
  });

  it('T11b what a subscriber starts when it hears of the end is the next user’s', () => {
    const harness = new Harness({ tokens: ALICE });
    const controllers: Watched[] = [];
    harness.run();
    harness.sent[0]!.answer(LIMITED);
    harness.resilience.subscribe((event) => {
      if (event.type === 'gave_up') controllers.push(harness.run({ options: { scope: 'other' } }));
    });
    harness.resilience.session.signOut();
    expect([controllers.length, harness.tokens]).toEqual([1, ['alice', undefined]]);
  });
});

describe('sign-outs within a step', () => {
  it('T11b while the application signs a request: it is not sent', () => {
    const headers = (): Record<string, string> => {
      switchUser(harness);
      return { authorization: 'Bearer alice' };
    };
    const harness: Harness = new Harness({ tokens: ALICE, headers });
    const watched = harness.run(TRANSFER);
    expect(harness.sent).toEqual([]);
    expect(watched.failure).toMatchObject({ stopped: 'signed_out', executed: false });
  });

  it.each(['attempt_started', 'attempt_ended', 'retry', 'wait'] as const)(
    'T11b while %s is told',
    async (type) => {
      const harness: Harness = new Harness({ tokens: ALICE });
      const stop = harness.resilience.subscribe((event) => {
        if (event.type !== type) return;
        stop();
        switchUser(harness);
      });
      harness.serve = (sent) => sent.answer(LIMITED);
      const watched = harness.run(TRANSFER);
      await harness.clock.advanceAsync(60_000);
      expect(watched.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'signed_out' });
      expect(watched.settled).toBe(1);
      expect(harness.tokens).not.toContain('bob');
    },
  );

  it.each(['attempt_started', 'refresh_started'] as const)(
    'T11b while %s is told: it is not sent at all',
    async (type) => {
      const tokens = { ...ALICE, ...(type === 'refresh_started' && { expiresAt: 1 }) };
      const harness: Harness = new Harness({ tokens });
      const stop = harness.resilience.subscribe((event) => {
        if (event.type !== type) return;
        stop();
        harness.resilience.session.signOut();
      });
      const watched = harness.run(TRANSFER);
      await harness.settle();
      expect(watched.failure).toMatchObject({ stopped: 'signed_out', executed: false });
      expect(harness.sent).toEqual([]);
    },
  );

  it('T11b while the application says whether to try again', async () => {
    const when = (): undefined => switchUser(harness) as undefined;
    const harness: Harness = new Harness({ tokens: ALICE }, { retry: { when } });
    const watched = harness.run(TRANSFER);
    harness.sent[0]!.answer(UNAVAILABLE);
    await harness.clock.advanceAsync(60_000);
    expect(watched.failure).toMatchObject({ stopped: 'signed_out' });
    expect(harness.tokens).toEqual(['alice']);
  });

  it('T11b while the sign-out is told, and the next user is signed in at once', async () => {
    const harness = new Harness({ tokens: ALICE });
    const watched = harness.run(TRANSFER);
    harness.sent[0]!.answer(LIMITED);
    harness.resilience.subscribe(({ type }) => {
      if (type === 'signed_out') harness.resilience.session.signIn(BOB);
    });
    harness.resilience.session.signOut();
    await harness.clock.advanceAsync(60_000);
    expect(watched.failure).toMatchObject({ stopped: 'signed_out' });
    expect([watched.settled, harness.tokens]).toEqual([1, ['alice']]);
  });
});

describe('a session that a refresh ends', () => {
  it('T11b what waited elsewhere is not sent for whoever signs in next', async () => {
    const harness = new Harness({ tokens: ALICE });
    const watched = harness.run({ ...TRANSFER, options: { scope: 'limited' } });
    harness.sent[0]!.answer(LIMITED);
    harness.run({ options: { scope: 'other' } });
    harness.sent[1]!.answer(rejection());
    await harness.refreshes[0]!.succeed(undefined);
    expect(harness.status).toBe('signed-out');
    harness.resilience.session.signIn(BOB);
    await harness.clock.advanceAsync(60_000);
    expect(watched.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'signed_out' });
    expect(harness.tokens).not.toContain('bob');
  });

  it('T11b T11 a session that never had tokens: what waited for them goes unsigned', async () => {
    const harness = new Harness({});
    const watched = harness.run(TRANSFER);
    await harness.refreshes[0]!.succeed(undefined);
    expect([harness.tokens, watched.settled]).toEqual([[undefined], 0]);
  });
});

describe('one user after the other without a sign-out', () => {
  it('T11b a sign-in with a JWT of another subject is another user’s', async () => {
    const harness = new Harness({ tokens: { accessToken: jwt('alice') } });
    const waiting = harness.run(TRANSFER);
    harness.sent[0]!.answer(LIMITED);
    harness.resilience.session.signIn({ accessToken: jwt('bob') });
    expect(waiting.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'signed_out' });
    harness.run({ options: { scope: 'other' } });
    expect(harness.tokens).toEqual([jwt('alice'), jwt('bob')]);
  });

  it('T11b T11 one of the same subject, or that does not say, is the same sign-in renewed', () => {
    for (const [old, fresh] of [
      [jwt('alice'), jwt('alice', 2)],
      ['alice', 'alice 2'],
      [jwt('alice'), 'opaque'],
      ['opaque', jwt('alice')],
    ] as const) {
      const harness = new Harness({ tokens: { accessToken: old } });
      const waiting = harness.run(TRANSFER);
      harness.sent[0]!.answer(LIMITED);
      harness.resilience.session.signIn({ accessToken: fresh });
      harness.clock.advance(4_000);
      expect([waiting.settled, harness.tokens]).toEqual([0, [old, fresh]]);
    }
  });

  it('T11b a refresh that brings tokens of another subject has changed the user', async () => {
    const harness = new Harness({ tokens: { accessToken: jwt('alice') } });
    const waiting = harness.run(TRANSFER);
    harness.sent[0]!.answer(rejection());
    await harness.refreshes[0]!.succeed(jwt('bob'));
    expect(waiting.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'signed_out' });
    harness.run();
    expect(harness.tokens).toEqual([jwt('alice'), jwt('bob')]);
  });
});

describe('a sibling', () => {
  /** Two tabs of alice; the second has a transfer at the gate. */
  async function waitingTab(
    accessToken = 'alice',
    share: ResilienceOptions['share'] = new MemoryShare(),
  ): Promise<{ other: Harness; own: Harness; waiting: Watched }> {
    const [other, own] = tabs(2, share, { tokens: { accessToken } }) as [Harness, Harness];
    other.run();
    const waiting = own.run(TRANSFER);
    await settle([own]);
    own.sent[0]!.answer(LIMITED);
    return { other, own, waiting };
  }

  async function ended({ own, waiting }: Awaited<ReturnType<typeof waitingTab>>): Promise<void> {
    await own.clock.advanceAsync(60_000);
    expect(waiting.failure).toMatchObject({
      kind: 'unauthenticated',
      stopped: 'signed_out',
      executed: false,
    });
    expect(own.tokens).not.toContain('bob');
    own.run();
    await settle([own]);
  }

  it('T11b T14 that signs out ends what waits here', async () => {
    const world = await waitingTab();
    world.other.resilience.session.signOut();
    await ended(world);
    expect(world.own.tokens).toEqual(['alice', undefined]);
  });

  it('T11b T14 that signs out and another in, one after the other or in one breath', async () => {
    for (const breath of [false, true]) {
      const world = await waitingTab();
      const { session } = world.other.resilience;
      session.signOut();
      if (!breath) await settle([world.other]);
      session.signIn(BOB);
      await ended(world);
      expect(world.own.tokens).toEqual(['alice', 'bob']);
    }
  });

  it('T11b T14 whose sign-out was not heard of, since the share tells nobody', async () => {
    const store = new MemoryShare();
    const world = await waitingTab('alice', shareWith(store, { subscribe: () => () => {} }));
    const { session } = world.other.resilience;
    session.signOut();
    await settle([world.other]);
    session.signIn(BOB);
    await settle([world.other]);
    // It hears of it when it reads, here because the token is asked for anew.
    void world.own.resilience.session.refresh();
    await ended(world);
    expect(world.own.tokens).toEqual(['alice', 'bob']);
  });

  it('T11b T14 that switches straight to a user whose JWT has another subject', async () => {
    const world = await waitingTab(jwt('alice'));
    world.other.resilience.session.signIn({ accessToken: jwt('bob') });
    await ended(world);
    expect(world.own.tokens).toEqual([jwt('alice'), jwt('bob')]);
  });

  it('T11b T14 that refreshes, or renews its sign-in, changes nobody: what waits here goes on', async () => {
    const world = await waitingTab();
    const { other, own, waiting } = world;
    void other.resilience.session.refresh();
    await settle([other]);
    await other.refreshes[0]!.succeed('alice 2');
    await settle([other]);
    other.resilience.session.signIn({ accessToken: 'alice 3' });
    await own.clock.advanceAsync(4_000);
    own.sent[1]!.answer(GOOD);
    expect([waiting.results, own.tokens]).toEqual([[GOOD], ['alice', 'alice 3']]);
  });

  it('T11b T14 that refreshes after a switch is the new user’s still', async () => {
    const world = await waitingTab();
    const { other, own } = world;
    other.resilience.session.signOut();
    other.resilience.session.signIn(BOB);
    await settle([other]);
    void own.resilience.session.refresh();
    await settle([own]);
    await own.refreshes[0]!.succeed('bob 2');
    other.run();
    await settle([other]);
    other.sent[1]!.answer(GOOD);
    expect([other.tokens, own.status]).toEqual([['alice', 'bob 2'], 'active']);
  });

  it('T11b T14 an attempt in flight when a sibling switches users is not repeated', async () => {
    const instances = tabs(2, new MemoryShare(), { tokens: ALICE });
    const [other, own] = instances as [Harness, Harness];
    other.run();
    const watched = own.run(TRANSFER);
    await settle(instances);
    other.resilience.session.signOut();
    other.resilience.session.signIn(BOB);
    await settle(instances);
    own.sent[0]!.answer(rejection());
    await settle(instances);
    expect(watched.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'signed_out' });
    expect(own.tokens).toEqual(['alice']);
  });

  it('T11b T14 T11 a tab that finds the app signed out sends what it began unsigned', async () => {
    const store = new MemoryShare();
    store.stored = { generation: 3 };
    const [own] = tabs(1, store, { tokens: ALICE }) as [Harness];
    const watched = own.run();
    await settle([own]);
    expect([own.tokens, watched.settled]).toEqual([[undefined], 0]);
  });
});

it('T11b T8 a refresh that fails is no sign-out: what fails for it says so', async () => {
  const harness = new Harness({ tokens: ALICE });
  const watched = harness.run(TRANSFER);
  harness.sent[0]!.answer(rejection());
  await harness.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
  expect(watched.failure).toMatchObject({ stopped: 'session_failed' });
});
