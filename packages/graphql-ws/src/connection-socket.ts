import type { Connection, Holder, Permit } from './connection.ts';
import { read, refusal, told } from './message.ts';
import type { Ended } from './operations.ts';
import { Sends } from './sends.ts';
import { ConnectionRefused, SocketClosed } from './socket-closed.ts';
import type { CloseLike } from './socket-closed.ts';

/** As much of a WebSocket as graphql-ws uses. */
export interface WebSocketLike {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: never) => void): void;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

/** What makes one: the platform's, or that of the package `ws`. */
export type WebSocketClass = new (url: string, protocols?: string | string[]) => WebSocketLike;

/** The platform's, where there is one. */
export function platformWebSocket(): WebSocketClass | undefined {
  const { WebSocket } = globalThis as { WebSocket?: WebSocketClass };
  return WebSocket;
}

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

const NORMAL = 1000;
/** graphql-ws closes with it, from `client.terminate()`, what hangs. */
const TERMINATED = 4499;

/** Told to graphql-ws where this side goes on with another socket: it opens one for such a code. */
const RESTART = { type: 'close', code: 4205, reason: 'Client Restart', wasClean: true } as const;

type Handler = ((event: unknown) => void) | null;

/**
 * The WebSocket that graphql-ws sees: a real one once the core lets it be opened, and none until then.
 * It stands between them because graphql-ws takes many codes for final without asking anybody, and sends
 * everything once more over the next socket.
 */
class ConnectionSocket implements Holder {
  static readonly CONNECTING: number = CONNECTING;
  static readonly OPEN: number = OPEN;
  static readonly CLOSING: number = CLOSING;
  static readonly CLOSED: number = CLOSED;

  onopen: Handler = null;
  onmessage: Handler = null;
  onerror: Handler = null;
  onclose: Handler = null;
  readonly #connection: Connection;
  readonly #sends: Sends;
  #permit: Permit | undefined;
  #socket: WebSocketLike | undefined;
  /** What the transport said before it closed. */
  #error: unknown;
  #acknowledged = false;
  /** graphql-ws needs it no more. */
  #leaving = false;
  /** With what graphql-ws closed it over a fault that it found itself. */
  #fault: { readonly code: number | undefined; readonly reason: string } | undefined;
  /** Nothing of the real socket is heard any more. */
  #detached = false;

