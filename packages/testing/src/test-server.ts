import { emptyAnswer, textAnswer, withHeaders } from './answer.ts';
import type { Answer } from './answer.ts';
import { answerOf, changedBy, runsUnder } from './delivery.ts';
import { createFaultQueue } from './fault-queue.ts';
import type { Fault } from './fault.ts';
import { requireNumber } from './options.ts';
import { recordRequest } from './recorded-request.ts';
import type { HttpRequest, OpenRequest, RecordedRequest } from './recorded-request.ts';

/** `'bare'`: pages on other origins may ask, and read no header but those that every page may. */
export type Cors = boolean | 'bare';

/** What every server of this package takes. */
export interface TestServerOptions {
  /** TCP port on 127.0.0.1. Default 0: any free one. */
  readonly port?: number;
  /** Faults to start with; more come by `inject`. Default none. */
  readonly faults?: readonly Fault[];
  /** Milliseconds by which every GraphQL answer is late. Default 0. */
  readonly latency?: number;
  /** Milliseconds by which every token answer is late. Default 0. */
  readonly tokenLatency?: number;
  /**
   * Whether browser pages on other origins may use the server. `true` lets them read its rate-limit headers, too;
   * `'bare'` exposes none, as most servers do: `Retry-After` is then hidden from pages. Default `true`.
   */
  readonly cors?: Cors;
}

/** What every server of this package can do. */
export interface TestServer {
  /** The GraphQL endpoint to give a client. */
  readonly url: string;
  /** Scheme, host and port: `http://127.0.0.1:54321`. */
  readonly origin: string;
  /** Every GraphQL request, in order of arrival; grows as they come. */
  readonly requests: readonly RecordedRequest[];
  /** Every token or login request, in order of arrival; grows as they come. */
  readonly tokenRequests: readonly RecordedRequest[];
  /** How often each root field was executed, by name: `{ hello: 2 }`. A field that never ran is absent. */
  readonly executions: Readonly<Record<string, number>>;
  /**
   * Adds faults behind those that wait already.
   *
   * @throws TypeError, with a sentence that names the field, where a fault is malformed.
   */
  inject(fault: Fault | readonly Fault[]): void;
  /** Drops all faults, also those with `times: Infinity`. What hangs already goes on hanging. */
  clearFaults(): void;
  /** Settles once so many GraphQL requests have arrived, since the start. Rejects where the server is closed first. */
  received(count: number): Promise<void>;
  /** Ends all connections and waits. Nothing keeps the process alive afterwards. Calling it again does nothing. */
  close(): Promise<void>;
}

export type Route = (request: HttpRequest, recorded: RecordedRequest) => Promise<Answer>;

/** What makes one server differ from another. */
export interface Service {
  /** The path that `url` names. */
  readonly endpoint: string;
  readonly graphql: Readonly<Record<string, Route>>;
  readonly tokens: Readonly<Record<string, Route>>;
  readonly executions: Readonly<Record<string, number>>;
  /** The token that a GraphQL request carries. */
  tokenOf(headers: Readonly<Record<string, string>>): string | undefined;
  /** Header fields of every answer. */
  headers?(): Record<string, string>;
}

interface Arrival {
  readonly count: number;
  resolve(): void;
  reject(error: Error): void;
}

/** What the fields of {@link TestServerOptions} may be; port, faults and cors are looked at where they are used. */
export const SERVER_OPTIONS = {
  port: 'anything',
  faults: 'anything',
  latency: 'number',
  tokenLatency: 'number',
  cors: 'anything',
} as const;

/** Waits that end early when the server closes. */
function createWaits(): { wait(ms: number): Promise<void>; end(): void } {
  const waits = new Map<ReturnType<typeof setTimeout>, () => void>();
  return {
    wait: (ms) =>
      ms === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            const timer = setTimeout(() => {
              waits.delete(timer);
              resolve();
            }, ms);
            waits.set(timer, resolve);
          }),
    end() {
      for (const [timer, resolve] of waits) {
        clearTimeout(timer);
        resolve();
      }
      waits.clear();
    },
  };
}

