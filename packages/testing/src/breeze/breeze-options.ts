import type { TestServerOptions } from '../test-server.ts';

/** What `startBreeze` takes. Every default is what Breeze documents, where it documents one. */
export interface BreezeOptions extends TestServerOptions {
  /** Default `holdfast-client`. */
  readonly clientId?: string;
  /** Default `holdfast-secret`. */
  readonly clientSecret?: string;
  /** Milliseconds that a token serves; told to clients as `expires_in` in whole seconds, 1 at least. Default 3,600,000. */
  readonly tokenLifetime?: number;
  /** GraphQL requests in one window, whoever sends them. Default 3,600. */
  readonly limit?: number;
  /** Length of that window in milliseconds. Default 3,600,000. */
  readonly window?: number;
  /** Token requests of one client in one window. Default 100. */
  readonly tokenLimit?: number;
  /** Length of that window in milliseconds. Default 3,600,000. */
  readonly tokenWindow?: number;
  /** Roles of the user that the client acts as. Default `['user']`, which all documented operations need. */
  readonly roles?: readonly string[];
  /** Tenants that the user has access to; the first is its main one. Default `['tenant-1']`. */
  readonly tenants?: readonly string[];
  /** Whether GraphQL answers carry `X-RateLimit-Limit`, `-Remaining` and `-Reset`. Default `true`. */
  readonly rateLimitHeaders?: boolean;
  /** Unit of `X-RateLimit-Reset`, rounded up, so that waiting for it is always enough. Default `seconds`. */
  readonly resetUnit?: 'seconds' | 'milliseconds';
  /** Milliseconds by which the server's clock is ahead, in `Date` and `X-RateLimit-Reset`. Default 0. */
  readonly clockSkew?: number;
  /** HTTP status of an answer with `UNAUTHENTICATED`, which Breeze does not document. Default 200. */
  readonly unauthenticatedStatus?: 200 | 401;
}

/** One value of an order: `data_field` and exactly one of the value keys. */
export type BreezeOrderValue = Readonly<Record<string, unknown>> & { readonly data_field: string };

/** An order that was placed, and cannot be taken back. */
export interface BreezeOrder {
  readonly _id: string;
  readonly credential_number: string;
  readonly status: string;
  /** ISO 8601. */
  readonly created: string;
  readonly template_id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly external_id: string | undefined;
  readonly data: readonly BreezeOrderValue[];
}
