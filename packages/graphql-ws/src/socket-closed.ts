import { ResilienceError } from '@holdfast/core';
import type { Failure } from '@holdfast/core';

/** As much of a CloseEvent as matters here. */
export interface CloseLike {
  readonly code: number;
  readonly reason?: string;
  readonly wasClean?: boolean;
}

/**
 * How a connection ended, as its subscribers get it: an error with the fields of the close event, which is
 * its `cause`. Not the event itself, of which Apollo Client and urql make errors that tell less.
 */
export class SocketClosed extends Error {
  readonly code?: number;
  readonly reason?: string;
  readonly wasClean?: boolean;

  /**
   * @param event `undefined` where this side gave the socket up. 1000 says as little: a server that takes
   *   its leave of somebody who is still subscribed has dropped the line (S4).
   */
  constructor(event: CloseLike | undefined) {
    if (event === undefined || event.code === 1000) {
      super('Socket closed');
      return;
    }
    const { code, reason = '', wasClean = false } = event;
    super(`Socket closed with event ${code} ${reason}`.trimEnd(), { cause: event });
    this.code = code;
    this.reason = reason;
    this.wasClean = wasClean;
  }
}

/** The end of one operation, where the others go on: with the fields of the close event that led to it. */
export class OperationEnded extends ResilienceError {
  readonly code?: number;
  readonly reason?: string;
  readonly wasClean?: boolean;

  constructor(failure: Failure, event: CloseLike | undefined) {
    super(failure);
    if (event === undefined) return;
    const { code, reason = '', wasClean = false } = event;
    this.code = code;
    this.reason = reason;
    this.wasClean = wasClean;
  }
}

/** A server's `connection_error`: what it said in place of an acknowledgement. */
export class ConnectionRefused extends Error {
  /** What the server said, as it stood in the message. */
  readonly payload: unknown;

  constructor(payload: unknown) {
    super(wordsOf(payload));
    this.name = 'ConnectionRefused';
    this.payload = payload;
  }
}

function wordsOf(payload: unknown): string {
  const said =
    typeof payload === 'object' && payload !== null && 'message' in payload
      ? payload.message
      : payload;
  return typeof said === 'string' && said !== '' ? said : 'The server refused the connection';
}
