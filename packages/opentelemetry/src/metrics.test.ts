import { gql } from '@apollo/client';
import { createResilience } from '@holdfast/core';
import type { Resilience } from '@holdfast/core';
import { clientCredentials } from '@holdfast/oauth';
import { createTestClock } from '@holdfast/testing';
import type { BreezeServer } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import {
  apolloClient,
  breezeServer,
  faultServer,
  quick,
  urqlClient,
  waiting,
} from './clients.fixture.ts';
import { instrument } from './index.ts';
import { startTelemetry } from './telemetry.fixture.ts';

const HELLO = 'query Hello($name: String) { hello(name: $name) }';
const ADD = 'mutation Add($name: String!) { add(name: $name) { id } }';
const TEMPLATES =
  'query Templates { CredentialTemplatesV2(tenantIds: ["tenant-1"]) { totalDocs } }';

const QUERY = { 'graphql.operation.type': 'query' };

function machine(breeze: BreezeServer): Resilience {
  const { tokenUrl: url, clientId, clientSecret } = breeze;
  return quick({
    auth: { refresh: clientCredentials({ url, clientId, clientSecret, body: 'json' }) },
  });
}

describe('counters and durations', () => {
  it('of a query that is answered at once: one operation, one attempt, nothing else', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer();
    const resilience = quick();
    instrument(resilience, telemetry);
    await urqlClient(server.url, resilience).query(HELLO, { name: 'a' }).toPromise();
    const success = { ...QUERY, 'holdfast.outcome': 'success' };
    expect(await telemetry.points('holdfast.operations')).toMatchObject([
      { attributes: QUERY, value: 1 },
    ]);
    expect(await telemetry.points('holdfast.attempts')).toMatchObject([
      { attributes: QUERY, value: 1 },
    ]);
    expect(await telemetry.points('holdfast.operation.duration')).toMatchObject([
      { attributes: success, value: 1 },
    ]);
    expect(await telemetry.points('holdfast.attempt.duration')).toMatchObject([
      { attributes: success, value: 1 },
    ]);
    for (const metric of ['holdfast.retries', 'holdfast.waits', 'holdfast.failures']) {
      expect(await telemetry.points(metric)).toEqual([]);
    }
  });

  it('of retries say what each attempt failed with, and that one waits in between', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer({ faults: [{ status: 503 }] });
    const resilience = quick();
    instrument(resilience, telemetry);
    const { data } = await apolloClient(server.url, resilience).query({ query: gql(HELLO) });
    expect(data).toEqual({ hello: 'Hello, world!' });
    expect(await telemetry.points('holdfast.retries')).toMatchObject([
      {
        attributes: { ...QUERY, 'error.type': 'unavailable', 'holdfast.retry.fresh_token': false },
        value: 1,
      },
    ]);
    const failed = { 'holdfast.outcome': 'failure', 'error.type': 'unavailable' };
    expect(await telemetry.total('holdfast.attempt.duration', failed)).toBe(1);
    expect(await telemetry.total('holdfast.attempts')).toBe(2);
    const backoff = { ...QUERY, 'holdfast.wait.reason': 'backoff' };
    expect(await telemetry.total('holdfast.waits', backoff)).toBe(1);
    expect(await telemetry.total('holdfast.wait.duration', backoff)).toBe(1);
    expect(
      await telemetry.total('holdfast.operation.duration', { 'holdfast.outcome': 'success' }),
    ).toBe(1);
    expect(await telemetry.points('holdfast.failures')).toEqual([]);
  });

  it('of failures name the kind and why it was not tried again', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer({ faults: [{ status: 400 }, { reset: 'after-execute' }] });
    const resilience = quick();
    instrument(resilience, telemetry);
    const client = urqlClient(server.url, resilience);
    await client.query(HELLO, {}).toPromise();
    await client.mutation(ADD, { name: 'a' }).toPromise();
    const attributes = (await telemetry.points('holdfast.failures')).map(
      (point) => point.attributes,
    );
    expect(attributes).toEqual([
      { ...QUERY, 'error.type': 'bad_input', 'holdfast.stop_reason': 'not_retryable' },
      {
        'graphql.operation.type': 'mutation',
        'error.type': 'network',
        'holdfast.stop_reason': 'unsafe_mutation',
      },
    ]);
    const durations = await telemetry.points('holdfast.operation.duration');
    expect(durations.map((point) => point.attributes['error.type'])).toEqual([
      'bad_input',
      'network',
    ]);
  });

  it('of refreshes: twenty queries on a dead token wait for one', async () => {
    const telemetry = startTelemetry();
    const breeze = await breezeServer();
    const resilience = machine(breeze);
    instrument(resilience, telemetry);
    const client = urqlClient(breeze.url, resilience);
    await Promise.all(
      Array.from({ length: 20 }, (_, page) => client.query(TEMPLATES, { page }).toPromise()),
    );
    expect(breeze.tokenRequests).toHaveLength(1);
    const missing = { 'holdfast.refresh.reason': 'missing' };
    expect(await telemetry.total('holdfast.refreshes', missing)).toBe(1);
    expect(
      await telemetry.total('holdfast.refresh.duration', {
        ...missing,
        'holdfast.outcome': 'success',
      }),
    ).toBe(1);
    expect(await telemetry.total('holdfast.waits', { 'holdfast.wait.reason': 'refresh' })).toBe(20);
    breeze.expireTokens();
    await client.query(TEMPLATES, {}).toPromise();
    expect(
      await telemetry.total('holdfast.refreshes', { 'holdfast.refresh.reason': 'rejected' }),
    ).toBe(1);
    expect(await telemetry.total('holdfast.retries', { 'holdfast.retry.fresh_token': true })).toBe(
      1,
    );
  });

  it('of a refresh that is refused name the kind of its failure', async () => {
    const telemetry = startTelemetry();
    const breeze = await breezeServer();
    const resilience = machine(breeze);
    breeze.rotateSecret();
    instrument(resilience, telemetry);
    await urqlClient(breeze.url, resilience).query(TEMPLATES, {}).toPromise();
    const refused = { 'holdfast.outcome': 'failure', 'error.type': 'unauthenticated' };
    expect(await telemetry.total('holdfast.refresh.duration', refused)).toBe(1);
    const stopped = { 'holdfast.stop_reason': 'session_failed' };
    expect(await telemetry.total('holdfast.failures', stopped)).toBe(1);
    expect(
      await telemetry.total('holdfast.session.status', { 'holdfast.session.status': 'failed' }),
    ).toBe(1);
  });

  it('of a spent budget, of sign-ins and of callbacks that throw', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer({ faults: [{ status: 503, times: 1 }] });
    const resilience = quick({
      retry: {
        budget: { capacity: 1 },
        when: () => {
          throw new Error('No.');
        },
      },
      auth: {
        tokens: () => Promise.reject(new Error('Lost.')),
        refresh: () => Promise.resolve(undefined),
      },
    });
    instrument(resilience, telemetry);
    const client = urqlClient(server.url, resilience);
    await client.query(HELLO, {}).toPromise();
    resilience.session.signIn({ accessToken: 'a-token-of-mine' });
    resilience.session.signOut();
    const callbacks = await telemetry.points('holdfast.callback.failures');
    expect(callbacks.map(({ attributes }) => attributes['holdfast.callback'])).toEqual([
      'auth.tokens',
      'retry.when',
    ]);
    const changed = (change: string): Promise<number> =>
      telemetry.total('holdfast.session.changes', { 'holdfast.session.change': change });
    // It was signed out at the start, too, when nothing was found.
    expect([await changed('signed_in'), await changed('signed_out')]).toEqual([1, 2]);
    const poor = quick({ retry: { budget: { capacity: 1 } } });
    instrument(poor, telemetry);
    server.inject({ status: 503 });
    await urqlClient(server.url, poor).query(HELLO, {}).toPromise();
    expect(await telemetry.total('holdfast.budget.empty')).toBe(1);
    expect(await telemetry.total('holdfast.failures', { 'holdfast.stop_reason': 'budget' })).toBe(
      1,
    );
  });

  it('are measured by the events, in seconds, and never below 0 where the clock is set back', async () => {
    const telemetry = startTelemetry();
    const clock = createTestClock();
    const resilience = createResilience({ clock, random: () => 0.5 });
    instrument(resilience, telemetry);
    const sent: (() => void)[] = [];
    const run = (): void => {
      resilience.execute<number>(
        { kind: 'query', name: 'A' },
        {
          send(_, receiver) {
            sent.push(() => {
              receiver.next(1);
              receiver.complete();
            });
            return () => {};
          },
          read: () => ({ data: {} }),
        },
        { next() {}, error() {}, complete() {} },
      );
    };
    run();
    clock.advance(1_500);
    sent[0]?.();
    expect((await telemetry.points('holdfast.operation.duration'))[0]).toMatchObject({
      value: 1,
      seconds: 1.5,
    });
    run();
    const begun = clock.wall();
    clock.setWall(begun - 3_600_000);
    sent[1]?.();
    expect((await telemetry.points('holdfast.operation.duration'))[0]).toMatchObject({
      value: 2,
      seconds: 1.5,
    });
    expect(telemetry.traces()[1]).toMatchObject({ start: begun, end: begun });
    expect(telemetry.open).toBe(0);
  });
});

