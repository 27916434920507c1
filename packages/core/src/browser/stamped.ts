import type { SharedTokens } from '../model/tokens.ts';
import { FIRST_SIGN_IN } from '../session/token.ts';

/** Tokens as tabs tell them to each other: with who decided on them, and when. */
export interface Stamped extends SharedTokens {
  /** Epoch milliseconds, and later than those of what it took the place of, whatever the clock did. */
  readonly at: number;
  /** The tab that decided. */
  readonly by: string;
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

/** The first sign-in goes without saying, but not where it takes the place of another (T11b). */
function told(later: Stamped, earlier: Stamped): Stamped {
  const someone = later.tokens !== undefined || later.renewed === true;
  const unsaid = someone && later.signedIn === undefined;
  return unsaid && earlier.signedIn !== undefined ? { ...later, signedIn: FIRST_SIGN_IN } : later;
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
  const [winner, earlier] = first ? [one, other] : [other, one];
  const later = told(winner, earlier);
  if (later.generation > earlier.generation) return later;
  return { ...later, generation: earlier.generation + 1 };
}
