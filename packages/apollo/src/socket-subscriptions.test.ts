import { CombinedGraphQLErrors, gql } from '@apollo/client';
import { failureOf } from '@holdfast/core';
import type { WaitReason } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clockedClient, listen, waiting } from './client.fixture.ts';
import { coded } from './feed.fixture.ts';
import { NEWS, overSocket } from './stream-rig.fixture.ts';

let rig: Awaited<ReturnType<typeof overSocket>>;
beforeEach(async () => {
  rig = await overSocket();
  rig.own('t1');
});
afterEach(() => rig.close());

function signedIn(): ReturnType<typeof clockedClient> {
  return clockedClient(rig.link, {
    auth: {
      tokens: { accessToken: 't1' },
      refresh: async () => {
        rig.own('t2');
        return { accessToken: 't2' };
      },
    },
  });
}

/** Closes the socket that is open as nothing but a lost line does. */
function lose(): void {
  rig.sockets.at(-1)?.terminate();
}

describe('a socket of the application’s own', () => {
  const closes: readonly [number, WaitReason | undefined, string][] = [
    [1006, 'backoff', 't1'],
    [1012, 'backoff', 't1'],
    [4401, undefined, 't2'],
    [4403, undefined, 't2'],
    [4429, 'rate_limit', 't1'],
  ];

  it.each(closes)(
    'S2 S3 W7 closed with %i: what went over it goes on',
    async (code, wait, token) => {
      const { client, clock, resilience } = signedIn();
      const heard = listen(client.subscribe({ query: NEWS }));
      await rig.feed.opened(1);
      rig.feed.publish(1);
      await heard.says(1);
      if (code === 1006) lose();
      else rig.sockets[0]?.close(code, 'over');
      if (wait !== undefined) {
        await waiting(resilience, wait);
        expect(rig.sockets.length).toBe(1);
        await clock.advanceAsync(10_000);
      }
      await rig.feed.opened(2);
      rig.feed.publish(2);
      await heard.says(2);
      expect(heard.said).toEqual([{ data: { news: 1 } }, { data: { news: 2 } }]);
      expect(rig.tokens()).toEqual(['t1', token]);
      expect(rig.feed.most).toBe(1);
      heard.unsubscribe();
    },
  );

  it.each([
    [4400, 'bad_input'],
    [4406, 'bad_input'],
    [4409, 'conflict'],
    [4499, 'aborted'],
  ])('S4 closed with %i: that is final', async (code, kind) => {
    const { client, clock } = signedIn();
    const heard = listen(client.subscribe({ query: NEWS }));
    await rig.feed.opened(1);
    rig.sockets[0]?.close(code, 'over');
    await heard.done;
    const [{ error }] = heard.said as [{ error: unknown }];
    expect(failureOf(error)).toMatchObject({ kind, source: 'socket' });
    await clock.advanceAsync(60_000);
    expect(rig.sockets.length).toBe(1);
  });

  it('S3 closed with 4403 in turn: one refresh, then the error', async () => {
    const { client } = signedIn();
    const heard = listen(client.subscribe({ query: NEWS }));
    for (const count of [1, 2]) {
      await rig.feed.opened(count);
      rig.sockets.at(-1)?.close(4403, 'Forbidden');
    }
    await heard.done;
    const [{ error }] = heard.said as [{ error: Error }];
    expect(error.message).toBe('Socket closed with event 4403 Forbidden');
    expect(failureOf(error)).toMatchObject({ kind: 'unauthenticated', stopped: 'not_retryable' });
    expect(rig.tokens()).toEqual(['t1', 't2']);
  });

  it('T1 S2 subscriptions that share a socket share its refresh, and one new socket', async () => {
    const { client, events } = signedIn();
    const all = [1, 2, 3].map((id) => listen(client.subscribe({ query: NEWS, variables: { id } })));
    await rig.feed.opened(3);
    rig.sockets[0]?.close(4403, 'Forbidden');
    await rig.feed.opened(6);
    rig.feed.publish(1);
    await Promise.all(all.map((heard) => heard.says(1)));
    expect(rig.tokens()).toEqual(['t1', 't2']);
    expect(events.filter(({ type }) => type === 'refresh_started').length).toBe(1);
    for (const heard of all) heard.unsubscribe();
  });

  it('A5 errors that refuse a subscription come on the error path, and lead to their failure', async () => {
    const { client } = signedIn();
    const heard = listen(client.subscribe({ query: gql('subscription { nothing }') }));
    await heard.done;
    const [{ error }] = heard.said as [{ error: unknown }];
    expect(CombinedGraphQLErrors.is(error)).toBe(true);
    expect(failureOf(error)?.attempts).toBe(1);
    expect(rig.tokens().length).toBe(1);
  });

  it('S3 an event whose error was seen before on the stream is an event', async () => {
    const { client } = signedIn();
    const heard = listen(client.subscribe({ query: NEWS }));
    await rig.feed.opened(1);
    rig.feed.publish(coded('NOT_FOUND'));
    rig.feed.publish(coded('NOT_FOUND'));
    rig.feed.publish(3);
    await heard.says(3);
    expect(heard.said.at(-1)).toEqual({ data: { news: 3 } });
    expect(rig.sockets.length).toBe(1);
    heard.unsubscribe();
  });
});
