import type { Fault, RecordedRequest } from '@holdfast/testing';
import type { TroubleName } from './troubles.ts';

/** A trouble that is on: from one instant to another, epoch milliseconds. */
export interface Spell {
  readonly name: TroubleName;
  readonly from: number;
  readonly until: number;
}

const LOCK = 800;
const LOCK_PERIOD = 2_000;

const SLOW = 1_000;

type Kind = 'graphql' | 'token';

/** Requests of this kind that arrive during the spell. */
function during(spell: Spell, kind: Kind): (request: RecordedRequest) => boolean {
  const path = `/${kind}`;
  return (request) => request.path === path && request.at >= spell.from && request.at < spell.until;
}

/** What a server has to be told for a spell; nothing where the trouble is of another kind. */
function faultsOf(spell: Spell): readonly Fault[] {
  const fault = (kind: Kind, what: Fault): Fault => ({
    name: spell.name,
    on: during(spell, kind),
    times: Infinity,
    ...what,
  });
  switch (spell.name) {
    case 'token-endpoint':
      return [fault('token', { status: 503, html: true })];
    case 'limit-hint': {
      // A date, so that it is the same instant for whoever asks during the spell.
      const date = new Date(spell.until).toUTCString();
      return [fault('graphql', { status: 429, headers: { 'retry-after': date } })];
    }
    case 'limit':
      return [fault('graphql', { status: 429 })];
    case 'locked': {
      const on = during(spell, 'graphql');
      const locked = ({ at }: RecordedRequest): boolean => (at - spell.from) % LOCK_PERIOD < LOCK;
      return [fault('graphql', { status: 423, on: (request) => on(request) && locked(request) })];
    }
    case 'failing':
      return [fault('graphql', { status: 500, execute: true })];
    case 'slow':
      return [fault('graphql', { delay: SLOW }), fault('token', { delay: SLOW })];
    default:
      return [];
  }
}

/** Refusals go first: a request meets one fault at most, and what is refused is not late. */
export function faultsOfAll(spells: readonly Spell[]): readonly Fault[] {
  return spells.flatMap(faultsOf).toSorted((one, other) => (one.delay ?? 0) - (other.delay ?? 0));
}
