import { ApolloLink } from '@apollo/client';
import { startFaultServer } from '@holdfast/testing';
import { Observable } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  HELLO,
  answers,
  clockedClient,
  hangs,
  httpClient,
  names,
  scriptedLink,
} from './client.fixture.ts';

const hello = answers({ data: { hello: 'a' } });

describe('a link below whose teardown throws', () => {
  it('E1b at an attempt timeout: the operation is tried again, and settles', async () => {
    const unruly = new ApolloLink(
      (operation, forward) =>
        new Observable((observer) => {
          const inner = forward(operation).subscribe(observer);
          return () => {
            inner.unsubscribe();
            throw new Error('broken');
          };
        }),
    );
    const below = scriptedLink(hangs(), hello);
    const { client, clock, events } = clockedClient(unruly.concat(below), {
      timeout: { attempt: 1_000 },
    });
    const result = client.query({ query: HELLO });
    await clock.advanceAsync(2_000);
    expect((await result).data).toEqual({ hello: 'a' });
    expect(below.sent).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'callback_failed').length).toBeGreaterThan(0);
  });
});

describe('many operations on one signal', () => {
  it('E2b raise no warning, and all hear of the abort', async () => {
    const server = await startFaultServer();
    onTestFinished(() => server.close());
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const { client } = httpClient(server.url);
    const controller = new AbortController();
    const ask = (name: string): Promise<{ data?: unknown; error?: Error | undefined }> =>
      client.query({
        query: HELLO,
        variables: { name },
        errorPolicy: 'all',
        context: { fetchOptions: { signal: controller.signal } },
      });
    const answered = await Promise.all(names(50).map(ask));
    expect(answered.filter(({ error }) => error !== undefined)).toEqual([]);
    const aborted = names(50).map((name) => ask(`again ${name}`));
    controller.abort();
    const errors = (await Promise.all(aborted)).map(({ error }) => error?.name);
    expect(errors).toEqual(errors.map(() => 'AbortError'));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(warnings).toEqual([]);
  });
});