/** What is to be done for a request: all that is left is to deliver it. */
export interface Outcome {
  /** `undefined`: none, ever. */
  readonly answer: Answer | undefined;
  /** Where the connection ends before its time. */
  readonly cut: Fault['reset'];
  /** Notes the status as sent: called where somebody is there to hear it. */
  sent(): void;
}

export type Serve = (request: HttpRequest) => Promise<Outcome>;

/** A server without an address, and all that it is to whoever gives it one. */
export interface Running {
  readonly serve: Serve;
  /** @param disconnect Ends the connections. */
  at(origin: string, disconnect: () => Promise<void>): TestServer;
}

/** What makes a server of a kind: what it answers, and what it can do besides what all can. */
export interface Emulator<Server extends TestServer> {
  readonly service: Service;
  complete(server: TestServer): Server;
}

const NOT_FOUND: Outcome = { answer: textAnswer(404, 'Not Found'), cut: undefined, sent: () => {} };

/** Records, meets faults, runs and waits. Everything that the three servers share, wherever they are. */
export function run(service: Service, options: TestServerOptions): Running {
  requireNumber('latency', options.latency, 0);
  requireNumber('tokenLatency', options.tokenLatency, 0);
  const requests: OpenRequest[] = [];
  const tokenRequests: OpenRequest[] = [];
  const arrivals = new Set<Arrival>();
  const faults = createFaultQueue(options.faults);
  const waits = createWaits();

  function arrived(): void {
    for (const arrival of arrivals) {
      if (requests.length < arrival.count) continue;
      arrivals.delete(arrival);
      arrival.resolve();
    }
  }

  function outcomeOf(
    fault: Fault | undefined,
    own: Answer | undefined,
    recorded: OpenRequest,
  ): Outcome {
    if (fault?.hang === true) return { answer: undefined, cut: undefined, sent: () => {} };
    const plain =
      (fault && answerOf(fault, recorded.headers['accept'] ?? '')) ?? own ?? emptyAnswer(200);
    const whole = withHeaders(plain, service.headers?.() ?? {});
    const answer = fault === undefined ? whole : changedBy(fault, whole);
    const sent = (): void => {
      recorded.status = answer.status;
    };
    return { answer, cut: fault?.reset, sent };
  }

  async function serve(request: HttpRequest): Promise<Outcome> {
    const graphql = service.graphql[request.path];
    const token = request.method === 'POST' ? service.tokens[request.path] : undefined;
    const route = graphql ?? token;
    if (route === undefined) return NOT_FOUND;
    const kind = graphql === undefined ? 'token' : 'graphql';
    const recorded = recordRequest(request, kind, service.tokenOf(request.headers));
    (kind === 'graphql' ? requests : tokenRequests).push(recorded);
    arrived();
    const fault = faults.take(recorded, kind);
    if (fault !== undefined) recorded.fault = fault.name ?? 'fault';
    const own = runsUnder(fault) ? await route(request, recorded) : undefined;
    const latency = kind === 'graphql' ? options.latency : options.tokenLatency;
    await waits.wait((latency ?? 0) + (fault?.delay ?? 0));
    return outcomeOf(fault, own, recorded);
  }

  return {
    serve,
    at: (origin, disconnect) => ({
      url: origin + service.endpoint,
      origin,
      requests,
      tokenRequests,
      executions: service.executions,
      inject: faults.inject,
      clearFaults: faults.clear,
      received: (count) =>
        new Promise((resolve, reject) => {
          arrivals.add({ count, resolve, reject });
          arrived();
        }),
      async close() {
        const closing = disconnect();
        waits.end();
        for (const arrival of arrivals) {
          arrival.reject(
            new Error(
              `The server was closed after ${requests.length} requests, while a test waited for ${arrival.count}.`,
            ),
          );
        }
        arrivals.clear();
        await closing;
      },
    }),
  };
}
