import { gql } from '@apollo/client';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { createResilience, manualRetry } from '@holdfast/core';
import type { Resilience } from '@holdfast/core';
import { clientCredentials } from '@holdfast/oauth';
import { createTestClock } from '@holdfast/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
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
import type { Shown } from './telemetry.fixture.ts';

const HELLO = 'query Hello($name: String) { hello(name: $name) }';
const TEMPLATES =
  'query Templates { CredentialTemplatesV2(tenantIds: ["tenant-1"]) { totalDocs } }';

const names = (spans: readonly Shown[]): readonly string[] => spans.map(({ name }) => name);

describe('spans', () => {
  it('of a query show its attempts and waits in their order, within it', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer({ faults: [{ status: 503 }] });
    const resilience = quick();
    instrument(resilience, { ...telemetry, name: 'shop' });
    await apolloClient(server.url, resilience).query({ query: gql(HELLO) });
    const [span, ...others] = telemetry.traces() as [Shown];
    expect(others).toEqual([]);
    expect(span).toMatchObject({
      name: 'query Hello',
      attributes: {
        'graphql.operation.type': 'query',
        'graphql.operation.name': 'Hello',
        'holdfast.name': 'shop',
        'holdfast.outcome': 'success',
        'holdfast.attempts': 2,
      },
      status: { code: SpanStatusCode.UNSET },
    });
    expect(span.attributes).not.toHaveProperty('error.type');
    expect(names(span.children).toSorted()).toEqual(['attempt', 'attempt', 'wait backoff']);
    const attempts = span.children.filter(({ name }) => name === 'attempt');
    expect(attempts).toMatchObject([
      {
        attributes: {
          'holdfast.attempt.number': 1,
          'holdfast.outcome': 'failure',
          'error.type': 'unavailable',
          'http.response.status_code': 503,
        },
        status: { code: SpanStatusCode.ERROR },
      },
      {
        attributes: { 'holdfast.attempt.number': 2, 'holdfast.outcome': 'success' },
        status: { code: SpanStatusCode.UNSET },
      },
    ]);
    for (const { start, end } of span.children) {
      expect(start).toBeGreaterThanOrEqual(span.start);
      expect(end).toBeLessThanOrEqual(span.end);
    }
    const [wait] = span.children.filter(({ name }) => name === 'wait backoff');
    expect(wait?.start).toBeGreaterThanOrEqual(attempts[0]!.end);
    expect(wait?.end).toBe(attempts[1]!.start);
    expect(telemetry.open).toBe(0);
  });

  it('of a query that fails say with what, why it was not tried again, and what to do', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer({
      faults: [
        {
          body: { data: null, errors: [{ message: 'No.', extensions: { code: 'FORBIDDEN' } }] },
        },
      ],
    });
    const resilience = quick();
    instrument(resilience, telemetry);
    await urqlClient(server.url, resilience).query('{ hello }', {}).toPromise();
    expect(telemetry.traces()).toMatchObject([
      {
        name: 'query',
        attributes: {
          'holdfast.outcome': 'failure',
          'error.type': 'forbidden',
          'holdfast.failure.code': 'FORBIDDEN',
          'holdfast.stop_reason': 'not_retryable',
          'holdfast.attempts': 1,
        },
        status: { code: SpanStatusCode.ERROR, message: expect.stringContaining('permissions') },
      },
    ]);
  });

  it('T3 of those that wait for a token begin with the wait', async () => {
    const telemetry = startTelemetry();
    const breeze = await breezeServer();
    const { tokenUrl: url, clientId, clientSecret } = breeze;
    const refresh = clientCredentials({ url, clientId, clientSecret, body: 'json' });
    const resilience = quick({ auth: { refresh } });
    instrument(resilience, telemetry);
    await urqlClient(breeze.url, resilience).query(TEMPLATES, {}).toPromise();
    const [span] = telemetry.traces() as [Shown];
    expect(names(span.children)).toEqual(['wait refresh', 'attempt']);
  });

  it('take their instants from the events', () => {
    const telemetry = startTelemetry();
    const clock = createTestClock();
    const resilience = createResilience({ clock, random: () => 0.5 });
    const events: number[] = [];
    resilience.subscribe(({ at }) => void events.push(at));
    instrument(resilience, telemetry);
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    let sent = 0;
    resilience.execute<number>(
      { kind: 'query', name: 'A' },
      {
        send(_, receiver) {
          clock.advance(250);
          if (++sent === 1) receiver.error(refused);
          else receiver.next(1);
          if (sent > 1) receiver.complete();
          return () => {};
        },
        read: () => ({ data: {} }),
      },
      { next() {}, error() {}, complete() {} },
    );
    while (telemetry.open > 0) clock.runNext();
    const [span] = telemetry.traces() as [Shown];
    expect([span.start, span.end]).toEqual([events[0], events.at(-1)]);
    const [first, wait, second] = span.children as [Shown, Shown, Shown];
    expect(first).toMatchObject({ name: 'attempt', start: span.start, end: span.start + 250 });
    expect(wait).toMatchObject({ name: 'wait backoff', start: first.end, end: second.start });
    expect(second.end - second.start).toBe(250);
  });
});

