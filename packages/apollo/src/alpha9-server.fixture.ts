import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GraphQLError, buildSchema, experimentalExecuteIncrementally, parse } from 'graphql-17';

const schema = buildSchema(`
  directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  directive @stream(if: Boolean! = true, label: String, initialCount: Int = 0) on FIELD
  type Query { hello: String!, me: User, mine: User!, items: [User!]! }
  type User { id: ID! }
`);

function user(token: string): { id: string } {
  if (token === 'good') return { id: 'user-1' };
  throw new GraphQLError('Sign in first.', { extensions: { code: 'UNAUTHENTICATED' } });
}

/** A server as of graphql-js 17: incremental delivery in its own form, `pending`, `incremental`, `completed`. */
export interface Alpha9Server {
  readonly url: string;
  /** The tokens that it was asked with. */
  readonly tokens: (string | undefined)[];
  /** Statuses for the next requests, in the answer's place. */
  readonly refusals: number[];
  /** The next answer is lost after its first chunk. */
  cut: boolean;
  close(): Promise<void>;
}

export async function startAlpha9Server(): Promise<Alpha9Server> {
  const http = createServer((request, response) => {
    const token = request.headers.authorization?.replace('Bearer ', '');
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      server.tokens.push(token);
      const refusal = server.refusals.shift();
      if (refusal !== undefined) response.writeHead(refusal).end();
      else void answer(body, token ?? '', response);
    });
  });
  const cuts = (): boolean => {
    const { cut } = server;
    server.cut = false;
    return cut;
  };
  async function answer(body: string, token: string, response: ServerResponse): Promise<void> {
    const { query } = JSON.parse(body) as { query: string };
    const later = async (): Promise<{ id: string }> => user(token);
    const rootValue = { hello: 'a', me: later, mine: later, items: [{ id: '1' }, { id: '2' }] };
    const result = await experimentalExecuteIncrementally({
      schema,
      document: parse(query),
      rootValue,
    });
    if (!('initialResult' in result)) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
      return;
    }
    const part = (chunk: unknown): string =>
      `\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(chunk)}\r\n---`;
    response.writeHead(200, { 'content-type': 'multipart/mixed; boundary="-"' });
    response.write(`\r\n---${part(result.initialResult)}`);
    if (cuts()) {
      response.write('', () => response.socket?.destroy());
      return;
    }
    for await (const chunk of result.subsequentResults) response.write(part(chunk));
    response.end('--\r\n');
  }
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  const { port } = http.address() as AddressInfo;
  const server: Alpha9Server = {
    url: `http://127.0.0.1:${port}/graphql`,
    tokens: [],
    refusals: [],
    cut: false,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}
