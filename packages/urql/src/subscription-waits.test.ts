import type { Tokens } from '@holdfast/core';
import { createTestClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { deferred } from './exchange.fixture.ts';
import { listen, startLiveClient } from './live-client.fixture.ts';
import { CARRIERS, coded, startLive } from './live-server.fixture.ts';

describe.each(CARRIERS)('a subscription over %s', (carrier) => {
  describe.each(['tokens', 'refresh', 'backoff', 'rate_limit'] as const)(
    'that waits: %s',
    (reason) => {
      it('E1 ends when its subscriber leaves, and nothing is sent afterwards', async () => {
        const server = await startLive(carrier);
        const clock = createTestClock();
        const tokens = deferred<Tokens>();
        if (reason === 'refresh') server.refuse(coded('UNAUTHENTICATED'));
        if (reason === 'backoff') server.refuse(coded('SERVICE_UNAVAILABLE'));
        if (reason === 'rate_limit') server.refuse(coded('RATE_LIMITED'));
        const started = startLiveClient(carrier, server.url, {
          clock,
          auth: {
            tokens: reason === 'tokens' ? () => tokens.promise : { accessToken: 'n0' },
            refresh: () => tokens.promise,
          },
        });
        const listener = listen(started);
        await started.waiting(reason);
        const before = server.asked();
        listener.leave();
        expect(started.resilience.activity.get()).toEqual([]);
        tokens.resolve({ accessToken: 'n1' });
        await clock.advanceAsync(60_000);
        // Whoever comes next is served, and nobody came before it.
        const next = listen(started);
        const stream = await server.started(1);
        expect(server.asked()).toBe(before + 1);
        expect(listener.results).toEqual([]);
        next.leave();
        await stream.closed;
      });
    },
  );
});
