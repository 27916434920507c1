import { createTestClock } from '@holdfast/testing/clock';
import { describe, expect, it } from 'vitest';
import { GOOD, Harness, rejection } from '../harness.fixture.ts';
import { MemoryShare, shareWith } from './memory-share.fixture.ts';
import { calls, settle, tabs } from './tabs.fixture.ts';

describe('instances that share', () => {
  it.each([2, 5])('T14 %d make one token call between them', async (count) => {
    const instances = tabs(count, new MemoryShare());
    const watched = instances.map((instance) => instance.run());
    await settle(instances);
    expect(calls(instances)).toBe(1);
    const caller = instances.find(({ refreshes }) => refreshes.length === 1)!;
    await caller.refreshes[0]!.succeed('t2');
    await settle(instances);
    expect(instances.map(({ tokens }) => tokens)).toEqual(instances.map(() => ['t2']));
    for (const { sent } of instances) sent[0]!.answer(GOOD);
    expect(watched.map(({ results }) => results)).toEqual(instances.map(() => [GOOD]));
    expect(calls(instances)).toBe(1);
  });

  it('T14 T2 one that meets a rejection after a sibling has refreshed adopts its tokens', async () => {
    const [a, b] = tabs(2, new MemoryShare(), { tokens: { accessToken: 't1' } }) as [
      Harness,
      Harness,
    ];
    a.run();
    b.run();
    await settle([a]);
    a.sent[0]!.answer(rejection());
    await settle([a]);
    await a.refreshes[0]!.succeed('t2');
    b.sent[0]!.answer(rejection());
    await settle([a]);
    expect([b.tokens, b.refreshes.length]).toEqual([['t1', 't2'], 0]);
  });

  it('T14 adopt from a store that tells nobody of changes, too', async () => {
    const store = new MemoryShare();
    const share = shareWith(store, { subscribe: () => () => {} });
    const [a, b] = tabs(2, share, { tokens: { accessToken: 't1' } }) as [Harness, Harness];
    a.run();
    b.run();
    await settle([a]);
    a.sent[0]!.answer(rejection());
    await settle([a]);
    await a.refreshes[0]!.succeed('t2');
    b.sent[0]!.answer(rejection());
    await settle([a]);
    expect([b.tokens, b.refreshes.length]).toEqual([['t1', 't2'], 0]);
  });

  it('T14 one that starts later finds the tokens of the others, and reads its own no more', async () => {
    const share = new MemoryShare();
    const clock = createTestClock();
    const [a] = tabs(1, share, { tokens: { accessToken: 't1' } }, clock) as [Harness];
    a.run();
    await settle([a]);
    const own = { accessToken: 'stale' };
    const [b] = tabs(1, share, { tokens: () => own }, clock) as [Harness];
    b.run();
    await settle([a]);
    expect(b.tokens).toEqual(['t1']);
  });

  it('T14 of several that start at once with tokens of their own, one wins', async () => {
    const share = new MemoryShare();
    const clock = createTestClock();
    const instances = ['a', 'b', 'c'].map(
      (accessToken) => new Harness({ tokens: () => ({ accessToken }) }, { clock, share }),
    );
    for (const instance of instances) instance.run();
    await settle(instances);
    expect(new Set(instances.map(({ tokens }) => tokens[0])).size).toBe(1);
    expect(calls(instances)).toBe(0);
  });

  it('T14 sign out together', async () => {
    const instances = tabs(3, new MemoryShare(), { tokens: { accessToken: 't1' } });
    for (const instance of instances) instance.run();
    await settle(instances);
    instances[0]!.resilience.session.signOut();
    await settle(instances);
    expect(instances.map(({ status }) => status)).toEqual(Array(3).fill('signed-out'));
    for (const instance of instances) instance.run();
    await settle(instances);
    expect(instances.map(({ tokens }) => tokens[1])).toEqual(Array(3).fill(undefined));
    expect(calls(instances)).toBe(0);
  });

  it('T14 T11 a sign-out ends a refresh of a sibling, and what waits for it', async () => {
    const [a, b] = tabs(2, new MemoryShare()) as [Harness, Harness];
    const waiting = a.run();
    await settle([a]);
    b.run({ options: { auth: false } });
    b.resilience.session.signOut();
    await settle([a]);
    expect(waiting.failure).toMatchObject({ kind: 'unauthenticated', executed: false });
    await a.refreshes[0]!.succeed('t2');
    await settle([a]);
    expect([a.status, b.status]).toEqual(['signed-out', 'signed-out']);
  });

  it('T14 a sign-in reaches the others, signed out or not', async () => {
    const instances = tabs(2, new MemoryShare(), { tokens: { accessToken: 't1' } });
    const [a, b] = instances as [Harness, Harness];
    a.run();
    b.run();
    await settle(instances);
    a.resilience.session.signIn({ accessToken: 'other user' });
    await settle(instances);
    b.run();
    expect(b.tokens).toEqual(['t1', 'other user']);
    b.resilience.session.signOut();
    await settle(instances);
    a.resilience.session.signIn({ accessToken: 'again' });
    await settle(instances);
    b.run();
    expect([b.status, b.tokens.at(-1)]).toEqual(['active', 'again']);
  });

  it('T14 T11 a sign-in reaches those that had nothing to refresh with', async () => {
    const instances = tabs(2, new MemoryShare(), {});
    const [a, b] = instances as [Harness, Harness];
    a.run();
    await settle(instances);
    await a.refreshes[0]!.succeed(undefined);
    await settle(instances);
    expect(a.status).toBe('signed-out');
    b.resilience.session.signIn({ accessToken: 't1' });
    await settle(instances);
    a.run();
    expect([a.status, a.tokens.at(-1)]).toEqual(['active', 't1']);
  });

  it('T14 one whose first act is a sign-in hears of the others all the same', async () => {
    const instances = tabs(2, new MemoryShare(), {});
    const [a, b] = instances as [Harness, Harness];
    b.resilience.session.signIn({ accessToken: 't1' });
    await settle(instances);
    a.run();
    await settle(instances);
    expect(a.tokens).toEqual(['t1']);
    a.resilience.session.signOut();
    await settle(instances);
    b.run();
    await settle(instances);
    expect([b.status, b.tokens]).toEqual(['signed-out', [undefined]]);
  });

  it('T14 one whose first act is a refresh makes no call where a sibling has newer tokens', async () => {
    const instances = tabs(2, new MemoryShare(), { tokens: { accessToken: 't1' } });
    const [a, b] = instances as [Harness, Harness];
    a.run();
    await settle(instances);
    a.sent[0]!.answer(rejection());
    await settle(instances);
    await a.refreshes[0]!.succeed('t2');
    await settle(instances);
    b.run();
    await settle(instances);
    expect([b.tokens, b.refreshes.length]).toEqual([['t2'], 0]);
  });

  it('T14 a decision made later wins: signing in and out in one breath', async () => {
    const instances = tabs(2, new MemoryShare(), { tokens: { accessToken: 't1' } });
    const [a, b] = instances as [Harness, Harness];
    a.run();
    b.run();
    await settle(instances);
    a.resilience.session.signIn({ accessToken: 't2' });
    a.resilience.session.signOut();
    await settle(instances);
    expect([a.status, b.status]).toEqual(['signed-out', 'signed-out']);
    a.resilience.session.signOut();
    a.resilience.session.signIn({ accessToken: 't3' });
    await settle(instances);
    b.run();
    expect([a.status, b.tokens.at(-1)]).toEqual(['active', 't3']);
  });
});

describe('a decision made in answer to another', () => {
  it('T14 T11 a guest that is signed in as soon as somebody signs out is so for all', async () => {
    const instances = tabs(2, new MemoryShare(), { tokens: { accessToken: 't1' } });
    const [a, b] = instances as [Harness, Harness];
    a.run();
    b.run();
    await settle(instances);
    const { session } = a.resilience;
    session.subscribe(() => {
      if (session.get().status === 'signed-out') session.signIn({ accessToken: 'guest' });
    });
    session.signOut();
    await settle(instances);
    a.run();
    b.run();
    expect([a.tokens.at(-1), b.tokens.at(-1)]).toEqual(['guest', 'guest']);
  });
});
