import type { FailureKind, Signal } from '@holdfast/core';
import type * as profiles from '../../src/index.ts';

export type ApiName = keyof typeof profiles;

/** When each response of the tables came, epoch milliseconds. */
export const NOW: number = Date.UTC(2026, 0, 1);

/** One response of an API, and what its profile has to make of it. */
export interface Told {
  /** What it shows. */
  readonly says: string;
  /**
   * `documented`: as the API's documentation has it; `source`: as its source code makes it; `seen`: as
   * public fixtures have it; `composed`: put together by us from such facts.
   */
  readonly from: 'documented' | 'source' | 'seen' | 'composed';
  readonly signal: Signal;
  /** `null`: no failure. */
  readonly kind: FailureKind | null;
  /** Milliseconds that the response says to wait; left out: none. */
  readonly wait?: number;
  /** It proves that the operation did not run. Left out: it does not. */
  readonly executed?: false;
  /** A fresh token may cure it. Left out: it does not. */
  readonly freshToken?: true;
}

/** The responses of one API. */
export type Responses = Readonly<Partial<Record<ApiName, readonly Told[]>>>;

/** A GraphQL answer with one error, without data and without a path. */
export function refused(
  message: string,
  extensions?: object,
  more: Partial<Signal> & { readonly entry?: object } = {},
): Signal {
  const { entry, ...rest } = more;
  const error = { message, ...(extensions && { extensions }), ...entry };
  return { status: 200, body: { errors: [error] }, ...rest };
}

/** A GraphQL answer in which one field of several failed. */
export function partly(message: string, extensions: object = {}, entry: object = {}): Signal {
  const error = { message, path: ['me'], extensions, ...entry };
  return { status: 200, body: { data: { me: null, other: { id: '1' } }, errors: [error] } };
}

/** An answer that is no GraphQL. */
export function answered(
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Signal {
  return { status, headers, body };
}

/** The epoch in seconds, so many seconds after the response. */
export function epoch(seconds: number): string {
  return String(NOW / 1_000 + seconds);
}

/** What every dead token leads to: nothing ran, and a fresh one may cure it. */
export const DEAD = { kind: 'unauthenticated', executed: false, freshToken: true } as const;
