import type { Connection, Holder, Permit } from './connection.ts';
import { told } from './message.ts';
import { Requests } from './requests.ts';
import { SocketClosed } from './socket-closed.ts';
import type { CloseLike } from './socket-closed.ts';
import type { WebSocketClass, WebSocketLike } from './web-socket.ts';

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
 * It stands between them because graphql-ws takes many codes for final without asking anybody.
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
  readonly #requests = new Requests();
  #permit: Permit | undefined;
  #socket: WebSocketLike | undefined;
  /** What the transport said before it closed. */
  #error: unknown;
  #acknowledged = false;
  /** graphql-ws needs it no more. */
  #leaving = false;
  /** Nothing of the real socket is heard any more. */
  #detached = false;

  constructor(connection: Connection, Base: WebSocketClass, url: string, protocols: string) {
    this.#connection = connection;
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
    return this.#requests.none;
  }

  send(data: string): void {
    this.#requests.sent(data);
    this.#socket?.send(data);
    this.#tell('busy');
  }

  close(code?: number, reason?: string): void {
    if (this.#detached) return;
    if (code === NORMAL) {
      this.#leaving = true;
      this.#connection.leave();
    } else if (code === TERMINATED) {
      this.#detached = true;
      this.#report(new SocketClosed(undefined));
    }
    this.#socket?.close(code, reason);
  }

  /** The core has ended the attempt: what comes of it later must reach nobody (S2). */
  abandon(): void {
    if (this.#leaving || this.#detached) return;
    this.#detached = true;
    this.#socket?.close(NORMAL, 'Normal Closure');
    queueMicrotask(() => this.#restart());
  }

  #listen(socket: WebSocketLike): void {
    this.#socket = socket;
    const on = (type: string, handle: (event: never) => void): void => {
      socket.addEventListener(type, (event) => {
        if (!this.#detached) handle(event);
      });
    };
    on('open', (event) => this.onopen?.(event));
    on('message', (event: { readonly data: unknown }) => {
      this.onmessage?.(event);
      this.#requests.received(event.data);
      const about = told(event.data, this.#acknowledged);
      if (about === 'open') this.#acknowledged = true;
      this.#tell(about);
    });
    on('error', (event) => {
      this.#error = event;
    });
    on('close', (event: CloseLike) => this.#closed(event));
  }

  #closed(event: CloseLike): void {
    this.#detached = true;
    if (this.#leaving) return this.onclose?.(event);
    const lost = new SocketClosed(event);
    this.#report(lost);
    // graphql-ws hears of errors before it hears of closes, and takes some codes for final unasked.
    this.#fail(this.#connection.isFinal(lost) ? lost : (this.#error ?? lostBy(event)));
    this.onclose?.(event);
  }

  /** It could not even be begun. */
  #stillborn(error: unknown): void {
    this.#detached = true;
    this.#report(error);
    if (this.#connection.isFinal(error)) this.#fail(error);
    else this.#restart();
  }

  #report(error: unknown): void {
    if (this.#permit !== undefined) this.#connection.report(this.#permit, error);
  }

  #tell(about: ReturnType<typeof told>): void {
    if (!this.#detached && !this.#leaving) this.#permit?.receiver.next(about);
  }

  #fail(error: unknown): void {
    this.#connection.know(error);
    this.onerror?.(error);
  }

  #restart(): void {
    const event = { ...RESTART };
    this.#connection.know(event);
    this.onclose?.(event);
  }
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
