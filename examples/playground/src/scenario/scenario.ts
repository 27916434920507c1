import { isTroubleName } from './troubles.ts';
import type { TroubleName } from './troubles.ts';

/** Which GraphQL client both sides use. */
export type ClientName = 'apollo' | 'urql';

/** One with Holdfast, one with the pieces that are usual for this client. */
export type Side = 'holdfast' | 'usual';

/** What each side is made of. */
export const PARTS: Readonly<Record<ClientName, Readonly<Record<Side, string>>>> = {
  apollo: { holdfast: 'ResilienceLink', usual: 'ErrorLink, RetryLink, SetContextLink' },
  urql: { holdfast: 'resilienceExchange', usual: 'authExchange, retryExchange' },
};

/** The instant at which every run begins, epoch milliseconds: a date of a rate limit has whole seconds. */
export const BEGINNING: number = Date.UTC(2026, 0, 1);

/** Ten visits of four operations: the forty that the verdict speaks of. */
export const VISITS = 10;

/** Milliseconds. */
export const VISIT_LASTS = 2_000;

/** What is shown of a run: the last one asks a moment before. */
export const RUN_LASTS: number = VISITS * VISIT_LASTS;

/** All that a run depends on: the same scenario has the same numbers, in every browser and at any time. */
export interface Scenario {
  readonly trouble: TroubleName;
  readonly client: ClientName;
  /** How many people use the shop. */
  readonly shoppers: number;
  /** Of latencies and jitter: a whole number from 1. */
  readonly seed: number;
}

/** What a link says: a run, and how fast it is shown. */
export interface Shown {
  readonly scenario: Scenario;
  readonly speed: number;
}

export const SHOPPERS = [1, 3, 10] as const;
export const SPEEDS = [1, 2, 4] as const;

export const FIRST: Scenario = { trouble: 'outage', client: 'apollo', shoppers: 1, seed: 1 };

/** The address of a run, from `#` on. */
export function hashOf({ scenario: { trouble, client, shoppers, seed }, speed }: Shown): string {
  const told = { trouble, client, shoppers, seed, speed };
  const pairs = Object.entries(told).map(([name, value]) => [name, String(value)]);
  return `#${new URLSearchParams(pairs)}`;
}

const among = <T extends number>(allowed: readonly T[], value: string | null): T | undefined =>
  allowed.find((each) => String(each) === value);

/** The run that an address asks for. `undefined`: it asks for none, or for one that there is not. */
export function shownBy(hash: string): Shown | undefined {
  const told = new URLSearchParams(hash.replace(/^#/u, ''));
  const trouble = told.get('trouble') ?? '';
  const client = told.get('client');
  const shoppers = among(SHOPPERS, told.get('shoppers'));
  const speed = among(SPEEDS, told.get('speed'));
  const seed = Number(told.get('seed'));
  if (!isTroubleName(trouble) || (client !== 'apollo' && client !== 'urql')) return undefined;
  if (shoppers === undefined || speed === undefined) return undefined;
  if (!Number.isInteger(seed) || seed < 1 || seed > 999_999) return undefined;
  return { scenario: { trouble, client, shoppers, seed }, speed };
}
