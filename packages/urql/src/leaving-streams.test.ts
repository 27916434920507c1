import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failureOf } from '@holdfast/core';
import { gql } from '@urql/core';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { deferred, startClient } from './exchange.fixture.ts';
import type { TestClient } from './exchange.fixture.ts';

const DEFERRED = gql`
  query Deferred {
    quick
    ... @defer {
      late
    }
  }
`;
const TICKS = gql`
  subscription Ticks {
    ticks
  }
`;

const PARTS = [
  { data: { quick: 'quick' }, hasNext: true },
  { incremental: [{ data: { late: 'late' }, path: [] }], hasNext: true },
  { hasNext: false },
];
const EVENTS = [1, 2, 3].map((ticks) => ({ data: { ticks } }));

type Form = 'multipart/mixed; boundary="-"' | 'text/event-stream';

function written(form: Form, parts: readonly object[]): string {
  const texts = parts.map((part) => JSON.stringify(part));
  if (form === 'text/event-stream') {
    return `${texts.map((text) => `event: next\ndata: ${text}\n\n`).join('')}event: complete\ndata:\n\n`;
  }
  return `${texts.map((text) => `\r\n---\r\ncontent-type: application/json\r\n\r\n${text}`).join('')}\r\n-----\r\n`;
}

interface Stream extends TestClient {
  /** Settles when the server has no more to do with its request. */
  readonly closed: Promise<void>;
}

/** All parts arrive in one piece, so that those who leave do while fetchExchange has more to hand on. */
async function startStream(form: Form, parts: readonly object[]): Promise<Stream> {
  const closed = deferred<void>();
  const server = createServer((request, response) => {
    request.resume();
    response.on('close', () => closed.resolve());
    response.writeHead(200, { 'content-type': form }).end(written(form, parts));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const started = startClient(`http://127.0.0.1:${port}`, {}, { fetchSubscriptions: true });
  return { ...started, closed: closed.promise };
}

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

beforeEach(() => void process.on('unhandledRejection', onUnhandled));
afterEach(() => void process.off('unhandledRejection', onUnhandled));

/** A rejection is told of after the job that has left it to nobody. */
async function expectNoRejection({ closed }: Stream): Promise<void> {
  await closed;
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled.splice(0)).toEqual([]);
}

const forms: readonly Form[] = ['multipart/mixed; boundary="-"', 'text/event-stream'];

describe.each(forms)('whoever leaves a stream of %s leaves no rejected promise', (form) => {
  it('E4 with its last part, as toPromise does', async () => {
    const stream = await startStream(form, PARTS);
    const { data } = await stream.client.query(DEFERRED, {}).toPromise();
    expect(data).toEqual({ quick: 'quick', late: 'late' });
    await expectNoRejection(stream);
  });

  const leaving: readonly [string, number, 'at once' | 'later'][] = [
    ['on hearing the first part', 1, 'at once'],
    ['on hearing the second part', 2, 'at once'],
    ['in the job after the first part', 1, 'later'],
    ['in the job after the second part', 2, 'later'],
  ];

  it.each(leaving)('E4 E1 %s of an answer, or of a subscription', async (_name, last, when) => {
    for (const [document, parts] of [
      [DEFERRED, PARTS],
      [TICKS, EVENTS],
    ] as const) {
      const stream = await startStream(form, parts);
      const { client } = stream;
      const source =
        document === TICKS ? client.subscription(TICKS, {}) : client.query(DEFERRED, {});
      let heard = 0;
      await new Promise<void>((resolve) => {
        const { unsubscribe } = source.subscribe(() => {
          if (++heard !== last) return;
          const leave = (): void => {
            unsubscribe();
            resolve();
          };
          if (when === 'at once') leave();
          else queueMicrotask(leave);
        });
      });
      await expectNoRejection(stream);
      expect(heard).toBe(last);
    }
  });

  it('E4 E2 by an abort of its signal', async () => {
    const stream = await startStream(form, EVENTS);
    const controller = new AbortController();
    const context = { fetchOptions: { signal: controller.signal } };
    const aborted = deferred<unknown>();
    stream.client.subscription(TICKS, {}, context).subscribe(({ error }) => {
      controller.abort();
      if (error !== undefined) aborted.resolve(error);
    });
    expect(failureOf(await aborted.promise)?.kind).toBe('aborted');
    await expectNoRejection(stream);
  });
});
