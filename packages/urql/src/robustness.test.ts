import type { Resilience, ResilienceEvent } from '@holdfast/core';
import { createResilience } from '@holdfast/core';
import { createTestClock } from '@holdfast/testing';
import {
  Client,
  composeExchanges,
  createRequest,
  makeErrorResult,
  makeOperation,
  makeResult,
} from '@urql/core';
import type { Exchange, Operation, OperationResult } from '@urql/core';
import { expect, it, vi } from 'vitest';
import type { Source } from 'wonka';
import { empty, makeSubject, merge, mergeMap, pipe, publish, share, tap } from 'wonka';
import { deferred, startClient, startServer } from './exchange.fixture.ts';
import { resilienceExchange } from './index.ts';

/** The exchange alone: what goes down, what comes up, and both in the test's hand. */
function alone(resilience: Resilience): {
  readonly down: Operation[];
  readonly up: OperationResult[];
  readonly dispatch: (operation: Operation) => void;
  readonly answer: (result: OperationResult) => void;
} {
  const down: Operation[] = [];
  const up: OperationResult[] = [];
  const operations = makeSubject<Operation>();
  const answers = makeSubject<OperationResult>();
  const below: Exchange = () => (operations$) =>
    merge([
      answers.source,
      pipe(
        operations$,
        tap((operation) => void down.push(operation)),
        mergeMap(() => empty as Source<OperationResult>),
      ),
    ]);
  const client = new Client({ url: 'http://127.0.0.1:9/unused', exchanges: [] });
  pipe(
    composeExchanges([resilienceExchange(resilience), below])({
      client,
      dispatchDebug: () => {},
      forward: () => makeSubject<OperationResult>().source,
    })(share(operations.source)),
    tap((result) => void up.push(result)),
    publish,
  );
  return { down, up, dispatch: operations.next, answer: answers.next };
}

function query(name: string): Operation {
  return makeOperation('query', createRequest(`query ${name} { hello }`, {}), {
    url: 'http://127.0.0.1:9/unused',
    requestPolicy: 'network-only',
    preferGetMethod: false,
  });
}

it('U1 what is not ours passes: teardowns, unknown kinds, results of others', () => {
  const { down, up, dispatch, answer } = alone(createResilience());
  const teardown = makeOperation('teardown', query('A'));
  const unknown = makeOperation('surprise' as 'query', query('B'));
  dispatch(teardown);
  dispatch(unknown);
  expect(down).toEqual([teardown, unknown]);
  const foreign = makeResult(query('C'), { data: { hello: 'foreign' } });
  answer(foreign);
  expect(up[0]).toBe(foreign);
});

it('U1 U4 the same operation again takes the place of the one in progress', () => {
  const { down, up, dispatch, answer } = alone(createResilience());
  dispatch(query('A'));
  dispatch(query('A'));
  expect(down.map(({ kind }) => kind)).toEqual(['query', 'teardown', 'query']);
  for (const hello of ['late', 'later']) answer(makeResult(down[0]!, { data: { hello } }));
  expect(up).toEqual([]);
  answer(makeResult(down[2]!, { data: { hello: 'new' } }));
  expect(up).toMatchObject([{ data: { hello: 'new' } }]);
});

it('E1 a teardown goes down once, and no result comes up afterwards', () => {
  const { down, up, dispatch, answer } = alone(createResilience());
  dispatch(query('A'));
  dispatch(makeOperation('teardown', query('A')));
  expect(down.map(({ kind }) => kind)).toEqual(['query', 'teardown']);
  answer(makeResult(down[0]!, { data: { hello: 'late' } }));
  expect(up).toEqual([]);
});

it('U4 stale results from below pass unjudged, and the operation goes on', () => {
  const clock = createTestClock();
  const { down, up, dispatch, answer } = alone(createResilience({ clock }));
  const operation = query('A');
  dispatch(operation);
  answer({ ...makeErrorResult(down[0]!, new Error('old')), stale: true });
  answer(makeErrorResult(down[0]!, new TypeError('fetch failed')));
  clock.advance(1_000);
  expect(down.map(({ kind }) => kind)).toEqual(['query', 'query']);
  answer(makeResult(down[1]!, { data: { hello: 'new' } }));
  expect(up).toMatchObject([{ stale: true }, { stale: false, data: { hello: 'new' } }]);
  expect(up.every((each) => each.operation === operation)).toBe(true);
});

it('E1 an operation torn down while it starts is not sent', () => {
  const resilience = createResilience();
  const { down, up, dispatch } = alone(resilience);
  const ended: ResilienceEvent[] = [];
  resilience.subscribe((event) => {
    if (event.type === 'operation_started') dispatch(makeOperation('teardown', query('A')));
    if (event.type === 'operation_ended') ended.push(event);
  });
  dispatch(query('A'));
  expect(down.map(({ kind }) => kind)).toEqual(['teardown']);
  expect(ended).toMatchObject([{ outcome: 'cancelled' }]);
  expect(up).toEqual([]);
});

it('U6 a live query below may go on answering', () => {
  const { down, up, dispatch, answer } = alone(createResilience());
  dispatch(query('A'));
  for (const hello of ['1', '2']) answer(makeResult(down[0]!, { data: { hello } }));
  expect(up).toMatchObject([{ data: { hello: '1' } }, { data: { hello: '2' } }]);
  expect(up[1]?.operation.context.fetch).toBeUndefined();
});

it('E4 R9 a subscriber that throws harms neither the others nor the run', () => {
  const later: (() => void)[] = [];
  vi.stubGlobal('queueMicrotask', (run: () => void) => void later.push(run));
  try {
    const ended: ResilienceEvent[] = [];
    const resilience = createResilience({
      auth: { tokens: () => new Promise(() => {}), refresh: async () => undefined },
      onEvent: (event) => void (event.type === 'operation_ended' && ended.push(event)),
    });
    const { up, dispatch } = alone(resilience);
    const problem = new Error('the subscriber');
    const push = up.push.bind(up);
    up.push = (result) => {
      push(result);
      throw problem;
    };
    dispatch(query('A'));
    dispatch(query('B'));
    resilience.dispose();
    expect([up.length, ended.length, later.length]).toEqual([2, 2, 2]);
    for (const run of later) expect(run).toThrow(problem);
  } finally {
    vi.unstubAllGlobals();
  }
});

it('E4 an operation started from within the last result of the same one is answered', async () => {
  const server = await startServer();
  const { client } = startClient(server.url);
  const second = deferred<OperationResult>();
  const first = await client.query('{ hello }', {}).then((result) => {
    void client.query('{ hello }', {}, { requestPolicy: 'network-only' }).then(second.resolve);
    return result;
  });
  expect(first.error).toBeUndefined();
  expect((await second.promise).error).toBeUndefined();
  expect(server.requests).toHaveLength(2);
});

it('U1 two clients may share one instance', async () => {
  const server = await startServer({ faults: [{ status: 503 }] });
  const { client, resilience } = startClient(server.url);
  const other = startClient(server.url, {}, { above: [resilienceExchange(resilience)] });
  const results = await Promise.all([
    client.query('{ hello }', {}),
    other.client.query('{ hello }', {}),
  ]);
  expect(results.map(({ error }) => error)).toEqual([undefined, undefined]);
});
