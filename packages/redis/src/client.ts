import type { Unsubscribe } from '@holdfast/core';

/** A connection of its own, for messages: node-redis. */
interface NodeRedisSubscriber {
  on(event: string, listener: (...values: never[]) => void): unknown;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  unsubscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
}

/** What is used of node-redis: `createClient`, `createCluster` and `createSentinel` answer it. */
export interface NodeRedisClient {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  sendCommand(...values: never[]): Promise<unknown>;
}

/** What is used of ioredis and iovalkey, of a `Cluster` of theirs too. */
export interface IoredisClient {
  eval(script: string, numberOfKeys: number, ...values: string[]): Promise<unknown>;
  defineCommand(...values: never[]): unknown;
  duplicate(): unknown;
}

/** What is used of valkey-glide's `GlideClient` and `GlideClusterClient`. */
export interface GlideClient {
  customCommand(command: string[]): Promise<unknown>;
  invokeScript(...values: never[]): Promise<unknown>;
}

/** A client of node-redis, ioredis, iovalkey or valkey-glide. */
export type RedisClient = NodeRedisClient | IoredisClient | GlideClient;

/** What is heard of a channel. */
export interface Hearing {
  readonly channel: string;
  message(text: string): void;
  /** The channel is heard from here on; before, something may have been missed. */
  joined(): void;
  /** It is not heard for a reason that lasts. */
  failed(error: unknown): void;
}

/** The one thing that all four clients can be asked for. */
export interface Connection {
  /** Runs a script; all keys are of one hash tag. */
  run(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  /** Hears a channel, on a connection of its own, until the answer is called. */
  hear(hearing: Hearing): Unsubscribe;
  /** Whether `joined` is called again whenever the connection was lost. */
  readonly tellsOfReturns: boolean;
}

/** The client in the one form that is used here; `undefined` where it is none of the four. */
export function connectionOf(client: unknown, subscriber: unknown): Connection | undefined {
  if (has(client, ['customCommand', 'invokeScript'])) {
    return new GlideConnection(client as GlideClient, subscriber as GlideSubscriber | undefined);
  }
  if (has(client, ['eval', 'defineCommand', 'duplicate'])) {
    return new IoredisConnection(client as IoredisClient);
  }
  if (has(client, ['eval', 'sendCommand']))
    return new NodeRedisConnection(client as NodeRedisClient);
  return undefined;
}

/** Whether messages can be taken from it: a GlideClient beside the one for commands. */
export function isSubscriber(client: unknown): boolean {
  return has(client, ['subscribe', 'unsubscribe', 'getPubSubMessage']);
}

function has(value: unknown, methods: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return methods.every((method) => typeof fields[method] === 'function');
}

class NodeRedisConnection implements Connection {
  readonly tellsOfReturns: boolean;
  readonly #client: NodeRedisClient;

  constructor(client: NodeRedisClient) {
    this.#client = client;
    this.tellsOfReturns = canConnect(client);
  }

  run(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    return this.#client.eval(script, { keys: [...keys], arguments: [...values] });
  }

  hear({ channel, message, joined, failed }: Hearing): Unsubscribe {
    const client = this.#client;
    // A cluster and a sentinel keep a connection for messages themselves.
    const own = canConnect(client) ? client.duplicate() : undefined;
    const subscriber = own ?? (client as unknown as NodeRedisSubscriber);
    let isOver = false;
    const listener = (text: string): void => message(text);
    const begin = async (): Promise<void> => {
      await own?.connect();
      if (isOver) return;
      await subscriber.subscribe(channel, listener);
      joined();
    };
    let hasBegun = false;
    // Without a listener it would throw; what is lost meanwhile is read again when it is ready.
    own?.on('error', () => {});
    own?.on('ready', () => {
      if (hasBegun) joined();
    });
    const begun = begin().then(
      () => void (hasBegun = true),
      (error: unknown) => {
        if (!isOver) failed(error);
      },
    );
    return () => {
      isOver = true;
      if (own !== undefined) own.destroy();
      // Whoever closes the client first has ended this, too.
      else void begun.then(() => subscriber.unsubscribe(channel, listener)).catch(() => undefined);
    };
  }
}

interface OwnNodeRedisClient {
  duplicate(): OwnNodeRedisClient & NodeRedisSubscriber;
  connect(): Promise<unknown>;
  destroy(): void;
}

/** A client for one server: the others have no single connection that could be doubled. */
function canConnect(client: unknown): client is OwnNodeRedisClient {
  return has(client, ['duplicate', 'connect', 'destroy', 'hello']) && !has(client, ['nodeClient']);
}

interface IoredisSubscriber {
  /** `wait`: it connects only once it is asked for something. */
  readonly status: string;
  connect(): Promise<void>;
  on(event: 'ready' | 'error', listener: (error: unknown) => void): unknown;
  on(event: 'message', listener: (channel: string, text: string) => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}

class IoredisConnection implements Connection {
  readonly tellsOfReturns: boolean;
  readonly #client: IoredisClient;

