import * as fc from '../../../../tests/properties.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Share, ShareChange } from '../../src/index.ts';
import { GOOD, rejection } from '../harness.fixture.ts';
import type { Harness } from '../harness.fixture.ts';
import { MemoryShare, shareWith } from './memory-share.fixture.ts';
import { settle, tabs } from './tabs.fixture.ts';

const ALICE = { accessToken: 'alice' };

/** What a share may answer instead of what it should. */
const nonsense: [string, unknown][] = [
  ['null', null],
  ['text', 'abc'],
  ['a number', 7],
  ['a list', []],
  ['an object of no use', {}],
  ['null tokens', { generation: 2, tokens: null }],
  ['text as tokens', { generation: 2, tokens: 'abc' }],
  ['tokens without a token', { generation: 2, tokens: {} }],
  ['an empty token', { generation: 2, tokens: { accessToken: '' } }],
  ['a token that a header cannot hold', { generation: 2, tokens: { accessToken: 'a\r\nb: c' } }],
  ['an expiry of text', { generation: 2, tokens: { accessToken: 'x', expiresAt: 'soon' } }],
  ['no generation', { tokens: { accessToken: 'x' } }],
  ['generation NaN', { generation: Number.NaN, tokens: { accessToken: 'x' } }],
  ['a negative generation', { generation: -1, tokens: { accessToken: 'x' } }],
  ['generation 0 with tokens', { generation: 0, tokens: { accessToken: 'x' } }],
  ['half a generation', { generation: 1.5, tokens: { accessToken: 'x' } }],
  ['an endless generation', { generation: Infinity, tokens: { accessToken: 'x' } }],
  ['a generation that cannot be counted on', { generation: 2 ** 53, tokens: { accessToken: 'x' } }],
  ['one near that', { generation: 2 ** 53 - 2, tokens: { accessToken: 'x' } }],
  ['a generation of text', { generation: '2', tokens: { accessToken: 'x' } }],
];

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));

function lone(share: Share): Harness {
  return tabs(1, share, { tokens: ALICE })[0]!;
}

