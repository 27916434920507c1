import type { Resilience, ResilienceEvent, WaitReason } from '@holdfast/core';
import type { TestServer } from '@holdfast/testing';
import type { Answer } from './client.ts';

/** What was measured while a scenario ran. */
export interface Measured {
  readonly requests: number;
  readonly tokenCalls: number;
  /** The longest wait for each reason, in milliseconds. */
  readonly waits: ReadonlyMap<WaitReason, number>;
  /** Milliseconds. */
  readonly elapsed: number;
}

/** Counts what arrives at a server, and times what the instance waits for. */
export class Observation {
  readonly #server: TestServer;
  readonly #begun = performance.now();
  readonly #waiting = new Map<number, { reason: WaitReason; since: number }>();
  readonly #waits = new Map<WaitReason, number>();

  constructor(server: TestServer, resilience: Resilience) {
    this.#server = server;
    resilience.subscribe((event) => this.#heard(event));
  }

  end(): Measured {
    return {
      requests: this.#server.requests.length,
      tokenCalls: this.#server.tokenRequests.length,
      waits: this.#waits,
      elapsed: performance.now() - this.#begun,
    };
  }

  #heard(event: ResilienceEvent): void {
    if (event.type === 'wait') {
      this.#ended(event.operation);
      this.#waiting.set(event.operation, { reason: event.reason, since: performance.now() });
    } else if (event.type === 'attempt_started' || event.type === 'operation_ended') {
      this.#ended(event.operation);
    }
  }

  #ended(operation: number): void {
    const wait = this.#waiting.get(operation);
    if (wait === undefined) return;
    this.#waiting.delete(operation);
    const ms = performance.now() - wait.since;
    this.#waits.set(wait.reason, Math.max(ms, this.#waits.get(wait.reason) ?? 0));
  }
}

const REASONS: Readonly<Record<WaitReason, string>> = {
  tokens: 'initial tokens',
  refresh: 'token',
  backoff: 'backoff',
  rate_limit: 'limit',
  outage: 'outage',
  offline: 'offline',
};

export function waitsInWords({ waits }: Measured): string {
  const told = [...waits].map(([reason, ms]) => `${REASONS[reason]} ${seconds(ms)}`);
  return told.length === 0 ? 'none' : told.join('\n');
}

export function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** How the answers came out, in numbers. */
export function outcomeInWords(answers: readonly Answer[]): string {
  const whole = answers.filter(({ data, error }) => data !== undefined && error === undefined);
  const partial = answers.filter(({ data, error }) => data !== undefined && error !== undefined);
  const failed = answers.filter(({ data }) => data === undefined);
  const kinds = new Set(failed.map(({ failure }) => `${failure?.kind}, ${failure?.stopped}`));
  return [
    whole.length > 0 ? `${whole.length} answered` : '',
    partial.length > 0 ? `${partial.length} in part` : '',
    failed.length > 0 ? `${failed.length} failed (${[...kinds].join('; ')})` : '',
  ]
    .filter((part) => part !== '')
    .join('\n');
}
