/** A query or mutation, by the text that clients send; anything else may be a subscription. */
const REQUEST = /^\s*(?:query\b|mutation\b|\{)/;

interface Message {
  readonly id?: unknown;
  readonly type?: unknown;
  readonly payload?: { readonly query?: unknown } | null;
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
    if (type === 'subscribe' && REQUEST.test(String(payload?.query))) this.#ids.add(id);
    else if (type === 'complete') this.#ids.delete(id);
  }

  received(data: unknown): void {
    if (this.none || typeof data !== 'string') return;
    const { id, type } = read(data);
    if (type === 'complete' || type === 'error') this.#ids.delete(id);
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
