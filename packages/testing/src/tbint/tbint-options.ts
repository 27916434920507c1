import type { TestServerOptions } from '../test-server.ts';

/** A domain of TBInt; each has a path of its own. */
export type TbintDomain = 'sales' | 'products';

/** What `startTbint` takes. Every default is what TBInt documents, where it documents one. */
export interface TbintOptions extends TestServerOptions {
  /** Default `holdfast-user`. */
  readonly username?: string;
  /** Default `holdfast-password`. */
  readonly password?: string;
  /** Milliseconds that a token serves. Default 1,800,000 (30 minutes). */
  readonly tokenLifetime?: number;
  /**
   * Body of a good login's answer, whose form TBInt does not document. Given the token and its lifetime
   * in milliseconds. Default `{ accessToken: token }`.
   */
  readonly loginAnswer?: (token: string, lifetime: number) => object;
  /** GraphQL requests in one window, over all domains. Default `Infinity`: TBInt names no number. */
  readonly limit?: number;
  /** Length of that window in milliseconds. Default 60,000. */
  readonly window?: number;
  /** Domains that the user may use. Default both. */
  readonly permissions?: readonly TbintDomain[];
  /** Status for a token that was good once. TBInt documents both. Default 403. */
  readonly deadTokenStatus?: 401 | 403;
  /** Status for a domain that the user may not use. TBInt documents both. Default 403. */
  readonly forbiddenStatus?: 401 | 403;
  /** `true`: an imported order is answered with 202, not finished, instead of 201. Default `false`. */
  readonly accepted?: boolean;
}

/** One line of an order. */
export interface TbintOrderLine {
  readonly model: string;
  readonly color: string;
  readonly quantity: number;
}

/** An order that was imported. */
export interface TbintOrder {
  readonly orderId: string;
  readonly orderRefNumber: string;
  readonly extOrderId: string;
  readonly salesChannel: string;
  readonly lines: readonly TbintOrderLine[];
}
