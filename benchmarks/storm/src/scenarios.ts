import { ENDLESS_SERVER, ORDINARY_SERVER } from './scenario.ts';
import type { Population, Scenario } from './scenario.ts';
import type { Habitat } from './policy.ts';

const SECOND = 1_000;
/** When a trouble begins; before it everything is as it should be. */
const START = 20 * SECOND;
const MINUTE = 60 * SECOND;

/** How much is simulated. */
export interface Scale {
  /** Tabs that stand for a million, where limits are concerned. */
  readonly tabs: number;
  /** The same where a trouble is looked at in many lengths and forms. */
  readonly sweep: number;
  /** Tabs that return after a common hint. */
  readonly hinted: number;
  /** The same for Holdfast after a hint of one second: all of the million. */
  readonly million: number;
  /** Server processes, each of which sends a hundred queries a second. */
  readonly processes: number;
}

export const FULL: Scale = {
  tabs: 10_000,
  sweep: 2_000,
  hinted: 20_000,
  million: 1_000_000,
  processes: 10,
};

/** Enough to see that everything works; chance is large in it. */
export const QUICK: Scale = {
  tabs: 500,
  sweep: 300,
  hinted: 6_000,
  million: 8_000,
  processes: 3,
};

/** Common hints in seconds; the last is longer than Holdfast waits by default (W4). */
export const HINTS: readonly number[] = [1, 2, 5, 10, 30, 60];
/** How long the server is slow, in seconds. */
export const SLOW: readonly number[] = [5, 10, 15, 20, 30, 40, 60];
/** Capacities of a tab's budget that are tried; 100 is the default (R4). */
export const CAPACITIES: readonly number[] = [14, 28, 56, 100, 200];
/** Shares of requests that fail. */
export const SHARES: readonly number[] = [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9];

/** A million people with the application open in a tab. */
function tabs(simulated: number, more: Partial<Population> = {}): Population {
  return { habitat: 'tab', clients: 1_000_000, simulated, every: 5 * SECOND, burst: 1, ...more };
}

/** Server processes, each of which sends a hundred queries a second. */
function processes(simulated: number): Population {
  return { habitat: 'process', clients: simulated, simulated, every: 10, burst: 1 };
}

/** Nobody is served for a while: each is told so at once, or is not answered, or cannot connect. */
export function outage(
  habitat: Habitat,
  says: 'unavailable' | 'nothing' | 'refused',
  seconds: number,
  scale: Scale,
): Scenario {
  const to = START + seconds * SECOND;
  return {
    id: `${says}-${seconds}-${habitat}`,
    population: habitat === 'tab' ? tabs(scale.sweep) : processes(scale.processes),
    troubles: [{ type: 'outage', says, from: START, to }],
    until: to + MINUTE,
    server: ORDINARY_SERVER,
  };
}

/** The server does a fifth of the normal load, and its queue grows beyond what anybody waits for. */
export function slow(habitat: Habitat, seconds: number, scale: Scale): Scenario {
  const to = START + seconds * SECOND;
  return {
    id: `slow-${seconds}-${habitat}`,
    population: habitat === 'tab' ? tabs(scale.sweep) : processes(scale.processes),
    troubles: [{ type: 'slow', share: 0.2 / ORDINARY_SERVER.headroom, from: START, to }],
    until: to + 2 * MINUTE,
    server: ORDINARY_SERVER,
  };
}

/** Nobody is served for ten seconds, and everybody is told until when. */
export function limit(scale: Scale): Scenario {
  return {
    id: 'limit-10-tab',
    population: tabs(scale.tabs),
    troubles: [{ type: 'limit', from: START, to: START + 10 * SECOND }],
    until: START + 10 * SECOND + MINUTE,
    server: ORDINARY_SERVER,
  };
}

/** A push message makes everybody ask at once, and everybody is told to wait as long. */
export function commonHint(seconds: number, simulated: number): Scenario {
  const to = seconds * SECOND;
  return {
    id: `hint-${seconds}-tab`,
    population: tabs(simulated, { atOnce: true, every: 20 * SECOND }),
    troubles: [{ type: 'limit', from: 0, to }],
    until: to + Math.min(Math.max(to / 2, 1_000), 10_000) + SECOND,
    server: ENDLESS_SERVER,
  };
}

/** A share of all requests fails, for as long as the storm lasts. */
export function failing(habitat: Habitat, share: number, scale: Scale): Scenario {
  return {
    id: `failing-${share * 100}-${habitat}`,
    population: habitat === 'tab' ? tabs(scale.tabs / 5) : processes(scale.processes),
    troubles: [{ type: 'failing', share, from: 0, to: Infinity }],
    until: habitat === 'tab' ? 10 * MINUTE : MINUTE,
    server: ENDLESS_SERVER,
  };
}

/**
 * A deploy revokes every token while pages of four queries are being opened.
 *
 * @param limited the token endpoint issues a tenth of all tokens in ten seconds, and no more.
 */
export function revocation(limited: boolean, scale: Scale): Scenario {
  const calls = Math.ceil(scale.tabs / 10);
  return {
    id: limited ? 'revocation-limited-tab' : 'revocation-tab',
    population: tabs(scale.tabs, { every: 20 * SECOND, burst: 4 }),
    troubles: [{ type: 'revocation', from: START }],
    until: START + 4 * MINUTE,
    server: ORDINARY_SERVER,
    tokens: limited ? { limit: { calls, window: 10 * SECOND } } : {},
  };
}
