import { createResilience, defineProfile, graphqlOverHttp } from '@holdfast/core';
import type { Readable, Resilience } from '@holdfast/core';
import { refreshToken } from '@holdfast/oauth';
import { recordHistory } from '@holdfast/react/devtools';
import type { HistoryRecorder } from '@holdfast/react/devtools';
import type { Addresses } from '../server/state.ts';
import { KEPT } from './client.ts';
import { watchHints } from './hint-watch.ts';
import type { Fetch, Network } from './network.ts';
import { signIn } from './sign-in.ts';

/** What both clients need of Holdfast, and what the page shows of it. */
export interface Held {
  readonly resilience: Resilience;
  /** For the client's own requests. */
  readonly fetch: Fetch;
  readonly history: HistoryRecorder;
  readonly signedIn: Readable<boolean>;
  signIn(): Promise<void>;
  early(): number;
}

/** All defaults: what is given here is this page's network and its token endpoint. */
export async function createHeld(
  name: string,
  { graphql, token }: Addresses,
  network: Network,
): Promise<Held> {
  const resilience = createResilience({
    // A name of its own, so that the two on this page do not keep one retry budget (R4).
    profile: defineProfile({ name, extends: graphqlOverHttp }),
    auth: {
      tokens: await signIn(network.fetch, token),
      refresh: refreshToken({ url: token, clientId: 'playground', fetch: network.fetch }),
    },
    online: network.online,
  });
  const { session } = resilience;
  const { fetch, early } = watchHints(network.fetch, graphql);
  return {
    resilience,
    fetch,
    early,
    history: recordHistory(resilience, { keep: KEPT }),
    signedIn: {
      get: () => {
        const { status } = session.get();
        // What is unavailable comes back by itself; where the session has failed, only a sign-in helps (T7).
        return status !== 'signed-out' && status !== 'failed';
      },
      subscribe: (listener) => session.subscribe(listener),
    },
    signIn: async () => session.signIn(await signIn(network.fetch, token)),
  };
}
