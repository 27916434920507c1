import { HttpLink } from '@apollo/client';
import { CombinedProtocolErrors, PROTOCOL_ERRORS_SYMBOL } from '@apollo/client/errors';
import { failureOf } from '@holdfast/core';
import type { ResilienceOptions } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { Observable } from 'rxjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TICKS, clientOf, listen, scriptedLink } from './client.fixture.ts';
import type { Heard, Script, Setup } from './client.fixture.ts';

let server: FaultServer;
beforeEach(async () => {
  server = await startFaultServer();
});
afterEach(() => server.close());

/** How a router says that the subscription itself is lost: errors beside an empty payload, then the end. */
function lost(code: string): object {
  return { payload: null, errors: [{ message: code, extensions: { code } }] };
}

function subscribe(options?: ResilienceOptions): Setup & { readonly heard: Heard } {
  const setup = clientOf(new HttpLink({ uri: server.url }), options);
  return { ...setup, heard: listen(setup.client.subscribe({ query: TICKS })) };
}

const counted = [1, 2, 3].map((ticks) => ({ data: { ticks } }));

it('S2 A5 a subscription that its transport loses is started again', async () => {
  server.inject({ results: [lost('SERVICE_UNAVAILABLE')] });
  server.inject({ results: [{ data: { ticks: 0 } }, lost('SERVICE_UNAVAILABLE')] });
  const { heard } = subscribe();
  await heard.done;
  expect(heard.said).toEqual([{ data: { ticks: 0 } }, ...counted, 'complete']);
  expect(server.requests.length).toBe(3);
});

it('S3 A5 one that its transport says is no longer authorized is started again with a new token', async () => {
  server.inject({ results: [{ data: { ticks: 0 } }, lost('UNAUTHENTICATED')] });
  const { heard } = subscribe({
    auth: { tokens: { accessToken: 'one' }, refresh: async () => ({ accessToken: 'two' }) },
  });
  await heard.done;
  expect(heard.said).toEqual([{ data: { ticks: 0 } }, ...counted, 'complete']);
  expect(server.requests.map(({ token }) => token)).toEqual(['one', 'two']);
});

it('R3 R10 one that is lost for good ends with Apollo’s own error', async () => {
  server.inject({ results: [lost('FORBIDDEN')] });
  const { heard, events } = subscribe();
  await heard.done;
  const [{ error }] = heard.said as [{ error: unknown }];
  expect(CombinedProtocolErrors.is(error)).toBe(true);
  expect(failureOf(error)).toMatchObject({ kind: 'forbidden', attempts: 1 });
  expect(heard.said.length).toBe(2);
  expect(server.requests.length).toBe(1);
  expect(events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'failure' });
});

const rejected = [{ message: 'who?', extensions: { code: 'UNAUTHENTICATED' } }];

it.each([
  ['a loss', { extensions: { [PROTOCOL_ERRORS_SYMBOL]: new CombinedProtocolErrors(rejected) } }],
  ['an event', { data: null, errors: rejected }],
])('S2 S3 T2 the old stream is closed before another is opened, for %s', (_, result) => {
  const order: string[] = [];
  let emit = (): void => undefined;
  const stream: Script = () =>
    new Observable((observer) => {
      order.push('opened');
      emit = () => observer.next(result);
      return () => order.push('closed');
    });
  const { client, resilience } = clientOf(scriptedLink(stream), {
    auth: { tokens: { accessToken: 'one' }, refresh: async () => undefined },
  });
  const heard = listen(client.subscribe({ query: TICKS }));
  // Somebody has signed in meanwhile: there is nothing to wait for.
  resilience.session.signIn({ accessToken: 'two' });
  emit();
  expect(order).toEqual(['opened', 'closed', 'opened']);
  heard.unsubscribe();
});
