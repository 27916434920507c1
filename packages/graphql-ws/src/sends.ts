import type { Cancel, Clock } from '@holdfast/core';
import { SOON } from './operations.ts';
import type { Operation, Operations } from './operations.ts';

/** Jobs after which everybody who has waited for a socket has sent over it: graphql-ws takes fewer. */
const JOBS = 16;

interface Held {
  readonly operation: Operation;
  readonly data: string;
}

/**
 * Sends the operations of one socket. While one of them is on trial the others wait: a socket that is then
 * closed was closed over that one (S4).
 */
export class Sends {
  readonly #operations: Operations;
  readonly #socket: object;
  readonly #clock: Clock;
  readonly #transmit: (data: string) => void;
  #held: Held[] = [];
  #alone: Operation | undefined;
  #timer: Cancel | undefined;
  /** Nothing more is sent over this socket. */
  #shut = false;

  /** @param socket stands for the socket in `operations`. */
  constructor(
    operations: Operations,
    socket: object,
    clock: Clock,
    transmit: (data: string) => void,
  ) {
    this.#operations = operations;
    this.#socket = socket;
    this.#clock = clock;
    this.#transmit = transmit;
  }

  subscribe(operation: Operation, data: string): void {
    const { trial } = this.#operations;
    if (this.#shut) return this.#hold({ operation, data });
    if (operation === trial) return this.#try(operation, data);
    if (operation.heard || (trial === undefined && this.#alone === undefined)) {
      return this.#send({ operation, data });
    }
    this.#hold({ operation, data });
    // Whoever was to be tried may have been given up meanwhile.
    if (this.#held.length === 1) later(JOBS, () => this.#goOn());
  }

  /** @returns whether it was still to be sent. */
  drop(operation: Operation): boolean {
    const waiting = this.#held.length;
    this.#held = this.#held.filter((held) => held.operation !== operation);
    if (operation === this.#alone) this.#release();
    return this.#held.length < waiting;
  }

  /** Something has come of an operation. */
  heard(operation: Operation): void {
    if (operation === this.#alone) this.#release();
  }

  /** Holds back whatever comes from now on. */
  shut(): void {
    this.#shut = true;
    this.#timer?.();
  }

  #try(operation: Operation, data: string): void {
    this.#alone = operation;
    this.#operations.trial = undefined;
    this.#send({ operation, data });
    this.#timer = this.#clock.after(SOON, () => {
      operation.losses = 0;
      this.#release();
    });
  }

  #goOn(): void {
    if (this.#alone === undefined) this.#release();
  }

  #hold(held: Held): void {
    held.operation.held = true;
    this.#held.push(held);
  }

  #release(): void {
    if (this.#shut) return;
    this.#timer?.();
    this.#alone = undefined;
    this.#operations.trial = undefined;
    const held = this.#held.splice(0);
    for (const one of held) this.#send(one);
  }

  #send({ operation, data }: Held): void {
    this.#operations.sent(operation, this.#socket);
    this.#transmit(data);
  }
}

function later(jobs: number, run: () => void): void {
  if (jobs === 0) run();
  else queueMicrotask(() => later(jobs - 1, run));
}
