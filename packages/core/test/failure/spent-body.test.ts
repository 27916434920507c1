import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.end());
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const SPENT = {
  kind: 'bad_input',
  source: 'client',
  executed: undefined,
  retryable: false,
  freshToken: false,
  advice: expect.stringMatching(/Blob, File or FormData/u),
};

it('R3 F9 a stream that was sent once cannot be sent again, and the advice says so', async () => {
  const body = new Blob(['a']).stream();
  const send = (): Promise<Response> =>
    fetch(url, { method: 'POST', body, duplex: 'half' } as RequestInit);
  await send();
  const error: unknown = await send().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TypeError);
  expect(classify({ error })).toMatchObject(SPENT);
});

it('R3 F9 nor can a Request', async () => {
  const request = new Request(url, { method: 'POST', body: 'a' });
  await fetch(request);
  const error: unknown = await fetch(request).catch((thrown: unknown) => thrown);
  expect(classify({ error })).toMatchObject(SPENT);
});

it.each([
  'Response body object should not be disturbed or locked',
  "Failed to execute 'fetch' on 'Window': Cannot construct a Request with a Request object that has already been used.",
  'ReadableStream is locked',
])('F8 is told by what platforms say: %s', (message) => {
  expect(classify({ error: new TypeError(message) })).toMatchObject(SPENT);
  expect(classify({ error: new Error('x', { cause: new TypeError(message) }) })?.kind).toBe(
    'bad_input',
  );
});

it('F2 an answer that says something of the kind is what its status says', () => {
  const error = Object.assign(new Error('The account is disturbed or locked'), { statusCode: 423 });
  expect(classify({ error })?.kind).toBe('locked');
});
