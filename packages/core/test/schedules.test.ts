import * as fc from '../../../tests/properties.ts';
import { createTestClock } from '@holdfast/testing/clock';
import { expect, it } from 'vitest';
import { createResilience } from '../src/index.ts';
import type { Resilience, Signal, Tokens, Transport } from '../src/index.ts';

const ENDINGS = ['none', 'sign-out', 'sign-in', 'abort', 'dispose'] as const;
const REFRESHES = ['succeeds', 'fails', 'hangs'] as const;

/** A server whose answers, and a token endpoint whose tokens, come in whatever order the scheduler picks. */
class Scheduled {
  readonly clock = createTestClock();
  readonly sent: { token: string | undefined; operation: number }[] = [];
  readonly settled: number[] = [];
  readonly violations: string[] = [];
  readonly controller = new AbortController();
  readonly resilience: Resilience;
  readonly #scheduler: fc.Scheduler;
  #good = 'token-1';
  #issued = 0;
  #refreshing = 0;

  constructor(scheduler: fc.Scheduler, refresh: (typeof REFRESHES)[number]) {
    this.#scheduler = scheduler;
    this.resilience = createResilience({
      clock: this.clock,
      random: () => 0.5,
      auth: {
        tokens: { accessToken: 'token-0' },
        refresh: ({ signal }) => this.#refresh(refresh, signal),
      },
    });
  }

  start(operation: number): void {
    const transport: Transport<Signal> = {
      send: ({ headers }, receiver) => {
        const token = headers['authorization']?.replace('Bearer ', '');
        if (this.settled.includes(operation)) this.violations.push('sent after its end');
        this.sent.push({ token, operation });
        void this.#scheduler.schedule(Promise.resolve(), `answer ${operation}`).then(() => {
          const data = { operation };
          const errors = [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }];
          receiver.next(token === this.#good ? { data } : { data: null, errors });
          receiver.complete();
        });
        return () => {};
      },
      read: (signal) => signal,
    };
    const settle = (): void => void this.settled.push(operation);
    const { signal } = this.controller;
    this.resilience.execute({ kind: 'query', signal }, transport, {
      next: () => {},
      error: settle,
      complete: settle,
    });
  }

  signIn(): void {
    this.#good = 'token-in';
    this.resilience.session.signIn({ accessToken: 'token-in' });
  }

  async #refresh(
    how: (typeof REFRESHES)[number],
    signal: AbortSignal,
  ): Promise<Tokens | undefined> {
    if (this.#refreshing > 0) this.violations.push('a second refresh at a time');
    this.#refreshing++;
    // One that was given up is over, whatever it still does (T5).
    let counted = true;
    const over = (): void => {
      if (counted) this.#refreshing--;
      counted = false;
    };
    signal.addEventListener('abort', over);
    const done = this.#scheduler.schedule(Promise.resolve(), 'refresh');
    if (how === 'hangs') await new Promise<void>((resolve) => this.clock.after(11_000, resolve));
    await done;
    over();
    if (how === 'fails')
      throw Object.assign(new Error('no'), { status: 400, body: { error: 'invalid_grant' } });
    this.#issued++;
    if (this.#good !== 'token-in') this.#good = `token-${this.#issued}`;
    return { accessToken: `token-${this.#issued}` };
  }
}

it('T1 T2 T3 T5 T8 T11 E2 E3 E4 in every order of answers and refreshes, each operation settles exactly once', async () => {
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.integer({ min: 1, max: 6 }),
    fc.constantFrom(...ENDINGS),
    fc.constantFrom(...REFRESHES),
    async (scheduler, count, ending, refresh) => {
      const world = new Scheduled(scheduler, refresh);
      scheduler.scheduleSequence(
        Array.from({ length: count }, (_, operation) => async () => world.start(operation)),
      );
      void scheduler.schedule(Promise.resolve(), ending).then(() => {
        if (ending === 'sign-out') world.resilience.session.signOut();
        if (ending === 'sign-in') world.signIn();
        if (ending === 'abort') world.controller.abort();
        if (ending === 'dispose') world.resilience.dispose();
      });
      for (let round = 0; round < 4; round++) {
        await scheduler.waitIdle();
        await world.clock.advanceAsync(40_000);
      }
      world.resilience.dispose();
      expect(world.violations).toEqual([]);
      expect([...world.settled].sort()).toEqual(Array.from({ length: count }, (_, index) => index));
    },
  );
  await fc.assert(property, { numRuns: 400 });
});
