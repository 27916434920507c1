import { randomUUID } from 'node:crypto';
import * as fc from '../../../../tests/properties.ts';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { NodeTab } from './node-tab.fixture.ts';

/** Tabs of one app, with a name of its own. */
function open(count: number, options?: ConstructorParameters<typeof NodeTab>[1]): NodeTab[] {
  return openAs(randomUUID(), count, options);
}

function openAs(
  name: string,
  count: number,
  options?: ConstructorParameters<typeof NodeTab>[1],
): NodeTab[] {
  const tabs = Array.from({ length: count }, () => new NodeTab(name, options));
  onTestFinished(() => {
    for (const tab of tabs) tab.close();
  });
  return tabs;
}

/** How many hold a lock of an app's. */
async function held(lock: string): Promise<number> {
  const { held: all = [] } = await navigator.locks.query();
  return all.filter(({ name }) => name === `holdfast:${lock}`).length;
}

function tokens(accessToken: string): { readonly tokens: { readonly accessToken: string } } {
  return { tokens: { accessToken } };
}

describe('a tab that was frozen', () => {
  it('T15 does not act on what it knew when the lease comes to it before it has heard the others', async () => {
    const [a, b] = open(2) as [NodeTab, NodeTab];
    expect(await a.share.replace(0, { generation: 1, ...tokens('t1') })).toBe(true);
    expect(await b.share.read()).toMatchObject({ generation: 1 });
    b.freeze();
    expect(await a.share.replace(1, { generation: 2, ...tokens('t2') })).toBe(true);
    const read = b.share.lease(() => b.share.read());
    b.thaw();
    expect(await read).toEqual({ generation: 2, ...tokens('t2') });
  });

  it('T15 asks again where it was frozen while it waited for answers', async () => {
    const [a, b] = open(2) as [NodeTab, NodeTab];
    await a.share.replace(0, { generation: 1, ...tokens('t1') });
    await b.share.read();
    b.freeze();
    // Its timers ring before it hears anything, as they do when a page thaws.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const leased = b.share.lease(() => b.share.read());
    const stored = a.share.replace(1, { generation: 2, ...tokens('t2') });
    for (let passed = 0; passed < 2_300; passed += 50) {
      await vi.advanceTimersByTimeAsync(50);
      await new Promise(setImmediate);
    }
    expect(await stored).toBe(true);
    b.thaw();
    expect(await leased).toEqual({ generation: 2, ...tokens('t2') });
  });

  it('T14 loses the compare-and-set that it comes too late for, and is told what won', async () => {
    const [a, b] = open(2) as [NodeTab, NodeTab];
    await a.share.replace(0, { generation: 1, ...tokens('t1') });
    await b.share.read();
    b.freeze();
    const late = b.share.replace(1, { generation: 2, ...tokens('late') });
    await vi.waitFor(async () => expect(await held(`${a.name}:store`)).toBe(1));
    const won = a.share.replace(1, { generation: 2, ...tokens('t2') });
    b.thaw();
    expect([await late, await won].filter(Boolean)).toHaveLength(1);
    const stored = await a.share.read();
    expect(await b.share.read()).toEqual(stored);
  });
});

describe('tabs that wait for one that froze while it stored', () => {
  it('T14 take turns once they give up on it: one of them stores', async () => {
    const [a, ...others] = open(4) as [NodeTab, ...NodeTab[]];
    await a.share.replace(0, { generation: 1, ...tokens('t1') });
    await Promise.all(others.map(({ share }) => share.read()));
    let thaw = (): void => {};
    const frozen = navigator.locks.request(`holdfast:${a.name}:store`, () => {
      return new Promise<void>((resolve) => {
        thaw = resolve;
      });
    });
    const won = await Promise.all(
      others.map(({ share }, index) => share.replace(1, { generation: 2, ...tokens(`${index}`) })),
    );
    thaw();
    await frozen;
    expect(won.filter(Boolean)).toHaveLength(1);
  });
});

describe('a tab that was put away and comes back', () => {
  it('T14 T15 asks for what it has not heard, and takes it up', async () => {
    const [a, b] = open(2) as [NodeTab, NodeTab];
    await a.share.replace(0, { generation: 1, ...tokens('t1') });
    await b.share.read();
    b.freeze();
    await a.share.replace(1, { generation: 2 });
    const missed = { type: 'tokens', value: expect.objectContaining({ generation: 2 }) };
    await vi.waitFor(() => expect(b.held).toContainEqual(expect.objectContaining(missed)));
    // Of its own accord: a sign-out counts before anything is asked of it.
    b.comeBack();
    await vi.waitFor(() => {
      expect(b.changes.at(-1)).toEqual({ type: 'tokens', value: { generation: 2 } });
    });
    expect(await b.share.read()).toEqual({ generation: 2 });
  });
});