describe('gauges', () => {
  it('W10 show who waits, what is closed and how the session stands, all of it as 0 in fair weather', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer({ auth: true });
    const resilience = quick({ auth: { tokens: { accessToken: server.issueToken() } } });
    instrument(resilience, telemetry);
    const held = (): Promise<number> => telemetry.total('holdfast.operations.held');
    expect(await telemetry.points('holdfast.operations.held')).toHaveLength(6);
    expect(await telemetry.points('holdfast.scopes.closed')).toHaveLength(2);
    expect(await held()).toBe(0);
    expect(await telemetry.total('holdfast.scopes.closed')).toBe(0);
    const active = { 'holdfast.session.status': 'active' };
    expect(await telemetry.total('holdfast.session.status', active)).toBe(1);
    expect(await telemetry.total('holdfast.session.status')).toBe(1);

    server.inject({ status: 429, headers: { 'retry-after': '20' } });
    const { unsubscribe } = urqlClient(server.url, resilience)
      .query(HELLO, {})
      .subscribe(() => {});
    await waiting(resilience, 'rate_limit');
    const limited = { 'holdfast.wait.reason': 'rate_limit' };
    expect(await telemetry.total('holdfast.operations.held', limited)).toBe(1);
    expect(await held()).toBe(1);
    const closed = { 'holdfast.closed.reason': 'rate_limit' };
    expect(await telemetry.total('holdfast.scopes.closed', closed)).toBe(1);
    expect(await telemetry.total('holdfast.scope.closures', closed)).toBe(1);
    unsubscribe();
    expect(await held()).toBe(0);
  });

  it('add up the instances that report to one meter, and tell those with names apart', async () => {
    const telemetry = startTelemetry();
    const names = ['breeze', 'breeze', 'shop', undefined];
    const stops = names.map((name) => instrument(quick(), { ...telemetry, name }));
    const status = async (): Promise<unknown> => {
      const points = await telemetry.points('holdfast.session.status');
      return points
        .filter(({ value }) => value > 0)
        .map(({ attributes, value }) => [attributes['holdfast.name'], value]);
    };
    expect(await status()).toEqual([
      ['breeze', 2],
      ['shop', 1],
      [undefined, 1],
    ]);
    stops[0]?.();
    stops[2]?.();
    expect(await status()).toEqual([
      ['breeze', 1],
      [undefined, 1],
    ]);
    stops[1]?.();
    stops[3]?.();
    expect(await status()).toEqual([]);
  });

  it('E3 forget an instance that is disposed of, and say 0 where none is left', async () => {
    const telemetry = startTelemetry();
    const resilience = quick();
    instrument(resilience, telemetry);
    expect(await telemetry.total('holdfast.session.status')).toBe(1);
    resilience.dispose();
    expect(await telemetry.total('holdfast.session.status')).toBe(0);
    expect(await telemetry.points('holdfast.session.status')).toHaveLength(6);
  });
});

describe('attributes of metrics', () => {
  it('are few: two hundred operations of different names, scopes and variables make no more series', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer({ faults: [{ status: 400, times: 100 }] });
    const resilience = quick();
    instrument(resilience, telemetry);
    const client = urqlClient(server.url, resilience);
    for (let start = 0; start < 200; start += 100) {
      await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          client
            .query(
              `query Hello${start + index} { hello(name: "n${start + index}") }`,
              {},
              {
                resilience: { scope: `scope-${start + index}` },
              },
            )
            .toPromise(),
        ),
      );
    }
    expect(await telemetry.total('holdfast.operations')).toBe(200);
    expect(await telemetry.points('holdfast.operation.duration')).toHaveLength(2);
    expect(await telemetry.points('holdfast.failures')).toHaveLength(1);
    expect(telemetry.traces()).toHaveLength(200);
  });
});