  constructor(connection: Connection, Base: WebSocketClass, url: string, protocols: string) {
    this.#connection = connection;
    const { operations, clock } = connection;
    this.#sends = new Sends(operations, this, clock, (data) => this.#socket?.send(data));
    const entrance = connection.enter(url, this);
    if (entrance.type === 'refused') {
      this.#detached = true;
      const { error } = entrance;
      queueMicrotask(() => (error === undefined ? this.#restart() : this.#fail(error)));
      return;
    }
    this.#permit = entrance.permit;
    try {
      this.#listen(new Base(url, protocols));
    } catch (error) {
      // graphql-ws would leave it unhandled, and its subscribers waiting (E4).
      queueMicrotask(() => this.#stillborn(error));
    }
  }

  get readyState(): number {
    if (this.#detached) return this.#socket === undefined ? CLOSED : CLOSING;
    return this.#socket?.readyState ?? CONNECTING;
  }

  get idle(): boolean {
    return this.#connection.operations.idle(this);
  }

  get acknowledged(): boolean {
    return this.#acknowledged;
  }

  send(data: string): void {
    const message = read(data);
    if (message.type === 'subscribe') this.#subscribe(message, data);
    else if (message.type !== 'complete' || !this.#dropped(message.id)) this.#socket?.send(data);
    this.#tell('busy');
  }

  close(code?: number, reason?: string): void {
    if (this.#detached) return;
    if (code === NORMAL) {
      this.#leaving = true;
      this.#connection.forsake();
      this.#sends.shut();
    } else if (code === TERMINATED) {
      this.#detach();
      this.#report(new SocketClosed(undefined));
      this.#end(this.#lost(undefined));
    } else {
      this.#fault = { code, reason: reason ?? '' };
    }
    this.#socket?.close(code, reason);
  }

  /** The core has ended the attempt: what comes of it later must reach nobody (S2). */
  abandon(): void {
    if (this.#leaving || this.#detached) return;
    this.#detach();
    this.#socket?.close(NORMAL, 'Normal Closure');
    // Where the core has ended all of it, they hear of that.
    if (!this.#connection.ended) this.#end(this.#connection.lost(this, undefined, false));
    queueMicrotask(() => this.#restart());
  }

  /** Whoever opened it is not signed in any more: nothing of whoever comes now goes over it (T11b). */
  depart(): void {
    this.#sends.shut();
  }

  #listen(socket: WebSocketLike): void {
    this.#socket = socket;
    const on = (type: string, handle: (event: never) => void): void => {
      socket.addEventListener(type, (event) => {
        if (!this.#detached) handle(event);
      });
    };
    on('open', (event) => this.onopen?.(event));
    on('message', (event: { readonly data: unknown }) => this.#received(event));
    on('error', (event) => {
      this.#error = event;
    });
    on('close', (event: CloseLike) => this.#closed(event));
  }

  #received(event: { readonly data: unknown }): void {
    const refused = this.#acknowledged ? undefined : refusal(event.data);
    if (refused !== undefined) return this.#refused(refused.payload);
    this.onmessage?.(event);
    const operation = this.#connection.operations.received(event.data);
    if (operation !== undefined) this.#sends.heard(operation);
    const about = told(event.data, this.#acknowledged);
    if (about === 'open') this.#acknowledged = true;
    this.#tell(about);
  }

  #subscribe(message: ReturnType<typeof read>, data: string): void {
    const { operations } = this.#connection;
    const operation = operations.of(message);
    const refused = operations.refused(operation);
    // graphql-ws takes no answer before it has sent.
    if (refused !== undefined) return queueMicrotask(() => this.#end([refused]));
    // What is sent over a socket that is closed already goes nowhere, and is sent over the next one.
    if (this.#socket?.readyState === OPEN) this.#sends.subscribe(operation, data);
  }

  /** An operation that nobody wants any more, and that was not sent yet. */
  #dropped(id: unknown): boolean {
    const operation = this.#connection.operations.over(String(id));
    return operation !== undefined && this.#sends.drop(operation);
  }

  #closed(event: CloseLike): void {
    this.#detach();
    if (this.#leaving) return this.onclose?.(event);
    const lost = new SocketClosed(event);
    this.#report(lost);
    this.#end(this.#lost(event));
    // Those that end with it leave first: graphql-ws would have them end twice.
    queueMicrotask(() => {
      // graphql-ws hears of errors before it hears of closes, and takes some codes for final unasked.
      this.#fail(this.#connection.isFinal(lost) ? lost : (this.#error ?? lostBy(event)));
      this.onclose?.(event);
    });
  }

  /** The server would not have it. */
  #refused(payload: unknown): void {
    const error = new ConnectionRefused(payload);
    this.#detach();
    this.#socket?.close(NORMAL, 'Normal Closure');
    const { errors } = { errors: undefined, ...Object(payload) } as { errors: unknown };
    if (this.#permit !== undefined) {
      this.#connection.report(this.#permit, error, {
        errors: Array.isArray(errors) ? errors : [payload],
      });
    }
    if (this.#connection.isFinal(error)) this.#fail(error);
    else this.#restart();
  }

  /** It could not even be begun. */
  #stillborn(error: unknown): void {
    this.#detach();
    this.#report(error);
    if (this.#connection.isFinal(error)) this.#fail(error);
    else this.#restart();
  }

  #detach(): void {
    this.#detached = true;
    this.#sends.shut();
  }

  #report(error: unknown): void {
    if (this.#permit !== undefined) this.#connection.report(this.#permit, error);
  }

  #lost(event: CloseLike | undefined): readonly Ended[] {
    return this.#connection.lost(this, event, this.#acknowledged);
  }

  /** Ends operations as the server would, by a message: graphql-ws has no other way to end one of several. */
  #end(ended: readonly Ended[]): void {
    for (const { id, error } of ended) {
      this.#connection.operations.over(id);
      const data = error === undefined ? { id, type: 'complete' } : errorMessage(id, error);
      this.onmessage?.({ data });
    }
  }

  #tell(about: ReturnType<typeof told>): void {
    if (!this.#detached && !this.#leaving) this.#permit?.receiver.next(about);
  }

  #fail(error: unknown): void {
    this.#connection.know(error);
    this.onerror?.(error);
  }

  #restart(): void {
    const event = { ...RESTART, ...this.#fault };
    this.#connection.know(event);
    this.onclose?.(event);
  }
}

/**
 * An `error` message. graphql-ws lets a list of errors pass and no other payload, and then gives the
 * subscriber what it finds there: the list is for its eyes, the error for theirs.
 */
function errorMessage(id: string, error: Error): object {
  let isChecked = false;
  return {
    id,
    type: 'error',
    get payload(): unknown {
      if (isChecked) return error;
      isChecked = true;
      return [error];
    },
  };
}

function lostBy(event: CloseLike): Error {
  const message = `The socket was closed with ${event.code} and is opened again.`;
  return new Error(message, { cause: event });
}

/** The class for graphql-ws's `webSocketImpl`. */
export function socketClass(
  connection: Connection,
  base: WebSocketClass,
): new (url: string, protocols: string) => ConnectionSocket {
  return class extends ConnectionSocket {
    constructor(url: string, protocols: string) {
      super(connection, base, url, protocols);
    }
  };
}
