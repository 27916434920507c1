import { failureOf } from '@holdfast/core';
import type { LoadOperation } from '../load/operation.ts';
import type { Answer, PlaygroundClient } from './client.ts';

/** What a client's application has seen since the counts began. */
export interface ClientCounts {
  /** Operations asked for. */
  readonly asked: number;
  /** Of all, those without an answer yet. */
  readonly open: number;
  /** Answered with an error and without data. */
  readonly failed: number;
  /** Answered with data and an error. */
  readonly partial: number;
  /** Requests sent although the server had said until when to wait. */
  readonly early: number;
}

/** The newest answer without data, in words. */
export interface LastFailure {
  readonly operation: string;
  readonly message: string;
  /** Holdfast's: what to do about it. */
  readonly advice: string | undefined;
}

const NONE: ClientCounts = { asked: 0, open: 0, failed: 0, partial: 0, early: 0 };

/** Counts what becomes of the operations of one client. */
export class Tally {
  readonly #client: PlaygroundClient;
  #counts = NONE;
  #early = 0;
  lastFailure: LastFailure | undefined;

  constructor(client: PlaygroundClient) {
    this.#client = client;
  }

  counts(): ClientCounts {
    return { ...this.#counts, early: this.#client.early() - this.#early };
  }

  /** Begins anew. What is open stays open. */
  reset(): void {
    this.#counts = { ...NONE, open: this.#counts.open };
    this.#early = this.#client.early();
    this.lastFailure = undefined;
  }

  async ask(operation: LoadOperation): Promise<void> {
    this.#add({ asked: 1, open: 1 });
    const answer = await this.#client.ask(operation).catch(rejected);
    this.#add({ open: -1 });
    const { data, error } = answer;
    if (error === undefined) return;
    if (data != null) {
      this.#add({ partial: 1 });
      return;
    }
    this.#add({ failed: 1 });
    this.lastFailure = inWords(operation, error);
  }

  #add(more: Partial<ClientCounts>): void {
    const counts = { ...this.#counts };
    for (const [name, by] of Object.entries(more)) counts[name as keyof ClientCounts] += by;
    this.#counts = counts;
  }
}

/** A client that rejects has failed its user as well. */
function rejected(error: unknown): Answer {
  return { data: undefined, error: error instanceof Error ? error : new Error(String(error)) };
}

function inWords({ name }: LoadOperation, error: Error): LastFailure {
  return { operation: name, message: error.message, advice: failureOf(error)?.advice };
}