describe('every span ends', () => {
  it('E1 where the operation is cancelled while it waits', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer({
      faults: [{ status: 429, headers: { 'retry-after': '20' } }],
    });
    const resilience = quick();
    instrument(resilience, telemetry);
    const { unsubscribe } = urqlClient(server.url, resilience)
      .query(HELLO, {})
      .subscribe(() => {});
    await waiting(resilience, 'rate_limit');
    expect(telemetry.open).toBe(2);
    unsubscribe();
    expect(telemetry.open).toBe(0);
    expect(telemetry.traces()).toMatchObject([
      { attributes: { 'holdfast.outcome': 'cancelled' }, status: { code: SpanStatusCode.UNSET } },
    ]);
  });

  it('E2 where its signal aborts an attempt that hangs, which is no error', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer({ faults: [{ hang: true }] });
    const resilience = quick();
    instrument(resilience, telemetry);
    const controller = new AbortController();
    const asked = apolloClient(server.url, resilience).query({
      query: gql(HELLO),
      context: { fetchOptions: { signal: controller.signal } },
    });
    await server.received(1);
    controller.abort();
    await expect(asked).rejects.toThrow('abort');
    expect(telemetry.open).toBe(0);
    expect(telemetry.traces()).toMatchObject([
      {
        attributes: { 'error.type': 'aborted', 'holdfast.stop_reason': 'aborted' },
        status: { code: SpanStatusCode.UNSET },
        children: [{ name: 'attempt', status: { code: SpanStatusCode.UNSET } }],
      },
    ]);
  });

  it('E3 where the instance is disposed of, and nothing is reported of it afterwards', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer({
      faults: [{ hang: true }, { status: 429, headers: { 'retry-after': '20' } }],
    });
    const resilience = quick();
    instrument(resilience, telemetry);
    const client = urqlClient(server.url, resilience);
    client.query(HELLO, { name: 'hangs' }).subscribe(() => {});
    await server.received(1);
    client.query(HELLO, { name: 'waits' }).subscribe(() => {});
    await waiting(resilience, 'rate_limit');
    expect(telemetry.open).toBe(4);
    resilience.dispose();
    expect(telemetry.open).toBe(0);
    expect(telemetry.traces().map(({ attributes }) => attributes['error.type'])).toEqual([
      'aborted',
      'aborted',
    ]);
    const counted = await telemetry.total('holdfast.operations');
    client.query(HELLO, { name: 'late' }).subscribe(() => {});
    expect(await telemetry.total('holdfast.operations')).toBe(counted);
    expect(telemetry.open).toBe(0);
  });

  it('where the instrumentation ends; the operation goes on, and is reported no more', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer({ latency: 50 });
    const resilience = quick();
    const { execute, dispose } = resilience;
    const stop = instrument(resilience, telemetry);
    const asked = urqlClient(server.url, resilience).query(HELLO, { name: 'b' }).toPromise();
    await server.received(1);
    expect(telemetry.open).toBe(2);
    stop();
    stop();
    expect(telemetry.open).toBe(0);
    expect((await asked).data).toEqual({ hello: 'Hello, b!' });
    expect(await telemetry.points('holdfast.operation.duration')).toEqual([]);
    expect(resilience.execute).toBe(execute);
    expect(resilience.dispose).toBe(dispose);
  });

  it('where it began before the instrumentation: it has none, and what it does from now on is counted', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer({
      faults: [{ status: 429, headers: { 'retry-after': '1' } }],
    });
    const resilience = quick();
    const client = urqlClient(server.url, resilience);
    const asked = client.query(HELLO, {}).toPromise();
    await waiting(resilience, 'rate_limit');
    instrument(resilience, telemetry);
    expect((await asked).data).toBeDefined();
    expect(telemetry.traces()).toEqual([]);
    expect(telemetry.open).toBe(0);
    expect(await telemetry.total('holdfast.operations')).toBe(0);
    expect(await telemetry.total('holdfast.attempts')).toBe(1);
    expect(await telemetry.points('holdfast.operation.duration')).toEqual([]);
  });

  it('S2 of a subscription: its attempt with the first event, itself when it is over', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer();
    const resilience = quick();
    instrument(resilience, telemetry);
    const events = apolloClient(server.url, resilience).subscribe({
      query: gql('subscription Ticks { ticks(count: 2, every: 1) }'),
    });
    await new Promise<void>((complete, error) => {
      let open: number | undefined;
      events.subscribe({
        next: () => void (open ??= telemetry.open),
        error,
        complete() {
          expect(open).toBe(1);
          complete();
        },
      });
    });
    expect(telemetry.open).toBe(0);
    expect(telemetry.traces()).toMatchObject([
      {
        name: 'subscription Ticks',
        attributes: { 'holdfast.outcome': 'success' },
        children: [{ name: 'attempt' }],
      },
    ]);
  });
});

