import type { Resilience, ResilienceOptions, Tokens, WaitReason } from '@holdfast/core';
import { createTestClock, startFaultServer } from '@holdfast/testing';
import type { FaultServer, TestClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { everyClient, closing } from './both-clients.ts';

const TRANSFER = 'mutation Transfer { add(name: "a") { id } }';
const HELLO = 'query Hello { hello }';
const IDEMPOTENT = { resilience: { idempotent: true } };
const ALICE: Tokens = { accessToken: 'alice' };
const BOB: Tokens = { accessToken: 'bob' };
const SIGNED_OUT = { kind: 'unauthenticated', stopped: 'signed_out' };

/** Resolves once an operation waits for this. */
async function waiting({ activity }: Resilience, reason: WaitReason): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (activity.get().some((each) => each.reason === reason)) resolve();
    };
    activity.subscribe(look);
    look();
  });
}

function switchUser({ session }: Resilience): void {
  session.signOut();
  session.signIn(BOB);
}

/** Who sent what, as the server saw it. */
function seen(server: FaultServer): string[] {
  return server.requests.map(({ operationName, token }) => `${operationName} as ${token}`);
}

interface World {
  readonly server: FaultServer;
  readonly clock: TestClock;
  readonly options: ResilienceOptions;
}

/** A server where both users are known, and an instance where alice is signed in. */
async function signedIn(refresh: () => Promise<Tokens> = async () => BOB): Promise<World> {
  const valid = (token: string): boolean => token === 'alice' || token === 'bob';
  const server = closing(await startFaultServer({ auth: { valid } }));
  const clock = createTestClock();
  return { server, clock, options: { clock, auth: { tokens: ALICE, refresh } } };
}

describe.each(everyClient)('a transfer whose user signs out, with $client', ({ connect }) => {
  it.each([
    ['a rate limit', 'rate_limit', { status: 429, headers: { 'retry-after': '2' } }],
    ['a backoff', 'backoff', { status: 503 }],
  ] as const)(
    'T11b is never sent as the next user: it waits for %s',
    async (_name, reason, fault) => {
      const { server, clock, options } = await signedIn();
      const { client, resilience } = connect(server.url, options);
      server.inject(fault);
      const transfer = client.mutate(TRANSFER, IDEMPOTENT);
      await waiting(resilience, reason);
      switchUser(resilience);
      expect((await transfer).failure).toMatchObject(SIGNED_OUT);
      await clock.advanceAsync(60_000);
      const { error } = await client.query(HELLO);
      expect(error).toBeUndefined();
      expect(seen(server)).toEqual(['Transfer as alice', 'Hello as bob']);
      expect(server.executions).toEqual({ hello: 1 });
    },
  );

  it('T11b is never sent as the next user: it waits for a refresh', async () => {
    let refreshed: (tokens: Tokens) => void = () => {};
    const { server, options } = await signedIn(
      () => new Promise((resolve) => void (refreshed = resolve)),
    );
    const { client, resilience } = connect(server.url, options);
    void resilience.session.refresh();
    const transfer = client.mutate(TRANSFER);
    await waiting(resilience, 'refresh');
    switchUser(resilience);
    refreshed(BOB);
    expect((await transfer).failure).toMatchObject({ ...SIGNED_OUT, executed: false });
    await client.query(HELLO);
    expect(seen(server)).toEqual(['Hello as bob']);
  });

  it.each([
    ['UNAUTHENTICATED', { status: 401 }, false],
    ['503', { status: 503 }, undefined],
    ['a lost connection', { reset: 'before' }, undefined],
  ] as const)(
    'T11b is not repeated where it was in flight and fails: %s',
    async (_name, fault, executed) => {
      const { server, options } = await signedIn();
      const { client, resilience } = connect(server.url, options);
      server.inject({ ...fault, delay: 100 });
      const transfer = client.mutate(TRANSFER, IDEMPOTENT);
      await server.received(1);
      switchUser(resilience);
      const { failure } = await transfer;
      expect(failure).toMatchObject(SIGNED_OUT);
      expect(failure?.executed).toBe(executed);
      await client.query(HELLO);
      expect(seen(server)).toEqual(['Transfer as alice', 'Hello as bob']);
    },
  );

  it('T11b is answered where it was in flight and succeeds', async () => {
    const { server, options } = await signedIn();
    const { client, resilience } = connect(server.url, options);
    server.inject({ delay: 100 });
    const transfer = client.mutate(TRANSFER);
    await server.received(1);
    switchUser(resilience);
    const { data, error } = await transfer;
    expect(error).toBeUndefined();
    expect(data).toMatchObject({ add: { id: expect.any(String) } });
  });
});
