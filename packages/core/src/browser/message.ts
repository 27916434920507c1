import { checkedShared } from '../base/tokens.ts';
import type { ClosedReason, SharedTokens } from '../base/tokens.ts';

/** Tokens as tabs tell them to each other: with who decided on them, and when. */
export interface Stamped extends SharedTokens {
  /** Epoch milliseconds, and later than those of what it took the place of, whatever the clock did. */
  readonly at: number;
  /** The tab that decided. */
  readonly by: string;
}

/** A scope that is closed until an instant, epoch milliseconds. */
export interface Closed {
  readonly scope: string;
  readonly until: number;
  readonly reason: ClosedReason;
}

/** What tabs say to each other. */
export type Message =
  /** What do you know? */
  | { readonly type: 'ask' }
  | {
      readonly type: 'answer';
      /** The ask that it answers. */
      readonly to: string;
      /** Absent: nothing is stored. */
      readonly value?: Stamped | undefined;
      readonly closed: readonly Closed[];
    }
  | { readonly type: 'tokens'; readonly value: Stamped }
  | ({ readonly type: 'closed' } & Closed);

/** A message under way: the form's version, its sender, and its number there. */
export type Envelope = Message & {
  readonly holdfast: 1;
  readonly from: string;
  readonly id: string;
};

/** How many closed scopes are kept and told. */
export const SCOPES_KEPT = 100;

type Fields = Readonly<Record<string, unknown>>;

/** A message of this version; `undefined` for whatever else came over the channel. */
export function envelopeOf(data: unknown): Envelope | undefined {
  if (!isObject(data) || data['holdfast'] !== 1) return undefined;
  const { from, id, type } = data;
  if (typeof from !== 'string' || typeof id !== 'string') return undefined;
  const message = type === 'answer' ? answerOf(data) : otherOf(data);
  return message === undefined ? undefined : { ...message, holdfast: 1, from, id };
}

function answerOf({ to, value, closed }: Fields): Message | undefined {
  if (typeof to !== 'string' || !Array.isArray(closed)) return undefined;
  const known = stampedOf(value);
  if (value !== undefined && known === undefined) return undefined;
  const scopes = closed.slice(0, SCOPES_KEPT).flatMap((one: unknown) => closedOf(one) ?? []);
  return { type: 'answer', to, value: known, closed: scopes };
}

function otherOf(data: Fields): Message | undefined {
  if (data['type'] === 'ask') return { type: 'ask' };
  if (data['type'] === 'closed') {
    const closed = closedOf(data);
    return closed && { type: 'closed', ...closed };
  }
  const value = data['type'] === 'tokens' ? stampedOf(data['value']) : undefined;
  return value && { type: 'tokens', value };
}

function closedOf(value: unknown): Closed | undefined {
  if (!isObject(value)) return undefined;
  const { scope, until, reason } = value;
  return typeof scope === 'string' && Number.isFinite(until)
    ? { scope, until: until as number, reason: reason === 'outage' ? 'outage' : 'rate_limit' }
    : undefined;
}

/** A value that another tab told, or that lay in a storage; `undefined` where it is none. */
export function stampedOf(value: unknown): Stamped | undefined {
  if (!isObject(value)) return undefined;
  const { at, by } = value;
  const shared = checkedShared(value);
  if (shared === undefined || shared.generation === 0) return undefined;
  if (!Number.isSafeInteger(at) || typeof by !== 'string') return undefined;
  return { ...shared, at: at as number, by };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** What takes the place of `previous` when a tab stores `next`. */
export function stamp(
  next: SharedTokens,
  previous: Stamped | undefined,
  by: string,
  now: number,
): Stamped {
  // Generation 1 is what an application starts with where nobody answers: no decision of anybody's, so
  // it is older than whatever a tab may come forward with that was busy or frozen.
  const start = previous === undefined && next.generation === 1 && next.tokens !== undefined;
  return { ...next, by, at: start ? 0 : Math.max(now, (previous?.at ?? 0) + 1) };
}

/**
 * The newer of two values. Where one followed on the other, that is the one with the higher generation.
 * Where they came to be apart from each other (a tab was frozen, a reopened tab brings its own storage,
 * a browser has no locks), it is the one decided later, under a number above both: no tab's session takes
 * up a number that it has seen. All tabs come to the same answer, in whichever order they hear.
 */
export function newest(one: Stamped | undefined, other: Stamped | undefined): Stamped | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  if (one.at === other.at && one.by === other.by) {
    return one.generation >= other.generation ? one : other;
  }
  const first = one.at === other.at ? one.by > other.by : one.at > other.at;
  const [later, earlier] = first ? [one, other] : [other, one];
  if (later.generation > earlier.generation) return later;
  return { ...later, generation: earlier.generation + 1 };
}
