import type { ApolloClient } from '@apollo/client';
import { failureOf } from '@holdfast/core';
import type { AuthOptions, ResilienceOptions } from '@holdfast/core';
import type { TestClock } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clockedClient, listen, waiting } from './client.fixture.ts';
import type { Heard, Setup } from './client.fixture.ts';
import { coded } from './feed.fixture.ts';
import { NEWS, WAYS } from './stream-rig.fixture.ts';
import type { Rig } from './stream-rig.fixture.ts';

type Live = Setup & {
  readonly clock: TestClock;
  readonly subscription: ReturnType<ApolloClient['subscribe']>;
  readonly heard: Heard;
};

const HOUR = 3_600_000;
const expired = (): Error => coded('UNAUTHENTICATED');

describe.each(WAYS)('over %s', (_, startRig) => {
  let rig: Rig;
  let refreshed: number;
  beforeEach(async () => {
    rig = await startRig();
    refreshed = 0;
  });
  afterEach(() => rig.close());

  /** Tokens `t1`, `t2` and so on; none comes before the server has seen the last stream end. */
  function auth(): AuthOptions {
    rig.own('t1');
    return {
      tokens: { accessToken: 't1' },
      refresh: async () => {
        refreshed += 1;
        await rig.feed.closed(refreshed);
        const accessToken = `t${refreshed + 1}`;
        rig.own(accessToken);
        return { accessToken };
      },
    };
  }

  function subscribe(options?: ResilienceOptions): Live {
    const setup = clockedClient(rig.link, options);
    const subscription = setup.client.subscribe({ query: NEWS });
    return { ...setup, subscription, heard: listen(subscription) };
  }

  function news({ said }: Heard): unknown[] {
    return said.map((event) => (event as { data?: { news?: unknown } }).data?.news ?? event);
  }

  it('S2 is started again after a backoff, the old stream closed first', async () => {
    rig.breaks(1);
    const { heard, clock, resilience } = subscribe();
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
    const { heard, clock, resilience } = subscribe({ retry: { attempts: 2 } });
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
    const { heard, clock, resilience } = subscribe({ retry: { attempts: 2 } });
    await waiting(resilience, 'backoff');
    await clock.advanceAsync(10_000);
    await heard.done;
    const [{ error }] = heard.said as [{ error: unknown }];
    expect(failureOf(error)).toMatchObject({ attempts: 2, stopped: 'attempts' });
    expect(heard.said.length).toBe(2);
    expect(rig.tokens().length).toBe(2);
  });

  it('S3 an expired token: the stream is closed, the token refreshed, and it goes on', async () => {
    const { heard } = subscribe({ auth: auth() });
    await rig.feed.opened(1);
    rig.feed.publish(1);
    await heard.says(1);
    rig.feed.publish(expired());
    await rig.feed.opened(2);
    rig.feed.publish(2);
    await heard.says(2);
    expect(news(heard)).toEqual([1, 2]);
    expect(rig.tokens()).toEqual(['t1', 't2']);
    expect([rig.feed.most, refreshed]).toEqual([1, 1]);
    heard.unsubscribe();
  });

  it('S3 R2 a second expiry hours later is like the first', async () => {
    const { heard, clock } = subscribe({ auth: auth() });
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
    expect([rig.feed.most, refreshed]).toEqual([1, 3]);
    heard.unsubscribe();
  });

  it('S3 T4 a token rejected again is final: once for each generation', async () => {
    const { heard } = subscribe({ auth: auth() });
    await rig.feed.opened(1);
    rig.feed.publish(expired());
    await rig.feed.opened(2);
    rig.feed.publish(expired());
    await heard.says(1);
    const [{ error }] = heard.said as [{ error: unknown }];
    expect(failureOf(error)).toMatchObject({ kind: 'unauthenticated', stopped: 'not_retryable' });
    expect([rig.tokens().length, refreshed]).toEqual([2, 1]);
    heard.unsubscribe();
  });

  it('S3 an event with an error is handed on, and healthy events follow on the same stream', async () => {
    const { heard } = subscribe({ auth: auth() });
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
    const { heard, events, clock } = subscribe();
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
    const { heard, clock } = subscribe();
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

  it('E1 unsubscribing ends the stream on the server', async () => {
    const { heard, clock, resilience } = subscribe();
    await rig.feed.opened(1);
    heard.unsubscribe();
    await rig.feed.closed(1);
    expect(clock.pending).toBe(0);
    expect(resilience.activity.get()).toEqual([]);
  });

  it('E1 unsubscribing during a backoff ends it, and nothing is sent afterwards', async () => {
    rig.refuses(1);
    const { heard, clock, resilience } = subscribe();
    await waiting(resilience, 'backoff');
    heard.unsubscribe();
    await clock.advanceAsync(HOUR);
    expect(clock.pending).toBe(0);
    expect(heard.said).toEqual([]);
    expect(rig.tokens().length).toBe(1);
  });

  it('E1 unsubscribing during a refresh ends it, and nothing is sent afterwards', async () => {
    let answer = (_: { accessToken: string }): void => undefined;
    const { heard, clock, resilience } = subscribe({
      auth: {
        tokens: { accessToken: 't1' },
        refresh: () => new Promise((resolve) => (answer = resolve)),
      },
    });
    await rig.feed.opened(1);
    rig.feed.publish(expired());
    await waiting(resilience, 'refresh');
    heard.unsubscribe();
    answer({ accessToken: 't2' });
    await rig.feed.closed(1);
    await clock.advanceAsync(HOUR);
    expect(heard.said).toEqual([]);
    expect(rig.tokens().length).toBe(1);
    expect(resilience.session.get().status).toBe('active');
  });

  it('E1 W7 unsubscribing while a limit holds it up ends it, and gives its place to others', async () => {
    const { heard, client, clock, resilience } = subscribe();
    await rig.feed.opened(1);
    rig.feed.publish(coded('RATE_LIMITED'));
    await heard.says(1);
    const late = listen(client.subscribe({ query: NEWS, variables: { second: true } }));
    await waiting(resilience, 'rate_limit');
    late.unsubscribe();
    expect(resilience.activity.get()).toEqual([]);
    await clock.advanceAsync(HOUR);
    expect(late.said).toEqual([]);
    expect(rig.tokens().length).toBe(1);
    heard.unsubscribe();
  });

  it('A2 restart closes the stream and opens another, as a fresh run', async () => {
    const { heard, subscription, events } = subscribe();
    await rig.feed.opened(1);
    rig.feed.publish(1);
    await heard.says(1);
    subscription.restart();
    await Promise.all([rig.feed.closed(1), rig.feed.opened(2)]);
    rig.feed.publish(2);
    await heard.says(2);
    expect(news(heard)).toEqual([1, 2]);
    expect(events.filter(({ type }) => type === 'operation_started').length).toBe(2);
    heard.unsubscribe();
  });

  it('A2 restart during a backoff does not wait for its end', async () => {
    rig.refuses(1);
    const { heard, subscription, resilience } = subscribe();
    await waiting(resilience, 'backoff');
    subscription.restart();
    await rig.feed.opened(1);
    expect(resilience.activity.get()).toEqual([]);
    heard.unsubscribe();
  });
});
