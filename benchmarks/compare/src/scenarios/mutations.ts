import { answered, fails, keepsThePart, ran, waits } from '../checks.ts';
import { ADD, ADD_AND_RENAME } from '../operations.ts';
import type { Scenario } from '../scenario.ts';
import { pause } from '../stage.ts';

/** Longer than any stack takes to send the mutation again, if it does. */
const RETRIES = 3_000;

export const mutations: readonly Scenario[] = [
  {
    title: 'A mutation whose answer is lost',
    rules: ['M1'],
    story:
      'It runs, and the connection is cut before a byte of the answer. Nobody knows whether it ran: sent again, it would run twice.',
    checks: [ran('add', 1), fails],
    play(stage) {
      stage.server.inject({ reset: 'after-execute' });
      return stage.settled([stage.client.mutate(ADD)]);
    },
  },
  {
    title: 'A mutation that runs and is answered with 500',
    rules: ['M1'],
    story: 'The same with an error page instead of silence.',
    checks: [ran('add', 1), fails],
    play(stage) {
      stage.server.inject({ html: true, status: 500, execute: true });
      return stage.settled([stage.client.mutate(ADD)]);
    },
  },
  {
    title: 'A mutation with data and UNAUTHENTICATED',
    rules: ['M2'],
    story:
      'Of two fields one has run, and the other asks for a better token. Sent again, the first runs twice.',
    server: { auth: { reject: 'field' } },
    checks: [ran('add', 1), keepsThePart],
    async play(stage) {
      stage.server.expireTokens();
      const outcomes = await stage.settled([stage.client.mutate(ADD_AND_RENAME)]);
      await pause(RETRIES);
      return outcomes;
    },
  },
  {
    title: 'A mutation on a revoked token',
    rules: ['M1', 'F9'],
    story: 'It was refused before it ran, so it is sent again with a new token, and runs once.',
    checks: [answered, ran('add', 1)],
    play(stage) {
      stage.server.expireTokens();
      return stage.settled([stage.client.mutate(ADD)]);
    },
  },
  {
    title: 'Two identical mutations on a revoked token',
    rules: ['M4'],
    story: 'Two clicks, two orders: each runs once and gets its own answer.',
    checks: [answered, ran('add', 2)],
    play(stage) {
      stage.server.expireTokens();
      return stage.settled([stage.client.mutate(ADD), stage.client.mutate(ADD)]);
    },
  },
  {
    title: 'A mutation that meets a limit',
    rules: ['M1', 'W3'],
    story:
      'A 429 with `Retry-After: 4` says that it did not run: it may be sent again, when the wait is over.',
    checks: [waits, answered, ran('add', 1)],
    play(stage) {
      stage.close(4_000, { status: 429, headers: { 'retry-after': '4' } });
      return stage.settled([stage.client.mutate(ADD)]);
    },
  },
];
