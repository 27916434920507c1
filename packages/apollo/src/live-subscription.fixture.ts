import type { ApolloClient } from '@apollo/client';
import type { AuthOptions, ResilienceOptions } from '@holdfast/core';
import type { TestClock } from '@holdfast/testing';
import { clockedClient, listen } from './client.fixture.ts';
import type { Heard, Setup } from './client.fixture.ts';
import { NEWS } from './stream-rig.fixture.ts';
import type { Rig } from './stream-rig.fixture.ts';

export const HOUR = 3_600_000;

/** A subscription under way, on a clock that a test moves. */
export type Live = Setup & {
  readonly clock: TestClock;
  readonly subscription: ReturnType<ApolloClient['subscribe']>;
  readonly heard: Heard;
};

export function subscribe({ link }: Rig, options?: ResilienceOptions): Live {
  const setup = clockedClient(link, options);
  const subscription = setup.client.subscribe({ query: NEWS });
  return { ...setup, subscription, heard: listen(subscription) };
}

/** The news that were heard, and whatever else was, as it came. */
export function news({ said }: Heard): unknown[] {
  return said.map((event) => (event as { data?: { news?: unknown } }).data?.news ?? event);
}

/** Tokens `t1`, `t2` and so on; none comes before the server has seen the last stream end. */
export function numberedTokens(rig: Rig): AuthOptions {
  let refreshed = 0;
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