describe('a share that answers nonsense is an empty one', () => {
  it.each(nonsense)('X6 %s from read', async (_name, answer) => {
    const harness = lone(shareWith(new MemoryShare(), { read: () => answer as never }));
    const watched = harness.run();
    await settle([harness]);
    expect(harness.tokens).toEqual(['alice']);
    harness.sent[0]!.answer(rejection());
    await settle([harness]);
    await harness.refreshes[0]!.succeed('alice 2');
    await settle([harness]);
    expect(harness.tokens).toEqual(['alice', 'alice 2']);
    harness.sent[1]!.answer(GOOD);
    expect(watched.results).toEqual([GOOD]);
    harness.resilience.session.signOut();
    await settle([harness]);
    harness.resilience.session.signIn({ accessToken: 'bob' });
    await settle([harness]);
    harness.run();
    expect([harness.tokens.at(-1), harness.refreshes.length]).toEqual(['bob', 1]);
    expect(unhandled).toEqual([]);
  });

  it.each([...nonsense, ['nothing', undefined] as [string, unknown]])(
    'X6 %s as what a sibling stored, which it tells',
    async (_name, value) => {
      let tell: (change: ShareChange) => void = () => {};
      const share = shareWith(new MemoryShare(), {
        subscribe: (listener) => {
          tell = listener;
          return () => {};
        },
      });
      const harness = lone(share);
      harness.run();
      await settle([harness]);
      for (const change of [{ type: 'tokens', value }, value]) {
        expect(() => tell(change as ShareChange)).not.toThrow();
      }
      harness.run();
      expect([harness.tokens, harness.status]).toEqual([['alice', 'alice'], 'active']);
    },
  );

  it.each([
    ['no scope', { scope: undefined, until: Date.UTC(2040, 0) }],
    ['no instant', { scope: '', until: undefined }],
    ['an instant that is no number', { scope: '', until: Number.NaN }],
    ['an endless instant', { scope: '', until: Infinity }],
    ['an instant of text', { scope: '', until: 'soon' }],
  ])('X6 W9 a closing with %s closes nothing', async (_name, closed) => {
    let tell: (change: ShareChange) => void = () => {};
    const share = shareWith(new MemoryShare(), {
      subscribe: (listener) => {
        tell = listener;
        return () => {};
      },
    });
    const harness = lone(share);
    harness.run();
    await settle([harness]);
    expect(() => tell({ type: 'closed', ...closed } as ShareChange)).not.toThrow();
    harness.run();
    expect([harness.tokens, harness.resilience.limits.get()]).toEqual([['alice', 'alice'], []]);
  });

  it.each([
    ['undefined', () => undefined],
    ['text', () => 'no'],
    ['null', () => null],
    ['a rejection of nothing', () => Promise.reject()],
  ])('X6 %s from replace', async (_name, replace) => {
    const harness = lone(shareWith(new MemoryShare(), { replace: replace as never }));
    harness.run();
    await settle([harness]);
    harness.sent[0]!.answer(rejection());
    await settle([harness]);
    await harness.refreshes[0]!.succeed('alice 2');
    await settle([harness]);
    harness.resilience.session.signOut();
    harness.resilience.session.signIn({ accessToken: 'bob' });
    await settle([harness]);
    harness.run();
    expect(harness.tokens).toEqual(['alice', 'alice 2', 'bob']);
    expect(unhandled).toEqual([]);
  });

  it.each([
    ['nothing', () => undefined],
    ['text', () => 'leased'],
    ['no call of the work', () => Promise.resolve()],
    ['the work called twice', (work: () => Promise<unknown>) => Promise.all([work(), work()])],
  ])('X6 T14 %s from lease: tokens are had all the same, by one call', async (_name, lease) => {
    const share = shareWith(new MemoryShare(), { lease: lease as never });
    const harness = tabs(1, share)[0]!;
    const watched = harness.run();
    await settle([harness]);
    if (harness.refreshes.length === 0) await harness.clock.advanceAsync(12_000);
    expect(harness.refreshes).toHaveLength(1);
    await harness.refreshes[0]!.succeed('alice 2');
    await settle([harness]);
    expect([harness.tokens, watched.settled]).toEqual([['alice 2'], 0]);
    expect(unhandled).toEqual([]);
  });

  it.each([
    ['nothing', () => undefined],
    ['text', () => 'stop'],
    ['what throws', () => () => JSON.parse('{')],
  ])('X6 E3 %s from subscribe: it can be disposed of', async (_name, subscribe) => {
    const harness = lone(shareWith(new MemoryShare(), { subscribe: subscribe as never }));
    harness.run();
    await settle([harness]);
    expect(() => harness.resilience.dispose()).not.toThrow();
    expect(harness.clock.pending).toBe(0);
  });

  it('X6 E4 whatever it answers, each operation is answered, with few requests and token calls', async () => {
    const generation = fc.oneof(fc.anything(), fc.integer(), fc.double(), fc.maxSafeInteger());
    const tokens = fc.oneof(
      fc.anything(),
      fc.record(
        { accessToken: fc.oneof(fc.string(), fc.anything()), expiresAt: fc.anything() },
        { requiredKeys: [] },
      ),
    );
    const value = fc.oneof(
      fc.anything(),
      fc.record(
        { generation, tokens, renewed: fc.anything(), signedIn: fc.anything() },
        { requiredKeys: [] },
      ),
    );
    const answers = fc.record({
      read: value,
      replace: fc.anything(),
      change: fc.anything(),
      value,
    });
    const property = fc.asyncProperty(answers, async (given) => {
      let tell: (change: ShareChange) => void = () => {};
      const harness = lone({
        read: () => given.read as never,
        replace: () => given.replace as never,
        subscribe: (listener) => {
          tell = listener;
          return () => {};
        },
      });
      harness.serve = (sent) => sent.answer(GOOD);
      const watched = [harness.run()];
      await settle([harness]);
      tell(given.change as never);
      tell({ type: 'tokens', value: given.value as never });
      watched.push(harness.run());
      await harness.clock.advanceAsync(6_000);
      for (const { succeed } of harness.refreshes) await succeed('alice 2');
      await settle([harness]);
      expect(watched.map(({ settled }) => settled)).toEqual([1, 1]);
      expect(harness.refreshes.length).toBeLessThan(3);
      expect(harness.sent).toHaveLength(2);
      harness.resilience.dispose();
      expect(harness.clock.pending).toBe(0);
      expect(unhandled).toEqual([]);
    });
    await fc.assert(property, { numRuns: 300 });
  });
});
