import { createTestClock } from '@holdfast/testing/clock';
import * as fc from '../../../../tests/properties.ts';
import { describe, expect, it } from 'vitest';
import type { RefreshRequest, Tokens } from '../../src/index.ts';
import { endpointError, GOOD, Harness, rejection } from '../harness.fixture.ts';
import type { Sent, Watched } from '../harness.fixture.ts';
import { MemoryShare } from './memory-share.fixture.ts';

/** Rotates refresh tokens, and revokes the family when one is used again. */
class RotatingServer {
  revoked = false;
  calls = 0;
  /** A call is under way: whoever goes away now takes its answer along. */
  busy = false;
  #current = 1;

  readonly refresh = async ({ tokens }: RefreshRequest): Promise<Tokens> => {
    this.calls++;
    this.busy = true;
    for (let job = 0; job < 6; job++) await Promise.resolve();
    this.busy = false;
    if (tokens?.refreshToken !== `r${this.#current}`) this.revoked = true;
    if (this.revoked) throw endpointError(400, 'invalid_grant');
    this.#current++;
    return this.tokens;
  };

  get tokens(): Tokens {
    return { accessToken: `t${this.#current}`, refreshToken: `r${this.#current}` };
  }

  accepts(token: string | undefined): boolean {
    return token === `t${this.#current}`;
  }
}

describe('a server that rotates refresh tokens', () => {
  it('T15 T14 no pattern of tabs, late rejections and refreshes loses the session', async () => {
    const step = fc.record({
      tab: fc.nat({ max: 2 }),
      act: fc.constantFrom('run', 'run', 'answer', 'answer', 'answer', 'refresh', 'start again'),
      which: fc.nat({ max: 9 }),
      jobs: fc.nat({ max: 12 }),
    });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const server = new RotatingServer();
      const [share, clock] = [new MemoryShare(), createTestClock()];
      const { refresh, tokens } = server;
      const open = (): Harness => new Harness({ tokens, refresh }, { clock, share });
      const instances = [open(), open(), open()];
      const watched: Watched[] = [];
      const unanswered: Sent[] = [];
      const answer = (sent: Sent | undefined): void => {
        if (sent === undefined) return;
        unanswered.splice(unanswered.indexOf(sent), 1);
        sent.answer(server.accepts(sent.token) ? GOOD : rejection());
      };
      for (const { tab, act, which, jobs } of steps) {
        const instance = instances[tab]!;
        instance.serve = (sent) => void unanswered.push(sent);
        if (act === 'run') watched.push(instance.run());
        else if (act === 'refresh') void instance.resilience.session.refresh();
        else if (act === 'answer') answer(unanswered[which % Math.max(1, unanswered.length)]);
        else if (!server.busy && server.accepts(share.stored?.tokens?.accessToken ?? 't1')) {
          // One that goes away in the middle of a token call takes the answer along: nobody can help that.
          instance.resilience.dispose();
          instances[tab] = open();
        }
        for (let job = 0; job < jobs; job++) await Promise.resolve();
      }
      for (let round = 0; round < 20; round++) {
        await clock.advanceAsync(0);
        for (const sent of unanswered.slice()) answer(sent);
      }
      const settled = watched.filter((each) => each.settled === 1 && each.late === 0);
      expect([server.revoked, settled.length]).toEqual([false, watched.length]);
      for (const { resilience } of instances) resilience.dispose();
      await clock.advanceAsync(0);
      expect([clock.pending, share.listeners]).toEqual([0, 0]);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('T15 T1 three tabs that expire together keep the family', async () => {
    const server = new RotatingServer();
    const share = new MemoryShare();
    const clock = createTestClock();
    const tokens = { ...server.tokens, expiresAt: clock.wall() + 60_000 };
    const { refresh } = server;
    const instances = [1, 2, 3].map(() => new Harness({ tokens, refresh }, { clock, share }));
    for (const instance of instances) instance.run();
    await clock.advanceAsync(60_000);
    for (const instance of instances) instance.run();
    await clock.advanceAsync(0);
    expect([server.calls, server.revoked]).toEqual([1, false]);
    expect(instances.map((instance) => instance.tokens.at(-1))).toEqual(['t2', 't2', 't2']);
  });
});
