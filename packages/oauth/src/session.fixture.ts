import { createResilience, failureOf } from '@holdfast/core';
import type { AuthOptions, Failure, Profile, Resilience, SessionState } from '@holdfast/core';
import { onTestFinished } from 'vitest';

/** An instance that ends with the test. */
export function instance(auth: AuthOptions, profile?: Profile): Resilience {
  const resilience = createResilience({
    auth,
    random: () => 0,
    ...(profile === undefined ? {} : { profile }),
  });
  onTestFinished(() => resilience.dispose());
  return resilience;
}

/** A status, or what it depends on: the headers that an attempt is sent with. */
export type Api = (headers: Readonly<Record<string, string>>) => number | Promise<number>;

/** Sends one query, and answers its failure; `undefined` for none. */
export function query(resilience: Resilience, api: Api): Promise<Failure | undefined> {
  return new Promise((resolve) => {
    resilience.execute<number>(
      { kind: 'query', name: 'Me' },
      {
        send: ({ headers }, receiver) => {
          void Promise.resolve(api(headers)).then((status) => {
            if (status === 200) {
              receiver.next(status);
              receiver.complete();
            } else receiver.error(Object.assign(new Error(`HTTP ${status}`), { status }));
          });
          return () => undefined;
        },
        read: (status) => ({ status, data: {} }),
      },
      {
        next: () => undefined,
        error: (error) => resolve(failureOf(error)),
        complete: () => resolve(undefined),
      },
    );
  });
}

/** An API that takes this token alone, and what it was asked with. */
export function taking(token: string | undefined): { api: Api; asked: (string | undefined)[] } {
  const asked: (string | undefined)[] = [];
  const api: Api = ({ authorization }) => {
    asked.push(authorization);
    return authorization === (token === undefined ? undefined : `Bearer ${token}`) ? 200 : 401;
  };
  return { api, asked };
}

/** The state of a session whose refresh was asked for by name. */
export async function refreshed(resilience: Resilience): Promise<SessionState> {
  // That it fails is what many ask for; the state says how.
  await resilience.session.refresh().catch(() => undefined);
  return resilience.session.get();
}
