import {
  answered,
  fails,
  keepsThePart,
  requests,
  requestsPerOperation,
  tally,
  tokenCalls,
} from '../checks.ts';
import { add, hello, WITH_FORBIDDEN_FIELD, WITH_PROTECTED_FIELD } from '../operations.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

type Fault = Parameters<Stage['server']['inject']>[0];

/** One query that meets a fault. */
function meeting(fault: Fault): Pick<Scenario, 'play'> {
  return {
    play(stage) {
      stage.server.inject(fault);
      return stage.settled([stage.query(hello())]);
    },
  };
}

export const outages: readonly Scenario[] = [
  {
    title: 'An error page, once (500)',
    rules: ['R1', 'F7'],
    story: 'A proxy sends its HTML page with status 500, and then works again.',
    checks: [requests(2), answered],
    ...meeting({ html: true, status: 500 }),
  },
  {
    title: 'A GraphQL answer with status 503, once',
    rules: ['R1', 'A5'],
    story:
      'The server says that it is unavailable in the form of the GraphQL-over-HTTP specification: `errors`, no `data`, under `application/graphql-response+json`.',
    checks: [requests(2), answered],
    ...meeting({
      status: 503,
      body: { errors: [{ message: 'Down.', extensions: { code: 'SERVICE_UNAVAILABLE' } }] },
      contentType: 'application/graphql-response+json',
    }),
  },
  {
    title: 'A connection lost under a query',
    rules: ['R1', 'F8'],
    story: 'The connection is cut before a byte of the answer. A query can be asked again.',
    checks: [requests(2), answered],
    ...meeting({ reset: 'after-execute' }),
  },
  {
    title: 'A request that is never answered',
    rules: ['R2'],
    story:
      'The server takes the request and is silent; it would answer the next one. Deadline of one attempt, where a stack has one: 1 s.',
    checks: [answered],
    setting: { attemptTimeout: 1_000 },
    ...meeting({ hang: true }),
  },
  {
    title: 'Ten seconds of 500',
    rules: ['H1', 'H2', 'H4', 'M1'],
    story:
      'The server runs what it is sent and answers 500, for ten seconds, and then works again. Fifty operations come in that time, one every 200 ms; each fifth is a mutation. Nobody has to fail: what comes while the server is down can wait, and none of it is a mutation whose answer was lost.',
    checks: [tally(100)],
    async play(stage) {
      const until = Date.now() + 10_000;
      stage.server.inject({
        on: ({ path }) => path === '/graphql' && Date.now() < until,
        html: true,
        status: 500,
        execute: true,
        times: Infinity,
      });
      const outcomes = await stage.oneEvery(200, 50, (number) =>
        number % 5 === 0 ? stage.client.mutate(add(number)) : stage.query(hello(number)),
      );
      return stage.settled(outcomes);
    },
  },
  {
    title: 'An outage met by a hundred queries',
    rules: ['R4', 'H2', 'H5'],
    story:
      'Everything is answered with 503, for good. Retries are then load on top of what has broken the server: one probe at a time leaves it less than twice the load. Holdfast gives up when 15 s of waiting are over.',
    checks: [requestsPerOperation(2), fails],
    play(stage) {
      stage.server.inject({ html: true, status: 503, times: Infinity });
      return stage.settled(stage.atOnce(100, hello));
    },
  },
  {
    title: 'A bad request (400)',
    rules: ['R3'],
    story: 'The same request will be as bad the next time.',
    checks: [requests(1), fails],
    ...meeting({ status: 400, body: 'Bad Request', contentType: 'text/plain', times: Infinity }),
  },
  {
    title: 'A wrong address (404)',
    rules: ['R3'],
    story: 'The same.',
    checks: [requests(1), fails],
    ...meeting({ status: 404, body: 'Not Found', contentType: 'text/plain', times: Infinity }),
  },
  {
    title: 'A captive portal (HTML under 200)',
    rules: ['F7', 'R3'],
    story:
      'A login page comes where JSON should be. Somebody has to sign in to that network first; asking again brings the same page.',
    checks: [requests(1), fails],
    ...meeting({ html: true, status: 200, times: Infinity }),
  },
  {
    title: 'Partial data',
    rules: ['F6'],
    story:
      'One field is FORBIDDEN and the other is there. Both reach the caller, and nothing is sent again.',
    checks: [requests(1), keepsThePart],
    play: (stage) => stage.settled([stage.query(WITH_FORBIDDEN_FIELD)]),
  },
  {
    title: 'Partial data, and no token to be had for the rest',
    rules: ['F6', 'T8'],
    story:
      'One field is UNAUTHENTICATED, the other is there, and the token endpoint refuses. The part that is there is better than nothing.',
    server: { auth: { reject: 'field' } },
    checks: [keepsThePart],
    play(stage) {
      stage.server.expireTokens();
      stage.server.inject({
        on: 'token',
        status: 400,
        body: { error: 'invalid_grant' },
        times: Infinity,
      });
      return stage.settled([stage.query(WITH_PROTECTED_FIELD)]);
    },
  },
  {
    title: 'No trouble at all',
    rules: ['A3', 'R4'],
    story: 'Twenty queries on a good token: each is sent once, and nothing else is.',
    checks: [requests(20), tokenCalls(0), answered],
    play: (stage) => stage.settled(stage.atOnce(20, hello)),
  },
];
