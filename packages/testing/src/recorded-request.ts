import { getOperationAST, parse } from 'graphql';

/** A request that has arrived whole. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly search: URLSearchParams;
  /** Names in lower case; several values of one name joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One request that a server was sent. Its `status` is filled in once it was answered. */
export interface RecordedRequest {
  /** Epoch milliseconds of its arrival. */
  readonly at: number;
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it came; an empty string for a GET. */
  readonly body: string;
  /** The token that it carried, without the scheme word. */
  readonly token: string | undefined;
  /**
   * Name, type, text and variables of its GraphQL operation; of the first one where several came in a
   * batch. `undefined` for token requests and where the body could not be read as GraphQL.
   */
  readonly operationName: string | undefined;
  readonly operationType: 'query' | 'mutation' | 'subscription' | undefined;
  readonly query: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  /** The status that it was answered with; `undefined` where the connection was cut or no answer went out. */
  readonly status: number | undefined;
  /** The name of the fault that met it; `fault` for a fault without a name. */
  readonly fault: string | undefined;
}

/** The same while the server is still at it. */
export type OpenRequest = { -readonly [K in keyof RecordedRequest]: RecordedRequest[K] };

type Operation = Pick<RecordedRequest, 'operationName' | 'operationType' | 'query' | 'variables'>;

const NOTHING: Operation = {
  operationName: undefined,
  operationType: undefined,
  query: undefined,
  variables: undefined,
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON that cannot be read is `undefined`: servers have to record what is malformed too. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function operationIn(
  query: string,
  name: string | undefined,
): Pick<Operation, 'operationName' | 'operationType'> {
  try {
    const operation = getOperationAST(parse(query), name);
    return {
      operationName: name ?? operation?.name?.value,
      operationType: operation?.operation,
    };
  } catch {
    // A query that does not parse is recorded as it came; the answer tells the client what is wrong with it.
    return { operationName: name, operationType: undefined };
  }
}

function parameters(request: HttpRequest): unknown {
  if (request.method === 'GET') {
    const variables = request.search.get('variables');
    return {
      query: request.search.get('query') ?? undefined,
      operationName: request.search.get('operationName') ?? undefined,
      variables: variables === null ? undefined : parseJson(variables),
    };
  }
  const body = parseJson(request.body);
  return Array.isArray(body) ? body[0] : body;
}

function readOperation(request: HttpRequest): Operation {
  const sent = parameters(request);
  if (!isRecord(sent)) return NOTHING;
  const { query, variables, operationName } = sent;
  const name = typeof operationName === 'string' ? operationName : undefined;
  return {
    query: typeof query === 'string' ? query : undefined,
    variables: isRecord(variables) ? variables : undefined,
    ...(typeof query === 'string'
      ? operationIn(query, name)
      : { operationName: name, operationType: undefined }),
  };
}

export function recordRequest(
  request: HttpRequest,
  kind: 'graphql' | 'token',
  token: string | undefined,
): OpenRequest {
  return {
    at: Date.now(),
    method: request.method,
    path: request.path,
    headers: request.headers,
    body: request.body,
    token,
    ...(kind === 'graphql' ? readOperation(request) : NOTHING),
    status: undefined,
    fault: undefined,
  };
}
