/** What goes wrong with an API, and when. Instants in virtual milliseconds. */
export type Trouble =
  /** Nobody is served, and each request is told so in this way. */
  | (Span & {
      readonly type: 'outage';
      /** 503 at once; nothing until the gateway says 504; or no connection (ECONNREFUSED). */
      readonly says: 'unavailable' | 'nothing' | 'refused';
    })
  /** A share of requests gets a 503 at once: some of the machines behind a balancer are broken. */
  | (Span & { readonly type: 'failing'; readonly share: number })
  /** The server does only this share of the requests a second that it does otherwise. */
  | (Span & { readonly type: 'slow'; readonly share: number })
  /** Everything is answered 429, with the whole seconds until the end as Retry-After. */
  | (Span & { readonly type: 'limit' })
  /** Every token issued before this instant is rejected: a deploy with new keys. */
  | { readonly type: 'revocation'; readonly from: number };

export interface Span {
  readonly from: number;
  readonly to: number;
}

type SpanOf<T extends Trouble['type']> = Extract<Trouble, Span & { readonly type: T }>;

/** The trouble of a sort that is in force at an instant. */
export function inForce<T extends SpanOf<Trouble['type']>['type']>(
  troubles: readonly Trouble[],
  type: T,
  now: number,
): SpanOf<T> | undefined {
  return troubles.find(
    (trouble): trouble is SpanOf<T> =>
      trouble.type === type && 'to' in trouble && now >= trouble.from && now < trouble.to,
  );
}

/** When tokens were revoked last, as seen from an instant. */
export function revokedBefore(troubles: readonly Trouble[], now: number): number {
  let last = -Infinity;
  for (const { type, from } of troubles) {
    if (type === 'revocation' && from <= now) last = Math.max(last, from);
  }
  return last;
}

/** When the last trouble is over. */
export function endOf(troubles: readonly Trouble[]): number {
  return Math.max(0, ...troubles.map((trouble) => ('to' in trouble ? trouble.to : trouble.from)));
}
