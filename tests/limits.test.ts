import { startFaultServer } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { everyClient, closing } from './both-clients.ts';

const HELLO = 'query Hello($name: String) { hello(name: $name) }';
const limited = (retryAfter: string, times = 1) => ({
  status: 429,
  headers: { 'retry-after': retryAfter },
  body: 'Too many requests',
  times,
});

describe.each(everyClient)('limits with $client', ({ connect }) => {
  it('W3 nothing is sent before the hint, by whoever met the limit or came later', async () => {
    const server = closing(await startFaultServer({ faults: [limited('1')] }));
    const { client, resilience } = connect(server.url, { random: () => 0 });
    const first = client.query(HELLO);
    await new Promise<void>((resolve) => {
      resilience.limits.subscribe(() => resolve());
    });
    const others = ['a', 'b'].map((name) => client.query(HELLO, { variables: { name } }));
    const answers = await Promise.all([first, ...others]);
    expect(answers.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    const [refused, ...later] = server.requests;
    expect(later).toHaveLength(3);
    for (const { at } of later) expect(at - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  it.each(['America/Los_Angeles', 'Asia/Kolkata', 'UTC'])(
    'W2 W4 a date is UTC in %s, and one an hour ahead fails at once and says when',
    async (zone) => {
      const before = process.env['TZ'];
      process.env['TZ'] = zone;
      try {
        const instant = Math.floor(Date.now() / 1_000) * 1_000 + 3_600_000;
        const server = closing(
          await startFaultServer({ faults: [limited(new Date(instant).toUTCString())] }),
        );
        const { client, resilience } = connect(server.url);
        const met = await client.query(HELLO);
        const after = await client.query(HELLO);
        for (const { failure } of [met, after]) {
          expect(failure).toMatchObject({ kind: 'rate_limited', stopped: 'wait_too_long' });
        }
        expect(Math.abs((met.failure?.retryAt ?? 0) - instant)).toBeLessThanOrEqual(2_000);
        expect(server.requests).toHaveLength(1);
        expect(resilience.limits.get()).toHaveLength(1);
      } finally {
        if (before === undefined) delete process.env['TZ'];
        else process.env['TZ'] = before;
      }
    },
  );

  it('W6 a client whose clock is an hour off still waits right', async () => {
    const skew = 3_600_000;
    const now = Date.now() + skew;
    const server = closing(
      await startFaultServer({
        faults: [
          {
            status: 429,
            body: 'Too many requests',
            headers: {
              date: new Date(now).toUTCString(),
              'retry-after': new Date(now + 20_000).toUTCString(),
            },
          },
        ],
      }),
    );
    const { client, resilience } = connect(server.url, { random: () => 0 });
    const pending = client.query(HELLO);
    const until = await new Promise<number>((resolve) => {
      resilience.limits.subscribe(() => resolve(resilience.limits.get()[0]?.until ?? 0));
    });
    expect(Math.abs(until - Date.now() - 20_000)).toBeLessThanOrEqual(2_000);
    resilience.dispose();
    expect((await pending).failure).toMatchObject({ kind: 'aborted', stopped: 'aborted' });
  });

  it.each(['-5', '0x10', '1e3', '2, 7', '2026-01-01T00:00:00Z', 'soon', '99999999999999999999999'])(
    'W2 W5 a hostile Retry-After %j neither fires at once nor hangs',
    async (value) => {
      const server = closing(await startFaultServer({ faults: [limited(value)] }));
      const { client } = connect(server.url, { retry: { backoff: { throttled: 50 } } });
      const { error, failure } = await client.query(HELLO);
      const [refused, again] = server.requests;
      if (again === undefined) expect(failure?.stopped).toBe('wait_too_long');
      else {
        expect(error).toBeUndefined();
        expect(again.at - (refused?.at ?? 0)).toBeGreaterThanOrEqual(50);
      }
    },
  );
});
