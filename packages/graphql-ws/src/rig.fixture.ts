import { createResilience, failureOf } from '@holdfast/core';
import type {
  AuthOptions,
  Failure,
  RefreshRequest,
  Resilience,
  ResilienceEvent,
  ResilienceOptions,
  Tokens,
} from '@holdfast/core';
import { createTestClock } from '@holdfast/testing/clock';
import type { TestClock } from '@holdfast/testing/clock';
import { createClient } from 'graphql-ws';
import type { Client, ClientOptions } from 'graphql-ws';
import { WebSocket } from 'ws';
import { resilientSocket } from './resilient-socket.ts';
import type { SocketOptions } from './resilient-socket.ts';
import type { SocketServer } from './socket-server.fixture.ts';

/** Turns of the event loop until something is so. */
export async function until(holds: () => boolean, what: string = String(holds)): Promise<void> {
  const end = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`In vain waited for: ${what}`);
    await turn();
  }
}

/** A turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** One subscription, as its subscriber saw it. */
export class Watched {
  readonly values: unknown[] = [];
  readonly errors: unknown[] = [];
  completions = 0;
  end: () => void = () => {};

  get settled(): number {
    return this.errors.length + this.completions;
  }

  get failure(): Failure | undefined {
    return failureOf(this.errors[0]);
  }

  readonly sink = {
    next: (result: { data?: Record<string, unknown> | null }): void => {
      this.values.push(result.data?.['ticks'] ?? result);
    },
    error: (error: unknown): void => {
      this.errors.push(error);
    },
    complete: (): void => {
      this.completions++;
    },
  };
}

export interface RigOptions {
  readonly resilience?: ResilienceOptions;
  readonly auth?: Partial<AuthOptions> | false;
  readonly socket?: SocketOptions;
  readonly client?: Partial<ClientOptions>;
}

/** An instance on a test clock with a graphql-ws client, against a real server. */
export class Rig {
  readonly clock: TestClock = createTestClock();
  readonly server: SocketServer;
  readonly resilience: Resilience;
  readonly client: Client;
  readonly events: ResilienceEvent[] = [];
  /** Sockets that were opened. */
  opened = 0;
  readonly refreshes: RefreshRequest[] = [];
  /** What `refresh` answers with. Default: the next token, which the server takes from then on. */
  renew: () => Promise<Tokens | undefined>;

  constructor(server: SocketServer, { resilience, auth, socket, client }: RigOptions = {}) {
    this.server = server;
    this.renew = () => {
      const accessToken = `t${this.refreshes.length + 1}`;
      server.valid.clear();
      server.valid.add(accessToken);
      return Promise.resolve({ accessToken });
    };
    const signing: AuthOptions = {
      tokens: { accessToken: 't1' },
      refresh: (request) => {
        this.refreshes.push(request);
        return this.renew();
      },
      ...(auth === false ? {} : auth),
    };
    this.resilience = createResilience({
      ...(auth === false ? {} : { auth: signing }),
      clock: this.clock,
      random: () => 0.5,
      onEvent: (event) => void this.events.push(event),
      ...resilience,
    });
    const opening = (): void => void this.opened++;
    this.client = createClient({
      url: server.url,
      onNonLazyError: () => {},
      ...client,
      ...resilientSocket(this.resilience, {
        webSocketImpl: class extends WebSocket {
          constructor(url: string, protocols: string) {
            opening();
            super(url, protocols);
          }
        },
        ...socket,
      }),
    });
  }

  subscribe(query = 'subscription { ticks }'): Watched {
    const watched = new Watched();
    watched.end = this.client.subscribe({ query }, watched.sink);
    return watched;
  }

  /** The server has this many subscriptions on its newest socket, the `nth`. */
  standing(nth: number, subscriptions = 1): Promise<void> {
    const { sockets } = this.server;
    return until(
      () => sockets.length === nth && sockets[nth - 1]!.subscriptions === subscriptions,
      `${subscriptions} on socket ${nth}`,
    );
  }

  /** Publishes a value, and waits until it has come. */
  async receive(watched: Watched, value: number): Promise<void> {
    this.server.publish(value);
    await until(() => watched.values.includes(value), `value ${value}`);
  }

  /** Ends the instance; nothing of it may be left (E3). */
  end(): void {
    this.resilience.dispose();
    if (this.clock.pending > 0) throw new Error(`${this.clock.pending} timers are left.`);
  }

  /** What is waited for now. */
  get waits(): string[] {
    return this.resilience.activity.get().map(({ reason }) => reason);
  }

  async waitsFor(reason: string): Promise<void> {
    await until(() => this.waits.includes(reason), `a wait for ${reason}`);
  }

  types(type: ResilienceEvent['type']): number {
    return this.events.filter((event) => event.type === type).length;
  }
}
