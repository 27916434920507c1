/** Header fields in whatever form a client has them. Names may be in any case. */
export type HeadersLike =
  Headers | Readonly<Record<string, string>> | Iterable<readonly [string, string]>;

/**
 * Everything one answer can tell about how it went. All of it is optional, and none of it is trusted
 * to have the shape that it should have (F1).
 */
export interface Signal {
  /** HTTP status. */
  readonly status?: number | undefined;
  readonly headers?: HeadersLike | undefined;
  /** `data` of the execution result; `undefined` where the result has no such key. */
  readonly data?: unknown;
  /** `errors` of the execution result, with those of incremental chunks. */
  readonly errors?: unknown;
  /** `extensions` of the execution result: what stands beside `errors`. */
  readonly extensions?: unknown;
  /**
   * The whole body, parsed or as text. Where `data` and `errors` are not given they are read from it;
   * where they are, a profile's own functions still find in it what else the server sent (F12).
   */
  readonly body?: unknown;
  /**
   * What was read is not one whole answer: it is longer than 64 KiB, it broke off, it answered several
   * operations at once, or it came from where a redirect had led. It proves nothing about what ran (F9).
   */
  readonly incomplete?: boolean | undefined;
  /** What the transport failed with. Status, headers and body that it carries are read from it. */
  readonly error?: unknown;
  /** How a socket was closed. */
  readonly close?: { readonly code: number; readonly reason?: string } | undefined;
  /** How many root fields the operation selects, where that is known. */
  readonly rootFields?: number | undefined;
  /** The wall clock's value when the answer came, epoch ms. Default: `Date.now()`. */
  readonly now?: number | undefined;
}
