import { getOperationAST, parse } from 'graphql';

interface Message {
  readonly id?: unknown;
  readonly type?: unknown;
  readonly payload?: { readonly query?: unknown; readonly operationName?: unknown } | null;
}

/**
 * The queries and mutations under way over one socket. graphql-ws sends them once more over the next one,
 * so that a socket must not be replaced while there are any (M1).
 */
export class Requests {
  readonly #ids = new Set<unknown>();

  get none(): boolean {
    return this.#ids.size === 0;
  }

  sent(data: string): void {
    const { id, type, payload } = read(data);
    if (type === 'subscribe' && isRequest(payload)) this.#ids.add(id);
    else if (type === 'complete') this.#ids.delete(id);
  }

  received(data: unknown): void {
    if (this.none || typeof data !== 'string') return;
    const { id, type } = read(data);
    if (type === 'complete' || type === 'error') this.#ids.delete(id);
  }
}

/** A query or mutation; a document that is none is the server's to refuse. */
function isRequest(payload: Message['payload']): boolean {
  const { query, operationName } = payload ?? {};
  try {
    const name = typeof operationName === 'string' ? operationName : undefined;
    const operation = getOperationAST(parse(String(query), { noLocation: true }), name);
    return (
      operation !== null && operation !== undefined && `${operation.operation}` !== 'subscription'
    );
  } catch {
    return false;
  }
}

/** What cannot be read is graphql-ws's to complain of. */
function read(data: string): Message {
  try {
    const message: unknown = JSON.parse(data);
    return typeof message === 'object' && message !== null ? message : {};
  } catch {
    return {};
  }
}
