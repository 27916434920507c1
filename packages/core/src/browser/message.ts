import { tokenFault } from '../session/token.ts';
import type { Stamped } from './stamped.ts';

/** A rate-limit scope that is closed until an instant, epoch milliseconds. */
export interface Closed {
  readonly scope: string;
  readonly until: number;
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
  const { scope, until } = value;
  return typeof scope === 'string' && Number.isFinite(until)
    ? { scope, until: until as number }
    : undefined;
}

/** A value that another tab told, or that lay in a storage; `undefined` where it is none. */
export function stampedOf(value: unknown): Stamped | undefined {
  if (!isObject(value)) return undefined;
  const { generation, at, by, tokens, renewed, signedIn } = value;
  const numbered = Number.isSafeInteger(generation) && (generation as number) > 0;
  if (!numbered || !Number.isSafeInteger(at) || typeof by !== 'string') return undefined;
  if (tokens !== undefined && tokenFault(tokens) !== undefined) return undefined;
  return {
    generation,
    at,
    by,
    ...(tokens === undefined ? {} : { tokens }),
    ...(renewed === true ? { renewed } : {}),
    ...(typeof signedIn === 'string' ? { signedIn } : {}),
  } as Stamped;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
