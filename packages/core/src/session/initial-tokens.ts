import type { Clock } from '../model/clock.ts';
import type { AuthOptions, SharedTokens, Tokens } from '../model/tokens.ts';
import { isPromiseLike } from '../time/promise-like.ts';
import { within } from '../time/within.ts';
import type { Settled } from '../time/within.ts';
import type { Sharing } from './sharing.ts';
import type { Note } from '../observe/notes.ts';
import { takeTokens } from './token.ts';
import type { Taken } from './token.ts';

export interface InitialTokens {
  readonly auth: AuthOptions & { readonly refreshTimeout: number };
  readonly sharing: Sharing | undefined;
  readonly clock: Clock;
  readonly note: Note;
  /** The application's reader is of no use (T12); `message` names no secret. */
  unreadable(message: string): void;
  /** Called once: at once where the reader answers at once and nobody shares. */
  found(found: SharedTokens | undefined): void;
}

/** Finds what a session starts with: what siblings have, else what the application gives (T12). */
export function readTokens(parts: InitialTokens): void {
  if (parts.sharing === undefined) own(parts, (tokens) => parts.found(numbered(tokens)));
  else void shared(parts, parts.sharing).then(parts.found);
}

async function shared(parts: InitialTokens, sharing: Sharing): Promise<SharedTokens | undefined> {
  const stored = await sharing.read();
  if (stored.generation > 0) return stored;
  const tokens = await new Promise<Tokens | undefined>((resolve) => own(parts, resolve));
  const first = numbered(tokens);
  if (first === undefined) return undefined;
  // Of several siblings that start at once, one stores its tokens; the others take those.
  const won = await sharing.replace(0, first);
  return won === false ? ((await sharing.newerThan(0)) ?? first) : first;
}

function numbered(tokens: Tokens | undefined): SharedTokens | undefined {
  return tokens === undefined ? undefined : { generation: 1, tokens };
}

function own(
  { auth, clock, note, unreadable }: InitialTokens,
  found: (tokens?: Tokens) => void,
): void {
  const { tokens: reader } = auth;
  if (typeof reader !== 'function') return found(reader);
  const read = (settled: Settled<Tokens | undefined>): void => {
    const { tokens, fault } = takenFrom(settled, note);
    if (fault !== undefined) unreadable(fault);
    found(tokens);
  };
  let answer: ReturnType<typeof reader> | PromiseLike<Tokens | undefined>;
  try {
    answer = reader.call(auth);
  } catch (error) {
    return read({ type: 'error', error });
  }
  if (!isPromiseLike(answer)) return read({ type: 'value', value: answer });
  const coming = answer;
  void within(clock, auth.refreshTimeout, undefined, () => coming).then(read);
}

function takenFrom(settled: Settled<Tokens | undefined>, note: Note): Partial<Taken> {
  switch (settled.type) {
    case 'value':
      return settled.value === undefined ? {} : takeTokens(settled.value, note);
    case 'error':
      return { fault: 'the function in auth.tokens failed' };
    default:
      return { fault: 'the function in auth.tokens did not answer in time' };
  }
}
