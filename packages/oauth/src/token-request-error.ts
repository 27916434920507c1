/** What {@link TokenRequestError} is made from. Everything in it is free of secrets already. */
export interface TokenRefusal {
  readonly message: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly cause?: unknown;
}

/**
 * The token endpoint answered, and its answer holds no tokens.
 *
 * `status`, `headers` and `body` are what the session reads to tell a final refusal from one that may
 * pass (T6, T7) and to find the wait that the server asks for (W1). No field holds a client secret, a
 * password, a token or the URL's query.
 *
 * @example
 * if (error instanceof TokenRequestError && error.status === 401) alertOperator(error.message);
 */
export class TokenRequestError extends Error {
  override readonly name: string = 'TokenRequestError';
  /** HTTP status. 0 where a browser hides that of a redirect. */
  readonly status: number;
  /** Names in lower case; only those that say what went wrong or how long to wait. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON, else text; at most 64 KiB. Of a success without tokens only the shape. */
  readonly body: unknown;

  constructor(refusal: TokenRefusal) {
    super(refusal.message, 'cause' in refusal ? { cause: refusal.cause } : undefined);
    this.status = refusal.status;
    this.headers = refusal.headers;
    this.body = refusal.body;
  }
}
