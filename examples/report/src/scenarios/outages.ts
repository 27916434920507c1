import type { Readable } from '@holdfast/core';
import { startBreeze } from '@holdfast/testing';
import { breezeOptions, ME, ORDER, PREVIEWS, TEMPLATES } from '../apis.ts';
import { seconds } from '../observation.ts';
import { allAnswered, atOnce, isDown, pause, stage } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';

export const burstOf500: Scenario = {
  title: 'Burst of 500 with an HTML page',
  rules: ['H2', 'F7'],
  run: (make) =>
    stage(make, startBreeze, breezeOptions, async ({ server, client }) => {
      await client.query(ME);
      server.inject({ html: true, status: 500, times: 6 });
      const answers = await atOnce(6, (page) => client.query(TEMPLATES, { variables: { page } }));
      return ({ requests, elapsed }) => ({
        answers,
        noticed: `All 6 lists came after ${seconds(elapsed)}; nobody saw the error page.`,
        expected: {
          'all answered': allAnswered(answers),
          'one retry for each refusal': requests === 1 + 6 + 6,
        },
      });
    }),
};

export const apiDown: Scenario = {
  title: 'The API is down for three seconds',
  rules: ['H1', 'H2', 'H4', 'M1'],
  run: (make) =>
    stage(make, startBreeze, breezeOptions, async ({ server, client, resilience }) => {
      await client.query(ME);
      server.inject({ html: true, status: 503, times: Infinity });
      const down = isDown(resilience);
      const lists = atOnce(6, (page) => client.query(TEMPLATES, { variables: { page } }));
      await down;
      const order = client.mutate(ORDER, { variables: { id: 'A-3' } });
      await pause(3_000);
      server.clearFaults();
      const answers = [...(await lists), await order];
      const probes = server.requests.filter(({ status }) => status === 503).length - 6;
      const orders = server.requests.filter(
        ({ operationType }) => operationType === 'mutation',
      ).length;
      return ({ elapsed }) => ({
        answers,
        noticed: `"Reconnecting: continues as soon as the server answers", and after ${seconds(elapsed)} all 6 lists were there. The order that was given meanwhile was placed once.`,
        expected: {
          'all answered': allAnswered(answers),
          'one order, sent once': server.orders.length === 1 && orders === 1,
          'a request now and then, to see whether it is back': probes >= 1 && probes <= 4,
        },
      });
    }),
};

export const silence: Scenario = {
  title: 'A request that is never answered',
  rules: ['R2', 'F8'],
  run: (make) =>
    stage(
      make,
      startBreeze,
      (server) => ({ ...breezeOptions(server), timeout: { attempt: 500 } }),
      async ({ server, client }) => {
        server.inject({ hang: true });
        const answers = [await client.query(ME)];
        return ({ requests, elapsed }) => ({
          answers,
          noticed: `The page came after ${seconds(elapsed)} instead of never.`,
          expected: { answered: allAnswered(answers), 'asked a second time': requests === 2 },
        });
      },
    ),
};

export const partialData: Scenario = {
  title: 'Partial data: one field forbidden',
  rules: ['F6'],
  run: (make) =>
    stage(make, startBreeze, breezeOptions, async ({ client }) => {
      const answer = await client.query(PREVIEWS);
      return ({ requests }) => ({
        answers: [answer],
        noticed: 'The list with one preview missing, and the reason for it.',
        expected: {
          'the data arrived': answer.data !== undefined,
          'and so did the error': answer.failure?.kind === 'forbidden' && answer.failure.partial,
          'nothing was sent again': requests === 1,
        },
      });
    }),
};

export const lostAnswer: Scenario = {
  title: 'A mutation ran, and its answer was lost',
  rules: ['M1', 'F10'],
  run: (make) =>
    stage(make, startBreeze, breezeOptions, async ({ server, client }) => {
      server.inject({ on: { type: 'mutation' }, reset: 'after-execute' });
      const answer = await client.mutate(ORDER, { variables: { id: 'A-1' } });
      return ({ requests }) => ({
        answers: [answer],
        noticed: `An error, and advice: ${answer.failure?.advice ?? 'none'}`,
        expected: {
          'one order, not two': server.orders.length === 1,
          'sent once': requests === 1,
          'the failure says why': answer.failure?.stopped === 'unsafe_mutation',
        },
      });
    }),
};

export const deepError: Scenario = {
  title: 'data: null after an order was placed, its error deep inside',
  rules: ['F9', 'M1', 'M2'],
  run: (make) =>
    stage(make, startBreeze, breezeOptions, async ({ server, client }) => {
      const order = (code: string): ReturnType<typeof client.mutate> => {
        const error = {
          message: code,
          path: ['CredentialOrderV1', 'status'],
          extensions: { code },
        };
        server.inject({
          on: { type: 'mutation' },
          execute: true,
          body: { data: null, errors: [error] },
        });
        return client.mutate(ORDER, { variables: { id: code } });
      };
      const answers = [await order('UNAUTHENTICATED'), await order('RATE_LIMITED')];
      return ({ requests }) => ({
        answers,
        noticed: `An error, and advice: ${answers[0]?.failure?.advice ?? 'none'}`,
        expected: {
          'two orders, not four': server.orders.length === 2,
          'each sent once': requests === 2,
          'nobody claims that nothing ran': answers.every(
            ({ failure }) =>
              failure?.executed === undefined && failure?.stopped === 'unsafe_mutation',
          ),
        },
      });
    }),
};

export const refusedMutation: Scenario = {
  title: 'A mutation on an expired token',
  rules: ['M1', 'M4', 'T2'],
  run: (make) =>
    stage(make, startBreeze, breezeOptions, async ({ server, client }) => {
      await client.query(ME);
      server.expireTokens();
      const answers = await atOnce(2, () => client.mutate(ORDER, { variables: { id: 'A-2' } }));
      return ({ requests, tokenCalls }) => ({
        answers,
        noticed: 'Two orders for two clicks: each was refused before it ran, then placed once.',
        expected: {
          'both answered': allAnswered(answers),
          'two orders for two mutations': server.orders.length === 2,
          'each sent once more': requests === 1 + 2 * 2,
          'one token call after the first': tokenCalls === 2,
        },
      });
    }),
};

export const offline: Scenario = {
  title: 'Offline, then online',
  rules: ['W11'],
  run: (make) => {
    const network = new Network();
    return stage(
      make,
      startBreeze,
      (server) => ({ ...breezeOptions(server), online: network }),
      async ({ server, client }) => {
        network.go(false);
        const pending = atOnce(3, (page) => client.query(TEMPLATES, { variables: { page } }));
        await pause(300);
        const sentOffline = server.requests.length + server.tokenRequests.length;
        network.go(true);
        const answers = await pending;
        return ({ requests }) => ({
          answers,
          noticed: 'Everything came as soon as the network was back.',
          expected: {
            'nothing sent while offline': sentOffline === 0,
            'all answered': allAnswered(answers),
            'each sent once': requests === 3,
          },
        });
      },
    );
  },
};

/** A network that can be unplugged. In a browser, Holdfast listens to `navigator.onLine` by itself. */
class Network implements Readable<boolean> {
  #online = true;
  readonly #listeners = new Set<() => void>();

  get(): boolean {
    return this.#online;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  go(online: boolean): void {
    this.#online = online;
    for (const listener of this.#listeners) listener();
  }
}
