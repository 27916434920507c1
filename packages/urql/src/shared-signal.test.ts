import { expect, it, onTestFinished } from 'vitest';
import { failureOf } from '@holdfast/core';
import { startClient, startServer } from './exchange.fixture.ts';

it('E2b many operations on one signal raise no warning, and all hear of the abort', async () => {
  const server = await startServer();
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  const { client } = startClient(server.url);
  const controller = new AbortController();
  const ask = (name: string) =>
    client
      .query(
        'query ($name: String) { hello(name: $name) }',
        { name },
        { fetchOptions: { signal: controller.signal } },
      )
      .toPromise();
  const names = Array.from({ length: 50 }, (_, index) => `n${index}`);
  const answered = await Promise.all(names.map(ask));
  expect(answered.filter(({ error }) => error !== undefined)).toEqual([]);
  const aborted = names.map((name) => ask(`again ${name}`));
  controller.abort();
  const kinds = (await Promise.all(aborted)).map(({ error }) => failureOf(error)?.kind);
  expect(kinds).toEqual(kinds.map(() => 'aborted'));
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  expect(warnings).toEqual([]);
});
