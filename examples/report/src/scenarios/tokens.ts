import { startBreeze, startTbint } from '@holdfast/testing';
import type { BreezeServer } from '@holdfast/testing';
import { breezeOptions, ME, ORDER, ORDERS, TEMPLATES, tbintOptions } from '../apis.ts';
import { seconds } from '../observation.ts';
import { allAnswered, atOnce, isDown, pause, stage } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';

export const expiredToken: Scenario = {
  title: '200 operations at once on an expired token',
  rules: ['T1', 'T3'],
  run: (make) =>
    stage(make, startBreeze, breezeOptions, async ({ server, client }) => {
      await client.query(ME);
      server.expireTokens();
      const answers = await atOnce(200, (page) => client.query(TEMPLATES, { variables: { page } }));
      return ({ requests, tokenCalls, elapsed }) => ({
        answers,
        noticed: `All 200 lists came after ${seconds(elapsed)}; nobody saw that the token had expired.`,
        expected: {
          'all answered': allAnswered(answers),
          'one token call after the first': tokenCalls === 2,
          'each sent once with the new token': requests === 1 + 2 * 200,
        },
      });
    }),
};

export const lateRejection: Scenario = {
  title: 'Token revoked in mid-flight, a rejection comes late',
  rules: ['T2'],
  run: (make) =>
    stage(make, startBreeze, breezeOptions, async ({ server, client }) => {
      await client.query(ME);
      server.expireTokens();
      server.inject({ on: { operationName: 'Templates' }, delay: 400 });
      const slow = client.query(TEMPLATES, { variables: { page: 1 } });
      await server.received(2);
      const fast = await client.query(ME);
      const tokenCallsBefore = server.tokenRequests.length;
      const answers = [fast, await slow];
      return ({ requests, tokenCalls }) => ({
        answers,
        noticed: 'The slow list came with the new token that a faster one had fetched already.',
        expected: {
          'all answered': allAnswered(answers),
          'the late rejection cost no token call': tokenCalls === 2 && tokenCallsBefore === 2,
          'each replayed once': requests === 1 + 2 * 2,
        },
      });
    }),
};

export const tokenEndpointTroubled: Scenario = {
  title: 'Token endpoint down, then limited (the wait stands in prose)',
  rules: ['T6', 'W1', 'W3'],
  run: (make) =>
    stage(make, startBreeze, breezeOptions, async ({ server, client }) => {
      server.inject([
        { on: 'token', status: 503, html: true },
        {
          on: 'token',
          status: 429,
          body: {
            error: 'too_many_requests',
            error_description:
              'Rate limit exceeded for OAuth token requests. Maximum 100 requests per hour allowed. Try again in 1 seconds.',
          },
        },
      ]);
      const answers = await atOnce(5, (page) => client.query(TEMPLATES, { variables: { page } }));
      const [, limited, last] = server.tokenRequests;
      const gap = (last?.at ?? 0) - (limited?.at ?? 0);
      return ({ requests, tokenCalls, elapsed }) => ({
        answers,
        noticed: `A spinner for ${seconds(elapsed)}, then everything was there.`,
        expected: {
          'all answered': allAnswered(answers),
          'three tries for one token': tokenCalls === 3,
          'not before the second that the prose names': gap >= 1_000,
          'each sent once': requests === 5,
        },
      });
    }),
};

export const tokenEndpointDown: Scenario = {
  title: 'Token endpoint down for two seconds',
  rules: ['T6', 'H5', 'T1'],
  run: (make) =>
    stage(make, startBreeze, breezeOptions, async ({ server, client, resilience }) => {
      server.inject({ on: 'token', status: 503, html: true, times: Infinity });
      const seen = new Set<string>();
      resilience.session.subscribe(() => seen.add(resilience.session.get().status));
      const pending = atOnce(20, (page) => client.query(TEMPLATES, { variables: { page } }));
      await pause(2_000);
      server.clearFaults();
      const answers = await pending;
      return ({ requests, tokenCalls, elapsed }) => ({
        answers,
        noticed: `"Still signing you in…", and after ${seconds(elapsed)} all 20 lists were there. Nobody had to sign in.`,
        expected: {
          'all answered': allAnswered(answers),
          'asked now and then, by one': tokenCalls >= 3 && tokenCalls <= 7,
          'each sent once': requests === 20,
          'unavailable, never failed': seen.has('unavailable') && !seen.has('failed'),
        },
      });
    }),
};

/** A server, and the token endpoint of another one. */
async function startWithForeignTokens(): Promise<BreezeServer> {
  const [server, staging] = await Promise.all([startBreeze(), startBreeze()]);
  const { tokenUrl, tokenRequests } = staging;
  const close = async (): Promise<void> => {
    await Promise.all([server.close(), staging.close()]);
  };
  return { ...server, tokenUrl, tokenRequests, close };
}

