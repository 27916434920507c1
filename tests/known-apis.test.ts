import { createTestClock, startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  everyResponse,
  nameOf,
  profileOf,
} from '../packages/profiles/test/responses/all.fixture.ts';
import type { Recorded } from '../packages/profiles/test/responses/all.fixture.ts';
import { NOW } from '../packages/profiles/test/responses/response.fixture.ts';
import { everyClient } from './both-clients.ts';

const GET = 'query Get { hello }';

let server: FaultServer;
beforeAll(async () => {
  // urql says in development that text was JSON.
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  server = await startFaultServer();
});
afterAll(() => server.close());

/** What comes over HTTP: the others are ends of sockets, and errors of transports. */
const answers = everyResponse.filter(({ signal }) => !signal.close && !signal.error);

/** The body as a server would send it. */
function bodyOf({ signal: { body, data, errors, extensions } }: Recorded): string {
  if (typeof body === 'string') return body;
  const parts = { data, errors, extensions };
  return JSON.stringify(body ?? parts);
}

describe.each(everyClient)('a known API, over a real server: $client', ({ connect }) => {
  it.each(answers.map((answer) => [nameOf(answer), answer] as const))(
    'F1 F12 W1 %s',
    async (_, { api, signal, kind, wait, ...answer }) => {
      const clock = createTestClock({ wall: signal.now ?? NOW });
      const { client } = connect(server.url, {
        clock,
        profile: profileOf[api],
        retry: false,
        rateLimit: false,
        outage: false,
      });
      server.inject({
        status: signal.status ?? 200,
        headers: {
          date: new Date(clock.wall()).toUTCString(),
          'content-type': 'application/json',
          ...(signal.headers as Readonly<Record<string, string>>),
        },
        body: bodyOf({ api, signal, kind, ...answer }),
      });
      const { failure } = await client.query(GET);
      const waits = failure?.retryAt === undefined ? undefined : failure.retryAt - clock.wall();
      expect({ kind: failure?.kind ?? null, wait: waits }).toEqual({ kind, wait });
    },
  );
});
