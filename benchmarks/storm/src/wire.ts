import type { Cancel } from '@holdfast/core';
import type { Measures } from './measures.ts';
import type { Answer, Server } from './server.ts';
import type { Timeline } from './timeline.ts';
import type { TokenEndpoint } from './token-endpoint.ts';

/** Milliseconds that a token call takes. */
const TOKEN_CALL = 100;

/** The network: all that clients and servers say to each other goes over it, and is measured there. */
export class Wire {
  readonly #timeline: Timeline;
  readonly #server: Server;
  readonly #tokens: TokenEndpoint;
  readonly #measures: Measures;

  constructor(timeline: Timeline, server: Server, tokens: TokenEndpoint, measures: Measures) {
    this.#timeline = timeline;
    this.#server = server;
    this.#tokens = tokens;
    this.#measures = measures;
  }

  /**
   * Sends a request.
   *
   * @param token as the endpoint issued it; `undefined` for none.
   */
  send(client: number, token: string | undefined, receive: (answer: Answer) => void): Cancel {
    const sentAt = this.#timeline.monotonic();
    const measures = this.#measures;
    measures.sent(client, sentAt);
    const issued = token === undefined ? undefined : Number(token);
    const { answer, at } = this.#server.receive(sentAt, issued);
    return this.#timeline.after(at - sentAt, () => {
      measures.answered(client, at, sentAt, answer);
      receive(answer);
    });
  }

  /** Asks for a token, which says when it was issued. Resolves to the answer and the token. */
  askForToken(client: number): Promise<{ readonly answer: Answer; readonly token: string }> {
    const asked = this.#timeline.monotonic();
    this.#measures.called(client, asked);
    const answer = this.#tokens.receive(asked);
    return new Promise((resolve) => {
      this.#timeline.after(TOKEN_CALL, () => {
        this.#measures.tokenAnswered(client, asked + TOKEN_CALL, answer);
        this.#timeline.promised();
        resolve({ answer, token: String(asked) });
      });
    });
  }
}
