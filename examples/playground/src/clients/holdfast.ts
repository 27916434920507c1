import { createResilience, defineProfile, graphqlOverHttp } from '@holdfast/core';
import type { Resilience, SessionState } from '@holdfast/core';
import { refreshToken } from '@holdfast/oauth';
import type { ShopClient, Surroundings } from './client.ts';
import { signIn } from './sign-in.ts';

/** What both clients need of Holdfast, and what is shown of it. */
export interface Held extends Pick<ShopClient, 'signedIn' | 'signIn'> {
  readonly resilience: Resilience;
}

/** What caused a failure may be an object of any kind, which cannot be handed to another realm. */
function told(state: SessionState): SessionState {
  if (state.failure === undefined) return state;
  const { cause: _cause, ...failure } = state.failure;
  return { ...state, failure };
}

/** All defaults: what is given here is the network and its token endpoint. */
export async function createHeld({
  tokenUrl,
  network,
  record,
  stand,
}: Surroundings): Promise<Held> {
  const resilience = createResilience({
    profile: defineProfile({ name: 'shop', extends: graphqlOverHttp }),
    auth: {
      tokens: await signIn(network.fetch, tokenUrl),
      refresh: refreshToken({ url: tokenUrl, clientId: 'shop', fetch: network.fetch }),
    },
    online: network.online,
    // What a page gets by itself. This is a worker, which is taken for a server.
    retry: { budget: { capacity: 100 } },
  });
  const { session, limits, activity, online } = resilience;
  resilience.subscribe(record);
  const tell = (): void =>
    stand({
      online: online.get(),
      session: told(session.get()),
      limits: limits.get(),
      activity: activity.get(),
    });
  for (const readable of [session, limits, activity, online]) readable.subscribe(tell);
  tell();
  return {
    resilience,
    signedIn: {
      get: () => {
        const { status } = session.get();
        // What is unavailable comes back by itself; where the session has failed, only a sign-in helps (T7).
        return status !== 'signed-out' && status !== 'failed';
      },
      subscribe: (listener) => session.subscribe(listener),
    },
    signIn: async () => session.signIn(await signIn(network.fetch, tokenUrl)),
  };
}
