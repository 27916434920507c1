import type { ShareChange, SharedTokens } from '../model/tokens.ts';
import type { Note } from '../observe/notes.ts';
import { takeTokens } from './token.ts';

/** No application has so many sign-ins and refreshes: beyond it, counting on would lose the count. */
const HIGHEST_GENERATION = 2 ** 50;
/** The longest name of a sign-in that is looked at. */
const LONGEST_NAME = 200;

/**
 * A value that a share holds, as one of our own; `undefined` where it is none (X6). Anything may write
 * where it is stored: another version, another application, a hand.
 */
export function sharedValue(given: unknown, note: Note): SharedTokens | undefined {
  try {
    return read(given, note);
  } catch {
    // What cannot be read without an error is no value.
    return undefined;
  }
}

function read(given: unknown, note: Note): SharedTokens | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { generation, tokens, renewed, signedIn } = given as Readonly<Record<string, unknown>>;
  if (!Number.isSafeInteger(generation)) return undefined;
  const number = generation as number;
  if (number < 1 || number > HIGHEST_GENERATION) return undefined;
  const named = typeof signedIn === 'string' && signedIn.length <= LONGEST_NAME ? { signedIn } : {};
  if (tokens === undefined) {
    return { generation: number, ...(renewed === true ? { renewed } : {}), ...named };
  }
  const taken = takeTokens(tokens, note);
  return taken.tokens && { generation: number, tokens: taken.tokens, ...named };
}

/** What a share tells of a sibling, as far as it is something. */
export function sharedChange(given: unknown, note: Note): ShareChange | undefined {
  try {
    return change(given, note);
  } catch {
    return undefined;
  }
}

function change(given: unknown, note: Note): ShareChange | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { type, value, scope, until } = given as Readonly<Record<string, unknown>>;
  if (type === 'tokens') return { type, value: sharedValue(value, note) };
  const closed = type === 'closed' && typeof scope === 'string' && Number.isFinite(until);
  return closed ? { type, scope, until: until as number } : undefined;
}
