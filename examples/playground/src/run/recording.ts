import type { ActivityState, LimitState, SessionState, StopReason } from '@holdfast/core';
import type { HistoryEvent } from '@holdfast/react/devtools';

/** An operation, as the application saw it. Instants are milliseconds since the run began. */
export interface OperationRecord {
  readonly number: number;
  readonly kind: 'query' | 'mutation';
  readonly name: 'Products' | 'Cart' | 'PlaceOrder';
  /** Whose it is, from 0. */
  readonly shopper: number;
  readonly at: number;
  readonly end: number;
  /** `failed`: an error and no data. `partial`: data and an error. */
  readonly outcome: 'answered' | 'partial' | 'failed';
  readonly message?: string | undefined;
  /** Holdfast's: why it was not tried again. */
  readonly stopped?: StopReason | undefined;
}

/** A request that arrived at the API, or did not get so far. */
export interface RequestRecord {
  readonly kind: 'graphql' | 'token';
  /** Whose client has sent it. */
  readonly shopper: number;
  readonly at: number;
  readonly end: number;
  /** Absent: there was no answer. */
  readonly status?: number | undefined;
  /** Whether it was answered with what it asked for, all of it or a part. */
  readonly served: boolean;
  /** Whether it got so far as the API. */
  readonly arrived: boolean;
  /** Until when the answer asked to wait. */
  readonly hint?: number | undefined;
}

/** That a shopper is signed in from an instant on, or no more. */
export interface SignInRecord {
  readonly at: number;
  readonly shopper: number;
  readonly signedIn: boolean;
}

/** What an instance of Holdfast tells about itself, from an instant on: its instants are epoch milliseconds. */
export interface StandingRecord {
  readonly at: number;
  readonly online: boolean;
  readonly session: SessionState;
  readonly limits: LimitState;
  readonly activity: ActivityState;
}

/** Nothing has happened yet. */
export const NOTHING: Recording = {
  shoppers: 1,
  operations: [],
  requests: [],
  placedTwice: [],
  signIns: [],
  standings: [],
  events: [],
  end: 0,
};

/** All that happened on one side, from the beginning to the last answer. */
export interface Recording {
  /** How many there are, each with a client and a session of his own. */
  readonly shoppers: number;
  readonly operations: readonly OperationRecord[];
  readonly requests: readonly RequestRecord[];
  /** When an order was placed that had been placed before, and which. */
  readonly placedTwice: readonly { readonly at: number; readonly number: number }[];
  readonly signIns: readonly SignInRecord[];
  /** Of the first shopper, with Holdfast alone. */
  readonly standings: readonly StandingRecord[];
  /** Of the first shopper, for a timeline: its instants are epoch milliseconds. */
  readonly events: readonly HistoryEvent[];
  /** When the last operation was answered. */
  readonly end: number;
}
