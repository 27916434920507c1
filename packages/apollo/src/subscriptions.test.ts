import { failureOf } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waiting } from './client.fixture.ts';
import type { Setup } from './client.fixture.ts';
import { coded } from './feed.fixture.ts';
import { HOUR, news, numberedTokens, subscribe } from './live-subscription.fixture.ts';
import { WAYS } from './stream-rig.fixture.ts';
import type { Rig } from './stream-rig.fixture.ts';

const expired = (): Error => coded('UNAUTHENTICATED');

function refreshes(events: Setup['events']): number {
  return events.filter(({ type }) => type === 'refresh_started').length;
}

describe.each(WAYS)('over %s', (_, startRig) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.close());

  it('S2 is started again after a backoff, the old stream closed first', async () => {
    rig.breaks(1);
    const { heard, clock, resilience } = subscribe(rig);
    await rig.feed.opened(1);
    rig.feed.publish(1);
    await waiting(resilience, 'backoff');
    await rig.feed.closed(1);
    expect(rig.tokens().length).toBe(1);
    await clock.advanceAsync(10_000);
    await rig.feed.opened(2);
    rig.feed.publish(2);
    await heard.says(2);
    expect(news(heard)).toEqual([1, 2]);
    expect(rig.feed.most).toBe(1);
    heard.unsubscribe();
  });

  it('S2 its attempts begin anew after each event', async () => {
    rig.breaks(5);
    const { heard, clock, resilience } = subscribe(rig, { retry: { attempts: 2 } });
    for (let stream = 1; stream <= 5; stream += 1) {
      await rig.feed.opened(stream);
      rig.feed.publish(stream);
      await heard.says(stream);
      await waiting(resilience, 'backoff');
      await clock.advanceAsync(10_000);
    }
    expect(news(heard)).toEqual([1, 2, 3, 4, 5]);
    heard.unsubscribe();
  });

  it('S2 R1 without an event in between it fails after its attempts, with what it met last', async () => {
    rig.refuses(2);
    const once = { retry: { attempts: 2 }, outage: false } as const;
    const { heard, clock, resilience } = subscribe(rig, once);
    await waiting(resilience, 'backoff');
    await clock.advanceAsync(10_000);
    await heard.done;
    const [{ error }] = heard.said as [{ error: unknown }];
    expect(failureOf(error)).toMatchObject({ attempts: 2, stopped: 'attempts' });
    expect(heard.said.length).toBe(2);
    expect(rig.tokens().length).toBe(2);
  });

  it('S3 an expired token: the stream is closed, the token refreshed, and it goes on', async () => {
    const { heard, events } = subscribe(rig, { auth: numberedTokens(rig) });
    await rig.feed.opened(1);
    rig.feed.publish(1);
    await heard.says(1);
    rig.feed.publish(expired());
    await rig.feed.opened(2);
    rig.feed.publish(2);
    await heard.says(2);
    expect(news(heard)).toEqual([1, 2]);
    expect(rig.tokens()).toEqual(['t1', 't2']);
    expect([rig.feed.most, refreshes(events)]).toEqual([1, 1]);
    heard.unsubscribe();
  });

  it('S3 T1 one that is refused for its token is asked for with a new one', async () => {
    rig.own('t1');
    rig.rejects();
    const { heard } = subscribe(rig, {
      auth: {
        tokens: { accessToken: 't1' },
        refresh: async () => {
          rig.own('t2');
          return { accessToken: 't2' };
        },
      },
    });
    await rig.feed.opened(1);
    rig.feed.publish(1);
    await heard.says(1);
    expect(news(heard)).toEqual([1]);
    expect(rig.tokens()).toEqual(['t1', 't2']);
    heard.unsubscribe();
  });

  it('S3 R2 a second expiry hours later is like the first', async () => {
    const { heard, clock, events } = subscribe(rig, { auth: numberedTokens(rig) });
    for (const stream of [1, 2, 3]) {
      await rig.feed.opened(stream);
      rig.feed.publish(stream);
      await heard.says(stream);
      await clock.advanceAsync(3 * HOUR);
      rig.feed.publish(expired());
    }
    await rig.feed.opened(4);
    expect(news(heard)).toEqual([1, 2, 3]);
    expect(rig.tokens()).toEqual(['t1', 't2', 't3', 't4']);
    expect([rig.feed.most, refreshes(events)]).toEqual([1, 3]);
    heard.unsubscribe();
  });

  it('S3 T4 a token rejected again is final: once for each generation', async () => {
    const { heard, events } = subscribe(rig, { auth: numberedTokens(rig) });
    await rig.feed.opened(1);
    rig.feed.publish(expired());
    await rig.feed.opened(2);
    rig.feed.publish(expired());
    await heard.says(1);
    const [{ error }] = heard.said as [{ error: unknown }];
    expect(failureOf(error)).toMatchObject({ kind: 'unauthenticated', stopped: 'not_retryable' });
    expect([rig.tokens().length, refreshes(events)]).toEqual([2, 1]);
    heard.unsubscribe();
  });

  it('S3 an event with an error is handed on, and healthy events follow on the same stream', async () => {
    const { heard } = subscribe(rig, { auth: numberedTokens(rig) });
    await rig.feed.opened(1);
    rig.feed.publish(1);
    rig.feed.publish(coded('FORBIDDEN'));
    rig.feed.publish(coded('SERVICE_UNAVAILABLE'));
    rig.feed.publish(4);
    await heard.says(4);
    const [first, second, third, fourth] = heard.said as { data?: unknown; error?: unknown }[];
    expect([first?.data, fourth?.data]).toEqual([{ news: 1 }, { news: 4 }]);
    expect(failureOf(second?.error)?.kind).toBe('forbidden');
    expect(failureOf(third?.error)?.kind).toBe('unavailable');
    expect(rig.tokens().length).toBe(1);
    heard.unsubscribe();
  });

  it('S5 a complete ends it, and is no failure', async () => {
    const { heard, events, clock } = subscribe(rig);
    await rig.feed.opened(1);
    rig.feed.publish(1);
    await heard.says(1);
    rig.feed.end();
    await heard.done;
    expect(heard.said.at(-1)).toBe('complete');
    expect(events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'success' });
    expect(clock.pending).toBe(0);
    expect(rig.tokens().length).toBe(1);
  });

  it('R2 S2 there is no deadline, before an event and after one', async () => {
    const { heard, clock } = subscribe(rig);
    await rig.feed.opened(1);
    await clock.advanceAsync(HOUR);
    rig.feed.publish(1);
    await heard.says(1);
    await clock.advanceAsync(HOUR);
    rig.feed.publish(2);
    await heard.says(2);
    expect(news(heard)).toEqual([1, 2]);
    expect(clock.pending).toBe(0);
    heard.unsubscribe();
  });
});