describe('tabs that come one after another', () => {
  it('T15 are not told by one that came back what it knew before it was put away', async () => {
    const name = randomUUID();
    const [a, b] = openAs(name, 2) as [NodeTab, NodeTab];
    await a.share.replace(0, { generation: 1, ...tokens('t1') });
    await b.share.read();
    b.freeze();
    await a.share.replace(1, { generation: 2, ...tokens('t2') });
    const missed = { type: 'tokens', value: expect.objectContaining({ generation: 2 }) };
    await vi.waitFor(() => expect(b.held).toContainEqual(expect.objectContaining(missed)));
    a.freeze();
    b.comeBack();
    const [c] = openAs(name, 1) as [NodeTab];
    const read = c.share.read();
    // Both have asked, and only the one that is busy knows.
    await vi.waitFor(() => expect(a.held.length).toBeGreaterThan(1));
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    a.thaw();
    expect(await read).toEqual({ generation: 2, ...tokens('t2') });
  });

  it('T14 go at once where nobody else is there', async () => {
    // No timer rings.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const name = randomUUID();
    const [alone] = openAs(name, 1) as [NodeTab];
    expect(await alone.share.lease(() => alone.share.read())).toBeUndefined();
    expect(await alone.share.replace(0, { generation: 1, ...tokens('t1') })).toBe(true);
    alone.close();
    await vi.waitFor(async () => expect(await held(`${name}:tab`)).toBe(0));
    // The one before has gone, and with it what it knew.
    const [next] = openAs(name, 1) as [NodeTab];
    expect(await next.share.read()).toBeUndefined();
  });

  it('T14 wait for one that is there and does not answer', async () => {
    const name = randomUUID();
    const [frozen] = openAs(name, 1) as [NodeTab];
    await frozen.share.replace(0, { generation: 1, ...tokens('t1') });
    frozen.freeze();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const [comes] = openAs(name, 1) as [NodeTab];
    const known: unknown[] = [];
    const read = comes.share.read().then((value) => known.push(value));
    await vi.advanceTimersByTimeAsync(99);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(known).toEqual([]);
    frozen.thaw();
    await read;
    expect(known).toEqual([{ generation: 1, ...tokens('t1') }]);
  });

  it('T14 E3 hold no lock while they are put away: a browser keeps no page that does', async () => {
    const [a] = open(1) as [NodeTab];
    await a.share.read();
    expect(await held(`${a.name}:tab`)).toBe(1);
    a.putAway();
    await vi.waitFor(async () => expect(await held(`${a.name}:tab`)).toBe(0));
    a.comeBack();
    await vi.waitFor(async () => expect(await held(`${a.name}:tab`)).toBe(1));
  });

  it('T14 wait for nobody before a token call, once all others have had their time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const [alone] = openAs(randomUUID(), 1) as [NodeTab];
    const read = alone.share.read();
    await vi.advanceTimersByTimeAsync(250);
    expect(await read).toBeUndefined();
    // No timer rings any more.
    expect(await alone.share.lease(() => alone.share.read())).toBeUndefined();
  });

  it('T14 do not store by an answer that was given before another tab stored', async () => {
    const name = randomUUID();
    const [a, b] = openAs(name, 2) as [NodeTab, NodeTab];
    await a.share.replace(0, { generation: 1, ...tokens('t1') });
    await b.share.read();
    const [late] = openAs(name, 1) as [NodeTab];
    late.freeze();
    const answered = (): number =>
      late.held.findIndex((data) => (data as { type: string }).type === 'answer') + 1;
    await vi.waitFor(() => expect(answered()).toBeGreaterThan(0));
    expect(await b.share.replace(1, { generation: 2, ...tokens('t2') })).toBe(true);
    const stored = late.share.replace(1, { generation: 2, ...tokens('late') });
    await vi.waitFor(async () => expect(await held(`${name}:store`)).toBe(1));
    late.thaw(answered());
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    late.thaw();
    expect(await stored).toBe(false);
  });

  it('T14 start with the tokens of one of them', async () => {
    const turns = fc.array(fc.nat({ max: 4 }), { minLength: 2, maxLength: 5 });
    const property = fc.asyncProperty(turns, async (pauses) => {
      const name = randomUUID();
      const opened: NodeTab[] = [];
      const running: Promise<boolean>[] = [];
      for (const [index, pause] of pauses.entries()) {
        const tab = new NodeTab(name);
        opened.push(tab);
        running.push(tab.share.replace(0, { generation: 1, ...tokens(`t${index}`) }));
        for (let turn = 0; turn < pause; turn++) await new Promise(setImmediate);
      }
      try {
        const won = await Promise.all(running);
        expect(won.filter(Boolean)).toHaveLength(1);
        const reads = await Promise.all(opened.map(({ share }) => share.read()));
        expect(reads).toEqual(
          reads.map(() => ({ generation: 1, ...tokens(`t${won.indexOf(true)}`) })),
        );
      } finally {
        for (const tab of opened) tab.close();
      }
    });
    await fc.assert(property, { numRuns: 20 });
  });
});

