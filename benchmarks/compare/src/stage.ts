import type { FaultServer, RecordedRequest } from '@holdfast/testing';
import { Application } from './application.ts';
import type { Seen } from './observed.ts';
import type { Outcome } from './outcome.ts';
import { settled } from './outcome.ts';
import type { Request, StackClient } from './stack.ts';

/** Longer than any stack has to wait in a scenario; what has not come by then counts as never settled. */
const DEADLINE = 20_000;

/** What a scenario plays on: one server, one application, one client. */
export class Stage {
  readonly server: FaultServer;
  readonly application: Application;
  readonly #start: (application: Application) => StackClient;
  #client: StackClient | undefined;
  #closed = { from: 0, until: 0 };
  #allowed = 0;
  #wanted = Infinity;

  constructor(server: FaultServer, start: (application: Application) => StackClient) {
    this.server = server;
    this.application = new Application(server);
    this.#start = start;
  }

  /** Set up when first asked for, so that a scenario may prepare the application before. */
  get client(): StackClient {
    this.#client ??= this.#start(this.application);
    return this.#client;
  }

  query(request: Request): Promise<Outcome> {
    return this.client.query(request).outcome;
  }

  /** So many queries in one go, numbered from 1. */
  atOnce(count: number, request: (number: number) => Request): Promise<Outcome>[] {
    return Array.from({ length: count }, (_, index) => this.query(request(index + 1)));
  }

  /** So many operations, one after the other in so many milliseconds each, numbered from 1. */
  async oneEvery(
    ms: number,
    count: number,
    run: (number: number) => Promise<Outcome>,
  ): Promise<Promise<Outcome>[]> {
    const outcomes: Promise<Outcome>[] = [];
    for (let number = 1; number <= count; number += 1) {
      outcomes.push(run(number));
      if (number < count) await pause(ms);
    }
    return outcomes;
  }

  /** The outcomes, once all are there or the deadline is over. */
  settled(outcomes: readonly Promise<Outcome>[]): Promise<Outcome[]> {
    return settled(outcomes, DEADLINE);
  }

  /**
   * From now on the server refuses everything, for so many milliseconds.
   *
   * @param allowed requests that may come meanwhile: those that learn of it.
   */
  close(
    ms: number,
    refusal: { readonly status: number; readonly headers?: Readonly<Record<string, string>> },
    allowed = 1,
  ): void {
    const from = Date.now();
    this.#closed = { from, until: from + ms };
    this.#allowed = allowed;
    const until = from + ms;
    this.server.inject({
      ...refusal,
      body: 'Come back later.',
      contentType: 'text/plain',
      on: ({ path }) => path === '/graphql' && Date.now() < until,
      times: Infinity,
    });
  }

  /** What is sent from now on is sent although nobody wants it. */
  gaveUp(): void {
    this.#wanted = this.server.requests.length;
  }

  observe(outcomes: readonly Outcome[]): Seen {
    const { requests, tokenRequests, executions } = this.server;
    const closed = ({ at }: RecordedRequest): boolean =>
      at >= this.#closed.from && at < this.#closed.until;
    return {
      outcomes,
      requests,
      tokenCalls: tokenRequests.length,
      executions,
      tooEarly: requests.filter(closed).slice(this.#allowed),
      afterwards: requests.slice(this.#wanted),
    };
  }

  async end(): Promise<void> {
    this.#client?.close();
    await this.server.close();
  }
}

/** Real time, since peers cannot be given a clock. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
