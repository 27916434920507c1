import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { underLease } from '../../src/browser/lock.ts';

/** The locks of several pages: Node's own, which takes all that happens in a thread for one client. */
function pages(): (page: string) => LockManager {
  const held = new Map<string, string>();
  return (page) =>
    ({
      query: async () => ({
        held: Array.from(held, ([name, clientId]) => ({ name, clientId })),
      }),
      request: (name: string, options: LockOptions, work: () => Promise<unknown>) =>
        navigator.locks.request(name, options, async () => {
          held.set(name, page);
          try {
            return await work();
          } finally {
            held.delete(name);
          }
        }),
    }) as unknown as LockManager;
}

/** Waiters in line behind a holder, on fake timers; each notes when its work begins, and ends by hand. */
function line() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const name = randomUUID();
  const locks = pages();
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  onTestFinished(() => {
    for (const end of ends.values()) end();
  });
  return {
    begun,
    end: (page: string) => ends.get(page)?.(),
    enter: async (page: string, signal?: AbortSignal) => {
      void underLease(locks(page), name, signal, () => {
        begun.push(page);
        return new Promise<void>((resolve) => ends.set(page, resolve));
      }).catch((error: Error) => begun.push(error.name));
      await turns();
    },
    pass: async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      await turns();
    },
  };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
}

describe('the lease', () => {
  it('T15 behind a holder that never lets go, one after the other goes on', async () => {
    const { begun, enter, end, pass } = line();
    for (const page of ['frozen', 'a', 'b', 'c']) await enter(page);
    await pass(10_099);
    expect(begun).toEqual(['frozen']);
    await pass(1);
    expect(begun).toEqual(['frozen', 'a']);
    end('a');
    await turns();
    expect(begun).toEqual(['frozen', 'a', 'b']);
    end('b');
    await turns();
    expect(begun).toEqual(['frozen', 'a', 'b', 'c']);
  });

  it('T15 behind holders that take long, one after the other, nobody goes beside them', async () => {
    const { begun, enter, end, pass } = line();
    for (const page of ['slow', 'slow too', 'a']) await enter(page);
    await pass(9_000);
    end('slow');
    await pass(1_100);
    expect(begun).toEqual(['slow', 'slow too']);
    end('slow too');
    await turns();
    expect(begun).toEqual(['slow', 'slow too', 'a']);
  });

  it('T14 a wait that is given up ends, in either line', async () => {
    const { begun, enter, end, pass } = line();
    const [first, second] = [new AbortController(), new AbortController()];
    await enter('frozen');
    await enter('a');
    await enter('b', first.signal);
    await enter('c', second.signal);
    first.abort();
    await turns();
    expect(begun).toEqual(['frozen', 'AbortError']);
    await pass(10_100);
    expect(begun).toEqual(['frozen', 'AbortError', 'a']);
    second.abort();
    await turns();
    end('a');
    await turns();
    expect(begun).toEqual(['frozen', 'AbortError', 'a', 'AbortError']);
  });
});