describe('a share that nobody listens to', () => {
  it('T14 keeps what was stored for the tabs that ask later', async () => {
    const name = randomUUID();
    const [a, b, c] = openAs(name, 3, { listens: false }) as [NodeTab, NodeTab, NodeTab];
    expect(await a.share.replace(0, { generation: 1, ...tokens('t1') })).toBe(true);
    expect(await b.share.replace(0, { generation: 1, ...tokens('late') })).toBe(false);
    expect(await c.share.read()).toEqual({ generation: 1, ...tokens('t1') });
    expect(await c.share.replace(1, { generation: 2, ...tokens('t2') })).toBe(true);
    expect(await a.share.read()).toEqual({ generation: 2, ...tokens('t2') });
  });

  it('E3 lets go of its channel once the last of those who came to listen has left', async () => {
    const name = randomUUID();
    const [a] = openAs(name, 1, { listens: false }) as [NodeTab];
    await a.share.replace(0, { generation: 1, ...tokens('t1') });
    expect(a.channels).toBe(2);
    const leave = a.share.subscribe(() => {});
    expect(a.channels).toBe(2);
    leave();
    expect(a.channels).toBe(0);
    await a.share.read();
    expect(a.channels).toBe(0);
  });
});

describe('two that share one object', () => {
  it('T14 are told of what one stored after the one that stored it', async () => {
    const [a] = open(1) as [NodeTab];
    const told: number[] = [];
    a.share.subscribe(() => void told.push(1));
    a.freeze();
    const stored = a.share.replace(0, { generation: 1, ...tokens('t1') });
    const own = (): number =>
      a.held.findIndex((data) => (data as { type: string }).type === 'tokens') + 1;
    await vi.waitFor(() => {
      if (own() === 0) a.thaw(1);
      expect(own()).toBeGreaterThan(0);
    });
    // Whatever was to follow at once has followed after two turns of the loop; no time is waited for.
    await new Promise((resolve) => void setImmediate(resolve));
    await new Promise((resolve) => void setImmediate(resolve));
    expect(told).toEqual([]);
    a.thaw();
    expect(await stored).toBe(true);
    expect(told).toEqual([]);
    await vi.waitFor(() => expect(told).toEqual([1]));
  });
});

describe('tabs without locks', () => {
  it('T14 that store at once agree on one of them, under a number that both take up', async () => {
    const tabs = open(4, { locks: false });
    await tabs[0]!.share.replace(0, { generation: 1, ...tokens('t1') });
    await Promise.all(tabs.map(({ share }) => share.read()));
    await Promise.all(
      tabs.map(({ share }, index) => share.replace(1, { generation: 2, ...tokens(`t${index}`) })),
    );
    await vi.waitFor(async () => {
      const reads = await Promise.all(tabs.map(({ share }) => share.read()));
      expect(reads).toEqual(reads.map(() => reads[0]));
    });
    const stored = await tabs[0]!.share.read();
    for (const { changes } of tabs) {
      const heard = changes.at(-1);
      if (heard !== undefined) expect(heard).toEqual({ type: 'tokens', value: stored });
    }
  });
});

describe('any tabs that store and ask, frozen now and then', () => {
  it('T14 T15 one wins each generation, and whoever has the lease knows the newest', async () => {
    const step = fc.record({
      tab: fc.nat({ max: 3 }),
      act: fc.constantFrom('replace', 'replace', 'lease', 'freeze', 'thaw'),
      pause: fc.nat({ max: 3 }),
    });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const name = randomUUID();
      const tabs = [0, 1, 2, 3].map(() => new NodeTab(name));
      const winners = new Map<number, number>();
      const stale: string[] = [];
      let stored = 0;
      const running: Promise<unknown>[] = [];
      const replace = async ({ share }: NodeTab, by: number): Promise<void> => {
        const expected = (await share.read())?.generation ?? 0;
        const generation = expected + 1;
        if (!(await share.replace(expected, { generation, ...tokens(`${by}`) }))) return;
        winners.set(generation, (winners.get(generation) ?? 0) + 1);
        stored = Math.max(stored, generation);
      };
      const lease = ({ share }: NodeTab): Promise<void> =>
        share.lease(async () => {
          const least = stored;
          const { generation = 0 } = (await share.read()) ?? {};
          if (generation < least) stale.push(`${generation} for ${least}`);
        });
      try {
        await tabs[0]!.share.replace(0, { generation: 1, ...tokens('start') });
        await Promise.all(tabs.map(({ share }) => share.read()));
        for (const { tab: index, act, pause } of steps) {
          const tab = tabs[index]!;
          if (act === 'freeze') tab.freeze();
          else if (act === 'thaw') tab.thaw();
          else running.push(act === 'lease' ? lease(tab) : replace(tab, index));
          for (let turn = 0; turn < pause; turn++) await new Promise(setImmediate);
        }
        for (const tab of tabs) tab.thaw();
        await Promise.all(running);
        expect({ stale, lost: [...winners.values()].filter((won) => won > 1) }).toEqual({
          stale: [],
          lost: [],
        });
        const reads = await Promise.all(tabs.map(({ share }) => share.read()));
        expect(reads).toEqual(reads.map(() => reads[0]));
        expect(reads[0]?.generation).toBe(Math.max(stored, 1));
      } finally {
        for (const tab of tabs) tab.close();
      }
    });
    await fc.assert(property, { numRuns: 40 });
  });
});
