import { describe, expect, it } from 'vitest';
import { GOOD, Harness, rejection, type Watched } from './harness.fixture.ts';
import type { OperationInfo, Signal } from './index.ts';

const SOCKET: Partial<OperationInfo> = {
  kind: 'subscription',
  connection: { idle: () => true },
  name: 'connection',
};

const closed = (code: number): unknown => ({ type: 'close', code, reason: '' });

/** What `read` sees nothing in. */
const BUSY = undefined as unknown as Signal;

function connected(harness: Harness): Watched {
  const socket = harness.run(SOCKET);
  harness.sent.at(-1)?.next(GOOD);
  return socket;
}

describe('a connection', () => {
  it('S4 backs off from 1 s x2 up to 30 s, full jitter, as often as it takes', () => {
    const harness = new Harness(undefined, { random: () => 0.5, retry: { budget: false } });
    const socket = harness.run(SOCKET);
    const waits: (number | undefined)[] = [];
    for (let nth = 0; nth < 20; nth++) {
      harness.sent.at(-1)?.error(closed(1006));
      waits.push(harness.clock.nextDelay);
      harness.clock.advance(harness.clock.nextDelay ?? 0);
    }
    expect(waits.slice(0, 7)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    expect([harness.sent.length, socket.settled]).toEqual([21, 0]);
    socket.cancel();
    expect(harness.clock.pending).toBe(0);
  });

  it('S4 R1 takes the delays that the application gives', () => {
    const harness = new Harness(undefined, {
      random: () => 0.5,
      retry: { backoff: { transient: 10, cap: 15 } },
    });
    harness.run(SOCKET);
    const waits = [1, 2, 3].map(() => {
      harness.sent.at(-1)?.error(closed(1006));
      const { nextDelay = 0 } = harness.clock;
      harness.clock.advance(nextDelay);
      return nextDelay;
    });
    expect(waits).toEqual([5, 7.5, 7.5]);
  });

  it('S4 R4 comes back late where the budget is empty, and the next good one pays back', () => {
    const harness = new Harness(undefined, { retry: { budget: { capacity: 14 } } });
    const socket = harness.run(SOCKET);
    harness.sent.at(-1)?.error(closed(1006));
    harness.clock.advance(1);
    harness.sent.at(-1)?.error(closed(1006));
    expect(harness.clock.nextDelay).toBe(30_000);
    expect(harness.types()).toContain('budget_empty');
    harness.clock.advance(30_000);
    harness.sent.at(-1)?.next(GOOD);
    expect([harness.sent.length, socket.settled]).toEqual([3, 0]);
  });

  it('R2 must stand within the time of an attempt, and may then be quiet for ever', () => {
    const harness = new Harness();
    const socket = harness.run(SOCKET);
    harness.clock.advance(29_999);
    expect(harness.sent[0]?.ended).toBe(false);
    harness.clock.advance(1);
    expect(harness.sent[0]?.ended).toBe(true);
    harness.clock.advance(1);
    harness.sent[1]?.next(GOOD);
    expect(harness.clock.pending).toBe(0);
    harness.clock.advance(86_400_000);
    expect([harness.sent.length, socket.settled]).toEqual([2, 0]);
  });

  it('S4 T4 that it stands does not prove that its token serves', async () => {
    const harness = new Harness();
    const socket = connected(harness);
    harness.sent[0]?.error(closed(4403));
    await harness.settle();
    await harness.refreshes[0]?.succeed('t2');
    harness.sent[1]?.next(GOOD);
    harness.sent[1]?.error(closed(4403));
    await harness.settle();
    expect([harness.refreshes.length, socket.settled]).toEqual([1, 1]);
    expect(socket.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'not_retryable' });
  });

  it.each(['an event', 'time'])('S4 S3 %s proves it', async (proof) => {
    const harness = new Harness();
    const socket = connected(harness);
    harness.sent[0]?.error(closed(4403));
    await harness.settle();
    await harness.refreshes[0]?.succeed('t2');
    harness.sent[1]?.next(GOOD);
    if (proof === 'an event') harness.sent[1]?.next(GOOD);
    else harness.clock.advance(30_001);
    harness.sent[1]?.error(closed(4403));
    await harness.settle();
    await harness.refreshes[1]?.succeed('t3');
    expect([harness.tokens, socket.settled]).toEqual([['t1', 't2', 't3'], 0]);
  });

  it('S4 W11 stays open while there is no network to open another', async () => {
    let up = true;
    const harness = new Harness(undefined, {
      online: { get: () => up, subscribe: () => () => {} },
    });
    connected(harness);
    up = false;
    harness.resilience.session.signIn({ accessToken: 't2' });
    harness.clock.advance(10_000);
    expect(harness.sent[0]?.ended).toBe(false);
    up = true;
    harness.clock.advance(1_000);
    expect([harness.sent[0]?.ended, harness.tokens]).toEqual([true, ['t1', 't2']]);
  });
});

