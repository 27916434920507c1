import { createTestClock } from '@holdfast/testing/clock';
import * as fc from '../../../../tests/properties.ts';
import type { Scheduler } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GOOD, Harness, rejection } from '../harness.fixture.ts';
import type { RefreshCall, Sent, Watched } from '../harness.fixture.ts';
import type { Share, ShareChange, SharedTokens, Tokens, Unsubscribe } from '../../src/index.ts';

/** A share whose every answer and message comes when the scheduler lets it. */
class ScheduledShare implements Share {
  stored: SharedTokens | undefined;
  readonly #scheduler: Scheduler;
  readonly #listeners = new Set<(change: ShareChange) => void>();
  #lease: Promise<unknown> = Promise.resolve();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  async read(): Promise<SharedTokens | undefined> {
    await this.#scheduler.schedule(Promise.resolve(), 'read');
    return this.stored;
  }

  async replace(expected: number, next: SharedTokens | undefined): Promise<boolean> {
    await this.#scheduler.schedule(Promise.resolve(), 'replace');
    if ((this.stored?.generation ?? 0) !== expected) return false;
    this.stored = next;
    for (const listener of this.#listeners) {
      void this.#scheduler.schedule(Promise.resolve(), 'message').then(() => {
        if (this.#listeners.has(listener)) listener({ type: 'tokens', value: next });
      });
    }
    return true;
  }

  lease<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lease.then(work);
    this.#lease = turn.catch(() => undefined);
    return turn;
  }

  subscribe(listener: (change: ShareChange) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

type Step =
  | { readonly type: 'run'; readonly tab: number; readonly kind: 'query' | 'mutation' }
  | { readonly type: 'answer'; readonly which: number; readonly how: How }
  | { readonly type: 'refreshed'; readonly which: number; readonly how: 'tokens' | 'nothing' }
  | { readonly type: 'sign out' | 'switch' | 'renew' | 'refresh'; readonly tab: number }
  | { readonly type: 'advance'; readonly ms: number }
  | { readonly type: 'let go' };
type How = 'good' | 'rejected' | 'limited' | 'unavailable' | 'lost';

const tab = fc.nat({ max: 1 });
const which = fc.nat({ max: 20 });
const of = <T extends string>(...words: T[]): fc.Arbitrary<T> => fc.constantFrom(...words);

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: of('run'), tab, kind: of('query', 'mutation') }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: of('answer'),
      which,
      how: of('good', 'rejected', 'rejected', 'limited', 'unavailable', 'lost'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: of('refreshed'),
      which,
      how: of('tokens', 'tokens', 'tokens', 'nothing'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: of('sign out', 'switch', 'switch', 'renew', 'refresh'), tab }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: of('advance'), ms: fc.constantFrom(1, 100, 1_000, 5_000) }),
  },
  { weight: 8, arbitrary: fc.record({ type: of('let go') }) },
) as fc.Arbitrary<Step>;

interface Operation {
  readonly tab: number;
  readonly watched: Watched;
  /** The sign-in under which it began, where that is known. */
  owner: string | undefined;
  /** Its tab's sign-outs before it. */
  readonly signOuts: number;
}

/** The sign-in that a token was given for: `s3.7` is the seventh token, of the third sign-in. */
function ownerOf(token: string | undefined): string | undefined {
  return token?.split('.')[0];
}

/** Two tabs, any number of users one after the other, and a server that sees who sends what. */
class World {
  readonly violations: string[] = [];
  readonly #tabs: readonly Harness[];
  readonly #signOuts = [0, 0];
  readonly #operations = new Map<string, Operation>();
  readonly #open: Sent[] = [];
  readonly #asked: RefreshCall[] = [];
  readonly #scheduler: Scheduler | undefined;
  #signIns = 1;
  #issued = 0;

  constructor(scheduler: Scheduler | undefined) {
    this.#scheduler = scheduler;
    const clock = createTestClock();
    const tokens = this.#issue('s1');
    const share = scheduler === undefined ? undefined : new ScheduledShare(scheduler);
    this.#tabs = [0, 1].map(
      () => new Harness({ tokens }, { clock, retry: { budget: false }, share }),
    );
    for (const harness of this.#tabs) harness.serve = (sent) => this.#sent(sent);
  }

  async take(next: Step): Promise<void> {
    switch (next.type) {
      case 'run':
        return this.#run(next.tab, next.kind);
      case 'answer':
        return this.#answer(next.which, next.how);
      case 'refreshed':
        return this.#refreshed(next.which, next.how);
      case 'advance':
        return this.#tabs[0]!.clock.advanceAsync(next.ms);
      case 'let go':
        return this.#letGo();
      case 'refresh':
        void this.#tabs[next.tab]!.resilience.session.refresh();
        return;
      case 'sign out':
        return this.#signOut(next.tab);
      case 'switch':
        this.#signOut(next.tab);
        return this.#tabs[next.tab]!.resilience.session.signIn(this.#issue(`s${++this.#signIns}`));
      case 'renew':
        return this.#renew(next.tab);
    }
  }

