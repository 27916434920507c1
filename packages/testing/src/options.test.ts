import { describe, expect, it } from 'vitest';
import { createTestClock, startBreeze, startFaultServer, startTbint } from './index.ts';
import { createMemoryStore, shareContract } from './index.ts';

const COMMON = 'port, faults, latency, tokenLatency, cors';

describe('bad options of a server', () => {
  it.each<[string, (options: never) => Promise<unknown>, unknown, string]>([
    [
      'startFaultServer',
      startFaultServer,
      null,
      'Options were given as null; an object is allowed.',
    ],
    ['startBreeze', startBreeze, 'x', 'Options were given as "x"; an object is allowed.'],
    ['startTbint', startTbint, [], 'Options were given as a list; an object is allowed.'],
    [
      'startFaultServer',
      startFaultServer,
      { fault: [] },
      `There is no option "fault"; allowed are ${COMMON}, schema, auth.`,
    ],
    [
      'startFaultServer',
      startFaultServer,
      { schema: 7 },
      'Option "schema" was given 7; an object is allowed.',
    ],
    [
      'startFaultServer',
      startFaultServer,
      { auth: 'yes' },
      'Option "auth" was given as "yes"; an object is allowed.',
    ],
    [
      'startFaultServer',
      startFaultServer,
      { auth: { reject: 401 } },
      'Option "auth.reject" was given 401; one of graphql, 401, 401-empty, 403, field is allowed.',
    ],
    [
      'startFaultServer',
      startFaultServer,
      { auth: { refresh: true } },
      'There is no option "auth.refresh"; allowed are header, scheme, reject, lifetime, refreshTokens, valid.',
    ],
    [
      'startFaultServer',
      startFaultServer,
      { latency: '5' },
      'Option "latency" was given "5"; a number is allowed.',
    ],
    [
      'startBreeze',
      startBreeze,
      { roles: 'user' },
      'Option "roles" was given "user"; a list is allowed.',
    ],
    [
      'startBreeze',
      startBreeze,
      { resetUnit: 's' },
      'Option "resetUnit" was given "s"; one of seconds, milliseconds is allowed.',
    ],
    [
      'startBreeze',
      startBreeze,
      { clockSkew: Number.NaN },
      'Option "clockSkew" was given NaN; a finite number is allowed.',
    ],
    [
      'startTbint',
      startTbint,
      { deadTokenStatus: 400 },
      'Option "deadTokenStatus" was given 400; one of 401, 403 is allowed.',
    ],
    [
      'startTbint',
      startTbint,
      { accepted: 1 },
      'Option "accepted" was given 1; true or false is allowed.',
    ],
  ])('X5 %s says what is wrong: %#', async (_, start, options, sentence) => {
    await expect(start(options as never)).rejects.toThrow(new TypeError(sentence));
  });

  it('X5 what is undefined is left out', async () => {
    const server = await startFaultServer({ latency: undefined, auth: undefined } as never);
    expect(server.requests).toEqual([]);
    await server.close();
  });
});

describe('bad options of what needs no server', () => {
  it.each<[string, (options: never) => unknown, unknown, string]>([
    ['createTestClock', createTestClock, null, 'Options were given as null; an object is allowed.'],
    [
      'createTestClock',
      createTestClock,
      { now: 5 },
      'There is no option "now"; allowed are wall, monotonic, strict.',
    ],
    [
      'createTestClock',
      createTestClock,
      { wall: Number.NaN },
      'Option "wall" was given NaN; a finite number is allowed.',
    ],
    [
      'createTestClock',
      createTestClock,
      { wall: new Date(0) },
      'Option "wall" was given an object; a finite number is allowed.',
    ],
    [
      'createMemoryStore',
      createMemoryStore,
      { latency: 30 },
      'Option "latency" was given 30; a function is allowed.',
    ],
    [
      'shareContract',
      shareContract,
      { create: () => undefined, without: 'lease' },
      'Option "without" was given "lease"; a list is allowed.',
    ],
  ])('X5 %s says what is wrong: %#', (_, make, options, sentence) => {
    expect(() => make(options as never)).toThrow(new TypeError(sentence));
  });
});
