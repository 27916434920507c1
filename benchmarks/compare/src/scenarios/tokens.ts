import type { Application } from '../application.ts';
import {
  answered,
  fails,
  ownError,
  settles,
  tally,
  tokenCalls,
  tokenCallsAtMost,
} from '../checks.ts';
import { hello, LATE } from '../operations.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { pause } from '../stage.ts';

const REFUSED = {
  on: 'token',
  status: 400,
  body: { error: 'invalid_grant', error_description: 'Sign in again.' },
  times: Infinity,
} as const;

/** The token is over, and the application knows. */
function expired({ application, server }: Stage): void {
  application.expiresAt = Date.now() - 1_000;
  server.expireTokens();
}

/** Settles so many microtasks after the token endpoint's next answer. */
function afterTokenAnswer(application: Application, microtasks: number): Promise<void> {
  return new Promise((resolve) => {
    let left = microtasks;
    const step = (): void => {
      if (left === 0) resolve();
      else queueMicrotask(step);
      left -= 1;
    };
    application.onTokenAnswer = () => {
      application.onTokenAnswer = undefined;
      step();
    };
  });
}

function revoked(
  count: number,
  how: 'graphql' | '401' = 'graphql',
): Pick<Scenario, 'server' | 'play'> {
  return {
    server: { auth: { reject: how } },
    play(stage) {
      stage.server.expireTokens();
      return stage.settled(stage.atOnce(count, hello));
    },
  };
}

export const tokens: readonly Scenario[] = [
  {
    title: 'Ten queries on a token known to have expired',
    rules: ['T1', 'T3'],
    story:
      'The application knows when its token expires, and that is over. One token is enough for all ten.',
    checks: [tokenCalls(1), answered],
    play(stage) {
      expired(stage);
      return stage.settled(stage.atOnce(10, hello));
    },
  },
  {
    title: 'Ten queries on a revoked token',
    rules: ['T1'],
    story:
      'Only the server knows that the token is dead: UNAUTHENTICATED under HTTP 200. One token is enough for all ten.',
    checks: [tokenCalls(1), answered],
    ...revoked(10),
  },
  {
    title: 'A hundred queries on a revoked token',
    onlyAnswersTell: true,
    rules: ['T1'],
    story: 'The same with a hundred.',
    checks: [tokenCalls(1), answered],
    ...revoked(100),
  },
  {
    title: 'Ten queries on a revoked token, HTTP 401',
    onlyAnswersTell: true,
    rules: ['T1', 'F5'],
    story: 'The same with ten, where the server says it by status.',
    checks: [tokenCalls(1), answered],
    ...revoked(10, '401'),
  },
  {
    title: 'A rejection that comes after the refresh',
    onlyAnswersTell: true,
    rules: ['T2'],
    story:
      'Two queries leave with the old token. One is rejected at once and gets a new token; the other is rejected two seconds later. The new token is there by then: another call throws away a good one, and with refresh tokens that serve once it may end the session.',
    checks: [tokenCalls(1), answered],
    play(stage) {
      stage.server.expireTokens();
      stage.server.inject({ on: { operationName: 'Late' }, delay: 2_000 });
      return stage.settled([stage.query(LATE), stage.query(hello())]);
    },
  },
  {
    title: 'A query that starts while a refresh ends',
    rules: ['T3'],
    story:
      'The token is known to have expired, and one query has a new one fetched. A second query starts when the answer is there, 0 to 19 microtasks later: just before, while or just after the token is put in its place. Twenty timings, each with a client and a server of its own; none may be lost.',
    checks: [answered],
    rounds: 20,
    play(stage, microtasks) {
      expired(stage);
      const second = afterTokenAnswer(stage.application, microtasks).then(() =>
        stage.query(hello('second')),
      );
      return stage.settled([stage.query(hello('first')), second]);
    },
  },
  {
    title: 'A refresh that never settles',
    rules: ['T5'],
    story:
      'The token endpoint takes the request and never answers. Three queries wait for it; each has to come to an end. Deadline of one refresh, where a stack has one: 500 ms.',
    checks: [settles],
    setting: { refreshTimeout: 500 },
    play(stage) {
      expired(stage);
      stage.server.inject({ on: 'token', hang: true, times: Infinity });
      return stage.settled(stage.atOnce(3, hello));
    },
  },
  {
    title: 'A refresh that is refused: whose error?',
    onlyAnswersTell: true,
    rules: ['T8'],
    story:
      'The token endpoint answers `invalid_grant`. Five queries were rejected with UNAUTHENTICATED, which is what an application looks for to show its sign-in page; each should get that error of its own.',
    checks: [ownError('UNAUTHENTICATED')],
    play(stage) {
      stage.server.expireTokens();
      stage.server.inject(REFUSED);
      return stage.settled(stage.atOnce(5, hello));
    },
  },
  {
    title: 'A refresh that is refused, five queries in turn',
    rules: ['T6', 'T7'],
    story:
      'The same, with five queries one after the other. `invalid_grant` will not change by asking again: one call to the token endpoint is enough to know.',
    checks: [tokenCalls(1), fails],
    async play(stage) {
      expired(stage);
      stage.server.inject(REFUSED);
      const outcomes = [];
      for (let number = 1; number <= 5; number += 1) {
        outcomes.push(...(await stage.settled([stage.query(hello(number))])));
      }
      return outcomes;
    },
  },
  {
    title: 'A token endpoint that fails once',
    rules: ['T6'],
    story:
      'The token endpoint answers 503 to the first call and a token to the second. One query waits for it, and need not fail.',
    checks: [answered],
    play(stage) {
      expired(stage);
      stage.server.inject({ on: 'token', status: 503 });
      return stage.settled([stage.query(hello())]);
    },
  },
  {
    title: 'A token endpoint that is down for 5 s',
    rules: ['H5', 'T6'],
    story:
      'The token has expired, and the token endpoint answers 503 for 5 s. Eighteen queries come in that time, one every 250 ms. They can wait: nobody has to fail, and nobody has to storm the endpoint.',
    checks: [tally(18), tokenCallsAtMost(18)],
    async play(stage) {
      expired(stage);
      const until = Date.now() + 5_000;
      stage.server.inject({
        on: ({ path }) => path === '/token' && Date.now() < until,
        status: 503,
        times: Infinity,
      });
      return stage.settled(await stage.oneEvery(250, 18, (number) => stage.query(hello(number))));
    },
  },
  {
    title: 'A fresh token that is rejected too',
    onlyAnswersTell: true,
    rules: ['T4'],
    story:
      'The server says UNAUTHENTICATED whatever the token. One new token is tried, and no loop begins.',
    checks: [tokenCalls(1), fails],
    async play(stage) {
      stage.server.inject({
        body: { errors: [{ message: 'No.', extensions: { code: 'UNAUTHENTICATED' } }] },
        times: Infinity,
      });
      const outcomes = await stage.settled([stage.query(hello())]);
      await pause(1_000);
      return outcomes;
    },
  },
];
