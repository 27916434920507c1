import type { ResilienceOptions } from '@holdfast/core';
import { failureOf } from '@holdfast/core';
import { createTestClock } from '@holdfast/testing';
import { offlineExchange } from '@urql/exchange-graphcache';
import type { SerializedRequest, StorageAdapter } from '@urql/exchange-graphcache';
import type { OperationResult } from '@urql/core';
import { afterEach, expect, it, vi } from 'vitest';
import { ITEMS, RENAME } from './documents.fixture.ts';
import { deferred, startClient, startServer } from './exchange.fixture.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A network that the test takes away and gives back, as the browser tells it. */
function network(): {
  go(online: boolean): void;
  readonly online: NonNullable<ResilienceOptions['online']>;
  readonly storage: StorageAdapter;
  readonly queued: () => number;
} {
  let isOnline = true;
  let queued: SerializedRequest[] = [];
  const listeners = new Set<() => void>();
  const flushes = new Set<() => void>();
  vi.stubGlobal('navigator', {
    get onLine() {
      return isOnline;
    },
  });
  return {
    go: (online) => {
      isOnline = online;
      if (!online) return;
      for (const tell of [...flushes, ...listeners]) tell();
    },
    online: {
      get: () => isOnline,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    storage: {
      readData: async () => ({}),
      writeData: async () => {},
      readMetadata: async () => [],
      writeMetadata: (requests) => void (queued = requests),
      onOnline: (flush) => void flushes.add(flush),
    },
    queued: () => queued.length,
  };
}

function cache(storage: StorageAdapter): ReturnType<typeof offlineExchange> {
  return offlineExchange({
    storage,
    optimistic: {
      rename: ({ id, name }) => ({ __typename: 'Item', id, name: `${String(name)}?` }),
    },
  });
}

it('W11 U6 with offlineExchange above, a mutation waits for the network and is sent once', async () => {
  const server = await startServer();
  const line = network();
  const { client, waiting } = startClient(
    server.url,
    { online: line.online },
    { above: [cache(line.storage)] },
  );
  const names: string[] = [];
  const { unsubscribe } = client.query(ITEMS, {}).subscribe(({ data }) => {
    names.push(...(data?.items.slice(0, 1).map(({ name }) => name) ?? []));
  });
  await client.query(ITEMS, {});
  line.go(false);
  const saved = client.mutation(RENAME, { id: '1', name: 'bow' }).toPromise();
  await waiting('offline');
  expect(names.at(-1)).toBe('bow?');
  line.go(true);
  expect((await saved).data?.rename.name).toBe('bow');
  unsubscribe();
  expect([...new Set(names)]).toEqual(['anchor', 'bow?', 'bow']);
  expect([server.executions['rename'], line.queued()]).toEqual([1, 0]);
});

it('W11 R2 U6 what the deadline ends while offline, offlineExchange queues, and it is sent once', async () => {
  const server = await startServer();
  const line = network();
  const clock = createTestClock();
  const { client, waiting, events } = startClient(
    server.url,
    { online: line.online, clock, timeout: { total: 5_000 } },
    { above: [cache(line.storage)] },
  );
  const settled = deferred<string>();
  const { unsubscribe } = client.query(ITEMS, {}).subscribe(({ data }) => {
    const name = data?.items[0]?.name;
    if (name === 'bow') settled.resolve(name);
  });
  await client.query(ITEMS, {});
  line.go(false);
  const results: OperationResult[] = [];
  client.mutation(RENAME, { id: '1', name: 'bow' }).subscribe((result) => results.push(result));
  await waiting('offline');
  clock.advance(5_000);
  expect(events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'failure' });
  expect([results.length, line.queued()]).toEqual([0, 1]);
  line.go(true);
  expect(await settled.promise).toBe('bow');
  unsubscribe();
  expect([server.executions['rename'], line.queued()]).toEqual([1, 0]);
  expect(results).toMatchObject([{ data: { rename: { name: 'bow' } } }]);
  expect(failureOf(results[0]?.error)).toBeUndefined();
});
