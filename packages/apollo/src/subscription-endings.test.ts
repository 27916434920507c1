import type { Tokens } from '@holdfast/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listen, waiting } from './client.fixture.ts';
import { coded } from './feed.fixture.ts';
import { HOUR, news, subscribe } from './live-subscription.fixture.ts';
import { NEWS, WAYS } from './stream-rig.fixture.ts';
import type { Rig } from './stream-rig.fixture.ts';

describe.each(WAYS)('over %s', (_, startRig) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig();
  });
  afterEach(() => rig.close());

  it('E1 unsubscribing ends the stream on the server', async () => {
    const { heard, clock, resilience } = subscribe(rig);
    await rig.feed.opened(1);
    heard.unsubscribe();
    await rig.feed.closed(1);
    expect(clock.pending).toBe(0);
    expect(resilience.activity.get()).toEqual([]);
  });

  it('E1 unsubscribing during a backoff ends it, and nothing is sent afterwards', async () => {
    rig.refuses(1);
    const { heard, clock, resilience } = subscribe(rig);
    await waiting(resilience, 'backoff');
    heard.unsubscribe();
    await clock.advanceAsync(HOUR);
    expect(clock.pending).toBe(0);
    expect(heard.said).toEqual([]);
    expect(rig.tokens().length).toBe(1);
  });

  it('E1 unsubscribing during a refresh ends it, and nothing is sent afterwards', async () => {
    let answer: (tokens: Tokens) => void = () => undefined;
    const { heard, clock, resilience } = subscribe(rig, {
      auth: {
        tokens: { accessToken: 't1' },
        refresh: () => new Promise((resolve) => (answer = resolve)),
      },
    });
    await rig.feed.opened(1);
    rig.feed.publish(coded('UNAUTHENTICATED'));
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
    const { heard, client, clock, resilience } = subscribe(rig);
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
    const { heard, subscription, events } = subscribe(rig);
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
    const { heard, subscription, resilience } = subscribe(rig);
    await waiting(resilience, 'backoff');
    subscription.restart();
    await rig.feed.opened(1);
    expect(resilience.activity.get()).toEqual([]);
    heard.unsubscribe();
  });
});
