import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { redisMissing, startRedis } from '../../../tests/servers/redis.ts';
import { single } from './clients.fixture.ts';
import { patience } from './patience.ts';
import { redisShare } from './redis-share.ts';

const missing = await redisMissing();
const why = missing === undefined ? '' : ` (left out: ${missing})`;

/** Nothing else runs in this process for so long. Milliseconds. */
function occupy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('the patience with a server', () => {
  afterEach(() => void vi.useRealTimers());

  it.each([[['setTimeout', 'clearTimeout', 'performance']], [['setTimeout', 'clearTimeout']]])(
    'P1 is what was asked for, by fake timers too (%j)',
    async (...[toFake]) => {
      vi.useFakeTimers({ toFake: toFake as ['setTimeout'] });
      const over = vi.fn<() => void>();
      patience(250, over);
      await vi.advanceTimersByTimeAsync(249);
      expect(over).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(2);
      expect(over).toHaveBeenCalledOnce();
      patience(250, over)();
      await vi.advanceTimersByTimeAsync(1_000);
      expect(over).toHaveBeenCalledOnce();
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('E4 ends for a process that hears each of its timers late', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    onTestFinished(() => void clock.mockRestore());
    const over = vi.fn<() => void>();
    patience(250, over);
    for (let turn = 0; vi.getTimerCount() > 0; turn++) {
      // Five times the patience has passed, and half of its parts.
      if (turn === 5) expect(over).not.toHaveBeenCalled();
      now += 250;
      await vi.advanceTimersToNextTimerAsync();
    }
    expect(over).toHaveBeenCalledOnce();
  });
});

describe.skipIf(missing)(`a process that is busy${why}`, { timeout: 60_000 }, () => {
  const kinds = ['node-redis', 'ioredis', 'iovalkey'] as const;

  it.each(kinds)(
    'T14 takes what a server has answered in time while nothing could be heard (%s)',
    async (kind) => {
      const server = await startRedis();
      onTestFinished(() => server.close());
      const { client, end } = await single[kind]([server.port]);
      onTestFinished(() => void end());
      const share = redisShare({ client, name: 'app', timeout: 1_000 });
      const answer = share.read();
      occupy(1_100);
      await expect(answer).resolves.toBe(undefined);
    },
  );

  it.each(kinds)(
    'T14 connects and asks, though each turn of its event loop takes long (%s)',
    async (kind) => {
      const server = await startRedis();
      onTestFinished(() => server.close());
      let isOver = false;
      const starve = (): void => {
        occupy(200);
        if (!isOver) setImmediate(starve);
      };
      setImmediate(starve);
      const { client, end } = await single[kind]([server.port]);
      onTestFinished(() => void end());
      const share = redisShare({ client, name: 'app', timeout: 500 });
      const answer = Promise.resolve(share.read()).finally(() => (isOver = true));
      await expect(answer).resolves.toBe(undefined);
    },
  );
});