  /** Lets everything come to its end. */
  async end(): Promise<readonly string[]> {
    for (let round = 0; round < 60 && !this.#settled(); round++) {
      while (this.#open.length > 0) this.#answer(0, 'good');
      this.#refreshed(0, 'tokens');
      if (this.#scheduler !== undefined && this.#scheduler.count() > 0) {
        await this.#scheduler.waitFor(Promise.resolve());
        while (this.#scheduler.count() > 0) await this.#letGo();
      }
      await this.#tabs[0]!.clock.advanceAsync(1_500);
    }
    for (const [name, { watched }] of this.#operations) {
      if (watched.settled !== 1) this.violations.push(`${name} settled ${watched.settled} times`);
    }
    for (const { resilience } of this.#tabs) resilience.dispose();
    return this.violations;
  }

  async #letGo(): Promise<void> {
    if (this.#scheduler !== undefined && this.#scheduler.count() > 0) {
      await this.#scheduler.waitOne();
    }
    for (let job = 0; job < 10; job++) await Promise.resolve();
  }

  #issue(owner: string): Tokens {
    return { accessToken: `${owner}.${++this.#issued}` };
  }

  #signOut(slot: number): void {
    this.#signOuts[slot]!++;
    this.#tabs[slot]!.resilience.session.signOut();
  }

  /** The user whom the tab shows gets fresh tokens from elsewhere. */
  #renew(slot: number): void {
    const owner = this.#shown(slot);
    if (owner !== undefined) {
      this.#tabs[slot]!.resilience.session.signIn(this.#issue(owner));
    }
  }

  /** Who is signed in, as a tab believes: whose token it would send now; undefined where it waits. */
  #shown(slot: number): string | undefined {
    const harness = this.#tabs[slot]!;
    const { serve } = harness;
    let token: string | undefined;
    harness.serve = (sent) => {
      ({ token } = sent);
    };
    const probe = harness.run({ name: 'probe', options: { scope: 'probe' } });
    harness.serve = serve;
    probe.cancel();
    return ownerOf(token);
  }

  #run(slot: number, kind: 'query' | 'mutation'): void {
    const name = `o${this.#operations.size + 1}`;
    const operation = {
      tab: slot,
      watched: undefined as unknown as Watched,
      owner: this.#shown(slot),
      signOuts: this.#signOuts[slot]!,
    };
    this.#operations.set(name, operation);
    operation.watched = this.#tabs[slot]!.run({ kind, name, options: { idempotent: true } });
  }

  #sent(sent: Sent): void {
    const operation = this.#operations.get(sent.operation)!;
    const owner = ownerOf(sent.token);
    this.#open.push(sent);
    if (operation.owner !== undefined && owner !== operation.owner) {
      this.violations.push(`${sent.operation} of ${operation.owner} was sent as ${owner}`);
    }
    operation.owner ??= owner;
    const signOuts = this.#signOuts[operation.tab];
    if (signOuts !== operation.signOuts) this.violations.push(`${sent.operation} after a sign-out`);
  }

  #answer(chosen: number, how: How): void {
    const { [chosen % Math.max(1, this.#open.length)]: sent } = this.#open;
    if (sent === undefined) return;
    this.#open.splice(this.#open.indexOf(sent), 1);
    if (sent.ended) return;
    if (how === 'lost') {
      return sent.error(new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } }));
    }
    const answers = {
      good: GOOD,
      rejected: rejection(),
      limited: { status: 429, headers: { 'retry-after': '1' }, body: '' },
      unavailable: { status: 503, body: '' },
    };
    sent.answer(answers[how]);
  }

  #refreshed(chosen: number, how: 'tokens' | 'nothing'): void {
    const open = this.#tabs
      .flatMap(({ refreshes }) => refreshes)
      .filter((call) => !this.#asked.includes(call));
    const { [chosen % Math.max(1, open.length)]: call } = open;
    if (call === undefined) return;
    this.#asked.push(call);
    const owner = ownerOf(call.request.tokens?.accessToken);
    const tokens = how === 'nothing' || owner === undefined ? undefined : this.#issue(owner);
    void call.succeed(tokens);
  }

  #settled(): boolean {
    return [...this.#operations.values()].every(({ watched }) => watched.settled > 0);
  }
}

describe('users one after the other', () => {
  const steps = fc.array(step, { minLength: 5, maxLength: 60 });

  it('T11b no request carries a token of a sign-in that is not its operation’s', async () => {
    const property = fc.asyncProperty(steps, async (all) => {
      const world = new World(undefined);
      for (const next of all) await world.take(next);
      expect(await world.end()).toEqual([]);
    });
    await fc.assert(property, { numRuns: 400 });
  });

  it('T11b T14 nor where two tabs share, whatever the order of what they hear', async () => {
    const property = fc.asyncProperty(fc.scheduler(), steps, async (scheduler, all) => {
      const world = new World(scheduler);
      for (const next of all) await world.take(next);
      expect(await world.end()).toEqual([]);
    });
    await fc.assert(property, { numRuns: 400 });
  });
});
