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
  /** The whole body, parsed or as text, where `data` and `errors` are not given. */
  readonly body?: unknown;
  /** What the transport failed with. Status, headers and body that it carries are read from it. */
  readonly error?: unknown;
  /** How a socket was closed. */
  readonly close?: { readonly code: number; readonly reason?: string } | undefined;
  /** The wall clock's value when the answer came, epoch ms. Default: `Date.now()`. */
  readonly now?: number | undefined;
}