  constructor(client: IoredisClient) {
    this.#client = client;
    // A cluster says nothing of the node that its messages come from.
    this.tellsOfReturns = !has(client, ['nodes']);
  }

  run(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    return this.#client.eval(script, keys.length, ...keys, ...values);
  }

  hear({ channel, message, joined, failed }: Hearing): Unsubscribe {
    const subscriber = this.#client.duplicate() as IoredisSubscriber;
    let isOver = false;
    const join = (): void => {
      // Once more where it has subscribed again by itself: only the answer says that nothing is missed any more.
      subscriber.subscribe(channel).then(joined, (error: unknown) => {
        if (!isOver) failed(error);
      });
    };
    subscriber.on('message', (of, text) => {
      if (of === channel) message(text);
    });
    // Without a listener it would be printed; what is lost meanwhile is read again when it is ready.
    subscriber.on('error', () => {});
    subscriber.on('ready', join);
    // With `lazyConnect`. It tries again by itself, and says so above.
    if (subscriber.status === 'wait') subscriber.connect().catch(() => undefined);
    return () => {
      isOver = true;
      subscriber.disconnect();
    };
  }
}

interface GlideSubscriber {
  subscribe(channels: string[], timeout: number): Promise<void>;
  unsubscribe(channels: string[], timeout: number): Promise<void>;
  getPubSubMessage(): Promise<{ readonly channel: unknown; readonly message: unknown }>;
}

/** How long valkey-glide may take for a subscription, in milliseconds. */
const SUBSCRIBING = 5_000;

class GlideConnection implements Connection {
  readonly tellsOfReturns = false;
  readonly #client: GlideClient;
  readonly #subscriber: GlideSubscriber | undefined;

  constructor(client: GlideClient, subscriber: GlideSubscriber | undefined) {
    this.#client = client;
    this.#subscriber = subscriber;
  }

  run(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown> {
    return this.#client.customCommand(['EVAL', script, String(keys.length), ...keys, ...values]);
  }

  hear({ channel, message, joined, failed }: Hearing): Unsubscribe {
    const subscriber = this.#subscriber;
    // Its clients cannot be doubled: without a second one, the store is read now and then.
    if (subscriber === undefined) {
      joined();
      return () => {};
    }
    const over = new AbortController();
    const listen = async (): Promise<void> => {
      while (!over.signal.aborted) {
        const { channel: of, message: text } = await subscriber.getPubSubMessage();
        if (!over.signal.aborted && String(of) === channel) message(String(text));
      }
    };
    const begun = subscriber.subscribe([channel], SUBSCRIBING).then(
      () => {
        if (over.signal.aborted) return;
        joined();
        listen().catch((error: unknown) => {
          if (!over.signal.aborted) failed(error);
        });
      },
      (error: unknown) => {
        if (!over.signal.aborted) failed(error);
      },
    );
    return () => {
      over.abort();
      // Whoever closes the client first has ended this, too.
      void begun.then(() => subscriber.unsubscribe([channel], SUBSCRIBING)).catch(() => undefined);
    };
  }
}