describe('a connection of an older generation', () => {
  it('S4 is opened anew when it has been quiet for a second', () => {
    const harness = new Harness();
    const socket = connected(harness);
    harness.resilience.session.signIn({ accessToken: 't2' });
    harness.clock.advance(999);
    harness.sent[0]?.next(BUSY);
    harness.clock.advance(999);
    harness.sent[0]?.next(GOOD);
    harness.clock.advance(999);
    expect(harness.sent).toHaveLength(1);
    harness.clock.advance(1);
    expect([harness.tokens, harness.sent[0]?.ended, socket.settled]).toEqual([
      ['t1', 't2'],
      true,
      0,
    ]);
  });

  it('M1 S4 is not while something is under way that must not be sent twice', () => {
    const harness = new Harness();
    let idle = false;
    harness.run({ ...SOCKET, connection: { idle: () => idle } });
    harness.sent[0]?.next(GOOD);
    harness.resilience.session.signIn({ accessToken: 't2' });
    harness.clock.advance(60_000);
    expect(harness.sent).toHaveLength(1);
    idle = true;
    harness.clock.advance(1_000);
    expect(harness.tokens).toEqual(['t1', 't2']);
  });

  it('S4 follows each further generation', () => {
    const harness = new Harness();
    connected(harness);
    for (const accessToken of ['t2', 't3']) {
      harness.resilience.session.signIn({ accessToken });
      harness.clock.advance(1_000);
      harness.sent.at(-1)?.next(GOOD);
    }
    expect(harness.tokens).toEqual(['t1', 't2', 't3']);
    expect(harness.clock.pending).toBe(0);
  });

  it('S4 T10 is opened anew 5 s before its token expires, however busy', () => {
    const harness = new Harness();
    harness.resilience.session.signIn({
      accessToken: 't1',
      expiresAt: harness.clock.wall() + 20_000,
    });
    connected(harness);
    harness.resilience.session.signIn({ accessToken: 't2' });
    for (let half = 1; half < 30; half++) {
      harness.clock.advance(500);
      harness.sent[0]?.next(GOOD);
    }
    expect(harness.sent).toHaveLength(1);
    harness.clock.advance(500);
    expect([harness.tokens, harness.clock.monotonic()]).toEqual([['t1', 't2'], 15_000]);
  });

  it('S4 S3 is opened anew at once where the server has rejected its token, before anything is replayed over it', async () => {
    const harness = new Harness();
    connected(harness);
    harness.run({ kind: 'subscription', name: 'ticks' });
    harness.sent[1]?.answer(rejection());
    await harness.settle();
    await harness.refreshes[0]?.succeed('t2');
    expect(harness.sent.map(({ operation, token }) => [operation, token])).toEqual([
      ['connection', 't1'],
      ['ticks', 't1'],
      ['connection', 't2'],
      ['ticks', 't2'],
    ]);
    expect(harness.sent[0]?.ended).toBe(true);
  });

  it('S4 T11 is opened anew at once, unsigned, after a sign-out', () => {
    const harness = new Harness();
    connected(harness);
    harness.resilience.session.signOut();
    expect([harness.tokens, harness.sent[0]?.ended]).toEqual([['t1', undefined], true]);
  });

  it('S4 a failed refresh leaves it open', async () => {
    const harness = new Harness();
    connected(harness);
    // Its failure is what this is about; it is looked at by what becomes of the connection.
    void harness.resilience.session.refresh().catch(() => {});
    await harness.settle();
    await harness.refreshes[0]?.fail({ status: 400, body: { error: 'invalid_grant' } });
    harness.clock.advance(60_000);
    expect([harness.sent.length, harness.sent[0]?.ended]).toEqual([1, false]);
  });

  it('T13 S4 is none where it carries no token', () => {
    const harness = new Harness();
    harness.run({ ...SOCKET, options: { auth: false } });
    harness.sent[0]?.next(GOOD);
    harness.resilience.session.signIn({ accessToken: 't2' });
    harness.clock.advance(60_000);
    expect(harness.sent).toHaveLength(1);
  });

  it.each(['cancelled', 'disposed of'])('E1 E3 %s before that, it leaves nothing', (how) => {
    const harness = new Harness();
    const socket = connected(harness);
    harness.resilience.session.signIn({ accessToken: 't2' });
    expect(harness.clock.pending).toBe(1);
    if (how === 'cancelled') socket.cancel();
    else harness.resilience.dispose();
    expect(harness.clock.pending).toBe(0);
    harness.clock.advance(10_000);
    expect(harness.sent).toHaveLength(1);
  });

  it('E4 S4 what failed before its renewal is not delivered for it', async () => {
    let broken = false;
    const harness = new Harness({
      tokens: { accessToken: 't1' },
      headers: ({ accessToken }) => {
        if (broken) throw new Error('mine');
        return { authorization: `Bearer ${accessToken}` };
      },
    });
    const socket = connected(harness);
    harness.sent[0]?.error(closed(1006));
    harness.clock.advance(1);
    harness.sent[1]?.next(GOOD);
    broken = true;
    harness.resilience.session.signIn({ accessToken: 't2' });
    harness.clock.advance(1_000);
    expect(socket.failure).toMatchObject({ stopped: 'callback_failed', source: 'client' });
  });
});
