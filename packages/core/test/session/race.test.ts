import { describe, expect, it } from 'vitest';
import { endpointError } from '../harness.fixture.ts';
import type { Harness } from '../harness.fixture.ts';
import { MemoryShare, shareWith } from './memory-share.fixture.ts';
import { calls, settle, tabs } from './tabs.fixture.ts';

describe('the loser of a race', () => {
  it('T7 T14 keeps the winner’s tokens: invalid_grant reads the share again', async () => {
    const share = new MemoryShare({ lease: false });
    const instances = tabs(2, share);
    const [a, b] = instances as [Harness, Harness];
    const watched = instances.map((instance) => instance.run());
    await settle(instances);
    // Without a lease both may ask; the server gives the family to the first.
    expect(calls(instances)).toBe(2);
    await a.refreshes[0]!.succeed({ accessToken: 't2', refreshToken: 'r2' });
    await b.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    await settle(instances);
    expect(instances.map(({ tokens }) => tokens)).toEqual([['t2'], ['t2']]);
    expect(instances.map(({ status }) => status)).toEqual(['active', 'active']);
    expect(share.stored?.tokens?.refreshToken).toBe('r2');
    expect(watched.map(({ settled }) => settled)).toEqual([0, 0]);
  });

  it('T7 without a word of changes it reads the share again, too', async () => {
    const store = new MemoryShare({ lease: false });
    const instances = tabs(2, shareWith(store, { subscribe: () => () => {} }));
    const [a, b] = instances as [Harness, Harness];
    for (const instance of instances) instance.run();
    await settle(instances);
    await a.refreshes[0]!.succeed('t2');
    await b.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    await settle(instances);
    expect([b.tokens, b.status]).toEqual([['t2'], 'active']);
  });

  it('T14 that gets tokens as well takes the winner’s: compare-and-set decides', async () => {
    const store = new MemoryShare({ lease: false });
    const instances = tabs(2, shareWith(store, { subscribe: () => () => {} }));
    const [a, b] = instances as [Harness, Harness];
    for (const instance of instances) instance.run();
    await settle(instances);
    await a.refreshes[0]!.succeed('winner');
    await b.refreshes[0]!.succeed('loser');
    await settle(instances);
    expect([a.tokens, b.tokens]).toEqual([['winner'], ['winner']]);
    expect(store.stored?.tokens?.accessToken).toBe('winner');
  });

  it('T7 where nobody won, invalid_grant ends the session, and the store is left as it is', async () => {
    const share = new MemoryShare();
    const instances = tabs(2, share);
    const [a, b] = instances as [Harness, Harness];
    const watched = a.run();
    await settle(instances);
    await a.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    await settle(instances);
    expect([watched.settled, a.status]).toEqual([1, 'failed']);
    expect(share.stored?.tokens?.accessToken).toBe('t1');
    b.resilience.session.signIn({ accessToken: 't2' });
    await settle(instances);
    a.run();
    expect([a.status, a.tokens]).toEqual(['active', ['t2']]);
  });

  it('T6 T14 a failure is each one’s own; the others ask for themselves, one after the other', async () => {
    const instances = tabs(2, new MemoryShare());
    const [a, b] = instances as [Harness, Harness];
    const watched = instances.map((instance) => instance.run());
    await settle(instances);
    await a.refreshes[0]!.fail(endpointError(403));
    await settle(instances);
    expect([watched[0]!.settled, b.refreshes.length]).toEqual([1, 1]);
    await b.refreshes[0]!.succeed('t2');
    await settle(instances);
    a.run();
    expect([a.tokens, b.tokens]).toEqual([['t2'], ['t2']]);
  });

  it('T14 T15 that could not read stores its tokens all the same: the used refresh token must not stay', async () => {
    const store = new MemoryShare();
    let reads = 0;
    const share = shareWith(store, {
      // The third is the one under the lease.
      read: () => (++reads === 3 ? Promise.reject(new Error('too slow')) : store.read()),
    });
    const [a] = tabs(1, share) as [Harness];
    a.run();
    await settle([a]);
    await a.refreshes[0]!.succeed({ accessToken: 't2', refreshToken: 'r2' });
    await settle([a]);
    expect(a.tokens).toEqual(['t2']);
    expect(store.stored).toMatchObject({ generation: 2, tokens: { refreshToken: 'r2' } });
    expect(a.resilience.session.get().generation).toBe(2);
  });
});
