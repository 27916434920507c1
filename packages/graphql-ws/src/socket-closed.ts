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