describe('contexts', () => {
  /** Real instrumentation of `fetch`, with a real context manager. */
  function startGlobal(): InMemorySpanExporter {
    const exporter = new InMemorySpanExporter();
    const tracers = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    trace.setGlobalTracerProvider(tracers);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const undici = new UndiciInstrumentation();
    undici.setTracerProvider(tracers);
    undici.enable();
    onTestFinished(async () => {
      undici.disable();
      trace.disable();
      context.disable();
      await tracers.shutdown();
    });
    return exporter;
  }

  it('each request belongs to its own attempt, and that to its own caller, whoever set the timer', async () => {
    const exporter = startGlobal();
    const server = await faultServer({ faults: [{ status: 503, times: 3 }] });
    const resilience = quick({ outage: false });
    instrument(resilience);
    const client = urqlClient(server.url, resilience);
    const tracer = trace.getTracer('callers');
    await Promise.all(
      ['one', 'two', 'three'].map((name) =>
        tracer.startActiveSpan(name, async (caller) => {
          await client.query(HELLO, { name }).toPromise();
          caller.end();
        }),
      ),
    );
    const spans = exporter.getFinishedSpans();
    const byId = new Map(spans.map((span) => [span.spanContext().spanId, span]));
    const path = (id: string | undefined): readonly string[] => {
      const span = byId.get(id ?? '');
      return span === undefined ? [] : [...path(span.parentSpanContext?.spanId), span.name];
    };
    const requests = spans.filter(({ attributes }) => attributes['url.full'] === server.url);
    expect(requests).toHaveLength(6);
    const paths = requests.map((span) => path(span.spanContext().spanId).join(' > '));
    const way = (name: string): string => `${name} > query Hello > attempt > POST`;
    expect(paths.toSorted()).toEqual(
      ['one', 'one', 'three', 'three', 'two', 'two'].map((name) => way(name)),
    );
    const attempts = new Set(requests.map((span) => span.parentSpanContext?.spanId));
    expect(attempts.size).toBe(6);
  });

  it('two instrumentations of one instance end in any order', async () => {
    const [one, two] = [startTelemetry(), startTelemetry()];
    const server = await faultServer();
    const resilience = quick();
    const client = urqlClient(server.url, resilience);
    const stops = [instrument(resilience, one), instrument(resilience, two)];
    await client.query(HELLO, { name: '1' }).toPromise();
    stops[0]?.();
    await client.query(HELLO, { name: '2' }).toPromise();
    stops[1]?.();
    await client.query(HELLO, { name: '3' }).toPromise();
    expect([one.traces().length, two.traces().length]).toEqual([1, 2]);
    expect([one.open, two.open]).toEqual([0, 0]);
  });

  it('a listener that starts an operation of its own does not mix them up', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer();
    const resilience = quick();
    const client = urqlClient(server.url, resilience);
    let inner: Promise<unknown> | undefined;
    resilience.subscribe(({ type }) => {
      if (type !== 'operation_started') return;
      inner ??= Promise.resolve(client.query('query Inner { hello }', {}).toPromise());
    });
    instrument(resilience, telemetry);
    await client.query('query Outer { hello }', {}).toPromise();
    await inner;
    expect(names(telemetry.traces()).toSorted()).toEqual(['query Inner', 'query Outer']);
    expect(telemetry.traces().map(({ children }) => names(children))).toEqual([
      ['attempt'],
      ['attempt'],
    ]);
  });

  it('an instance that is frozen is reported all the same', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer();
    const frozen: Resilience = Object.freeze(quick());
    const stop = instrument(frozen, telemetry);
    await urqlClient(server.url, frozen).query(HELLO, {}).toPromise();
    expect(names(telemetry.traces())).toEqual(['query Hello']);
    stop();
    expect(telemetry.open).toBe(0);
  });

  it('a manual retry still finds its client', async () => {
    const telemetry = startTelemetry();
    const server = await faultServer({ faults: [{ status: 400 }] });
    const resilience = quick();
    instrument(resilience, telemetry);
    const client = apolloClient(server.url, resilience);
    const watched = client.watchQuery({ query: gql(HELLO), errorPolicy: 'none' });
    const failed = await new Promise<unknown>((resolve) => {
      const subscription = watched.subscribe(({ error }) => {
        if (error !== undefined) resolve(error);
      });
      onTestFinished(() => subscription.unsubscribe());
    });
    await manualRetry().send(failed);
    expect(watched.getCurrentResult().data).toEqual({ hello: 'Hello, world!' });
  });
});