export const wrongEnvironment: Scenario = {
  title: 'Tokens of another environment: the API takes none of them',
  rules: ['T4b', 'F10'],
  run: (make) =>
    stage(make, startWithForeignTokens, breezeOptions, async ({ client }) => {
      const first = await atOnce(30, (page) => client.query(TEMPLATES, { variables: { page } }));
      const later = await atOnce(30, (page) =>
        client.query(TEMPLATES, { variables: { page: page + 30 } }),
      );
      const answers = [...first, ...later];
      return ({ tokenCalls }) => ({
        answers,
        noticed: `An error at once, with advice: ${first[0]?.failure?.advice ?? 'none'}`,
        expected: {
          "all got the server's own error": answers.every(({ codes }) =>
            codes.includes('UNAUTHENTICATED'),
          ),
          'two token calls at most': tokenCalls <= 2,
          'the advice names the cause': answers.every(({ failure }) =>
            failure?.advice.startsWith('Check environment'),
          ),
        },
      });
    }),
};

export const anotherUser: Scenario = {
  title: 'Sign-out, and another sign-in, while an order waits',
  rules: ['T11b', 'H2'],
  run: (make) =>
    stage(make, startBreeze, breezeOptions, async ({ server, client, resilience }) => {
      await client.query(ME);
      server.inject({ status: 503, html: true, times: Infinity });
      const down = isDown(resilience);
      const lists = atOnce(4, (page) => client.query(TEMPLATES, { variables: { page } }));
      await down;
      const order = client.mutate(ORDER, { variables: { id: 'A-4' } });
      resilience.session.signOut();
      const left = [...(await lists), await order];
      const token = server.issueToken();
      resilience.session.signIn({ accessToken: token });
      server.clearFaults();
      const own = await client.query(ME);
      const afterwards = server.requests.filter((request) => request.token === token);
      return () => ({
        answers: [...left, own],
        noticed:
          'The first user’s order ended with the sign-out; the second user saw their own page.',
        expected: {
          'what waited ended as signed out': left.every(
            ({ failure }) =>
              failure?.kind === 'unauthenticated' && failure.stopped === 'signed_out',
          ),
          'no order, and nobody sent one': server.orders.length === 0,
          'the second user is served': allAnswered([own]),
          "nothing of the first user's went out in the second one's name": afterwards.every(
            ({ operationName }) => operationName === 'Me',
          ),
        },
      });
    }),
};

export const wrongSecret: Scenario = {
  title: 'Wrong client secret',
  rules: ['T7', 'T8'],
  run: (make) =>
    stage(
      make,
      () => startBreeze(),
      (server) => {
        const options = breezeOptions(server);
        server.rotateSecret();
        return options;
      },
      async ({ client, resilience }) => {
        const answers = await atOnce(20, (page) =>
          client.query(TEMPLATES, { variables: { page } }),
        );
        const [first] = answers;
        const cause = resilience.session.get().failure;
        return ({ requests, tokenCalls }) => ({
          answers,
          noticed: `An error at once, which says: ${first?.failure?.message ?? 'nothing'}`,
          expected: {
            'all failed': answers.every(({ failure }) => failure?.stopped === 'session_failed'),
            'one token call': tokenCalls === 1,
            'nothing sent': requests === 0,
            "the server's own words arrive":
              cause?.code === 'invalid_client' &&
              first?.failure?.message.includes(cause.message) === true,
          },
        });
      },
    ),
};

export const deadTokenAs403: Scenario = {
  title: '403 for a dead token (TBInt), cured by a new one',
  rules: ['T1', 'F2'],
  run: (make) =>
    stage(make, startTbint, tbintOptions, async ({ server, client }) => {
      await client.query(ORDERS);
      server.expireTokens();
      const answers = await atOnce(20, (skip) => client.query(ORDERS, { variables: { skip } }));
      return ({ requests, tokenCalls }) => ({
        answers,
        noticed: 'Nothing: 20 lists, one new login behind them.',
        expected: {
          'all answered': allAnswered(answers),
          'one login after the first': tokenCalls === 2,
          'each replayed once': requests === 1 + 2 * 20,
        },
      });
    }),
};

export const missingPermission: Scenario = {
  title: '403 for want of permission (TBInt), not cured',
  rules: ['T4', 'F10'],
  run: (make) =>
    stage(make, startTbint, tbintOptions, async ({ server, client }) => {
      server.setPermissions([]);
      const first = await client.query(ORDERS);
      const again = await client.query(ORDERS);
      const answers = [first, again];
      return ({ requests, tokenCalls }) => ({
        answers,
        noticed: `"Forbidden", with advice: ${first.failure?.advice ?? 'none'}`,
        expected: {
          'forbidden, final': answers.every(({ failure }) => failure?.kind === 'forbidden'),
          'one fresh token was tried, once': tokenCalls === 2,
          'sent twice, and the second time known for what it is': requests === 3,
        },
      });
    }),
};
