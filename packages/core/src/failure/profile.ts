import type { Failure, FailureKind } from '../base/failure.ts';
import type { Signal } from '../base/operation.ts';
import type { Report } from './hint.ts';
import type { HintReader, Match, Profile, Seen, Verdict } from './profile-types.ts';
import { isArray, isPlain } from '../base/property.ts';
import { graphqlOverHttp } from './default-profile.ts';
import { quotaWait } from './hint.ts';
import { profileComplaint } from './profile-check.ts';

export type { HintReader, Match, Profile, Rule, Seen, Verdict } from './profile-types.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** Longest chain of `extends` that is followed. */
const DEEPEST = 32;

/** What the tables of a profile and all that it extends say, whatever the case of their keys. */
export interface ProfileTables {
  /** What the first rule that matches says; `undefined` where none does. */
  readonly rule: (seen: Seen, report: Report) => Verdict | undefined;
  /** What is said of a word. */
  readonly lookUp: (table: 'types' | 'codes' | 'words', word?: string) => Verdict | undefined;
  /** What an HTTP status means. */
  readonly status: (status: number) => Verdict | undefined;
  /** After which of a token endpoint's words only a sign-in helps, in upper case (T7). */
  readonly finals: ReadonlySet<string>;
  readonly numericCodes: boolean;
  readonly keys: Required<NonNullable<Profile['keys']>>;
  readonly hints: readonly HintReader[];
  /** What the profiles themselves advise. */
  readonly advice: Readonly<Partial<Record<FailureKind | 'outcomeUnknown', string>>>;
}

/** What the rest of the core asks a profile. */
export interface CompiledProfile {
  readonly auth: NonNullable<Profile['auth']>;
  /** Whether a failure of the token endpoint is one after which only a sign-in helps (T7). */
  readonly isFinal: (failure: Failure) => boolean;
  /** Advice for a mutation that may have run; in a production build the profile's own, or empty. */
  readonly outcomeUnknown: string;
  /**
   * Milliseconds to leave the scope alone after an answer that serves but says that nothing is left (W8).
   *
   * @param now The wall clock, epoch milliseconds.
   */
  readonly quota: (signal: Signal, now: number) => number | undefined;
}

/**
 * In a development build, checks a profile and answers a frozen copy of it; one that was checked already is
 * answered as it is. In a production build, answers the profile.
 *
 * @throws TypeError In a development build: one sentence that names the field, the value and what is allowed.
 *
 * @example
 * const shop = defineProfile({ name: 'shop', codes: { SESSION_GONE: 'unauthenticated' } });
 */
export function defineProfile(profile: Profile): Profile {
  if (process.env.NODE_ENV !== 'production') {
    if (isDefined(profile)) return profile;
    const complaint = profileComplaint(profile, isDefined);
    if (complaint !== undefined) throw new TypeError(complaint);
    const copy = frozen(profile) as Profile;
    defined.add(copy);
    return copy;
  }
  return profile;
}

const defined = /* @__PURE__ */ new WeakSet<object>();

function isDefined(value: unknown): boolean {
  return value === graphqlOverHttp || defined.has(value as object);
}

/** Patterns keep their `lastIndex`; functions and checked parents stay themselves. */
function frozen(value: unknown): unknown {
  if (!isPlain(value) || isDefined(value)) return value;
  if (isArray(value)) return Object.freeze(value.map(frozen));
  const entries = Object.entries(value as object).map(
    ([key, field]) => [key, frozen(field)] as const,
  );
  return Object.freeze(Object.fromEntries(entries));
}

/** Nearest first, the default one last. A circle or an endless chain ends there. */
function lineage(profile: Profile): readonly Profile[] {
  const chain = new Set<Profile>();
  let next: Profile | undefined = profile;
  while (next && !chain.has(next) && chain.size < DEEPEST) {
    chain.add(next);
    next = next.extends;
  }
  chain.delete(graphqlOverHttp);
  return [...chain, graphqlOverHttp];
}

/** The nearest profile's fields go before those of what it extends. */
function merged<T extends object>(layers: readonly (T | undefined)[]): T {
  return Object.assign({}, ...[...layers].reverse()) as T;
}

const laid = /* @__PURE__ */ new WeakMap<Profile, ProfileTables>();

/** Lays a profile over those that it extends. Done once for each profile object. */
export function tablesOf(profile: Profile): ProfileTables {
  let tables = laid.get(profile);
  if (!tables) laid.set(profile, (tables = lay(lineage(profile))));
  return tables;
}

function lay(chain: readonly Profile[]): ProfileTables {
  const finals = new Set(
    chain.flatMap(({ auth }) => auth?.finalErrors ?? []).map((word) => word.toUpperCase()),
  );
  const furthest = [...chain].reverse();
  const table = (name: 'types' | 'codes' | 'words'): ReadonlyMap<string, Verdict> =>
    new Map(
      furthest
        .flatMap(({ [name]: words = {} }) => Object.entries(words))
        .map(([word, verdict]) => [word.toUpperCase(), verdict]),
    );
  const tables = { types: table('types'), codes: table('codes'), words: table('words') };
  const rules = chain.flatMap((profile) => profile.rules ?? []);
  return {
    rule: (seen, report) =>
      rules.find(({ when }) => {
        try {
          return matches(when, seen);
        } catch (error) {
          report(error);
          return false;
        }
      })?.then,
    lookUp: (name, word = '') => {
      const verdict = tables[name].get(word.toUpperCase());
      const isFinal = verdict === undefined && name === 'words' && finals.has(word.toUpperCase());
      return isFinal ? 'unauthenticated' : verdict;
    },
    status: (status) =>
      // A class in a profile goes before a parent's single status: only what differs needs saying.
      chain
        .flatMap(({ statuses = {} }) => [statuses[status], statuses[classOf(status)]])
        .find((verdict) => verdict !== undefined),
    finals,
    numericCodes: merged(chain).numericCodes !== false,
    keys: merged(chain.map((profile) => profile.keys)) as ProfileTables['keys'],
    hints: chain.flatMap((profile) => profile.hints ?? []),
    advice: merged(chain.map((profile) => profile.advice)),
  };
}

function classOf(status: number): '5xx' {
  return `${Math.floor(status / 100)}xx` as '5xx';
}

const compilations = /* @__PURE__ */ new WeakMap<Profile, CompiledProfile>();

/** What the rest of the core asks a profile, with all that it extends. Done once for each profile object. */
export function compiled(profile: Profile): CompiledProfile {
  let found = compilations.get(profile);
  if (!found) compilations.set(profile, (found = compile(profile)));
  return found;
}

function compile(profile: Profile): CompiledProfile {
  const { finals, advice } = tablesOf(profile);
  const chain = lineage(profile);
  const quotas = chain.flatMap(({ quota }) => quota ?? []);
  return {
    auth: merged(chain.map(({ auth }) => auth)),
    isFinal: ({ code = '', type = '', retryable }) =>
      !retryable && (finals.has(code.toUpperCase()) || finals.has(type.toUpperCase())),
    outcomeUnknown:
      advice.outcomeUnknown ??
      (process.env.NODE_ENV !== 'production'
        ? 'Look up whether the operation took effect before sending it again; it may have run.'
        : ''),
    quota: (signal, now) => quotaWait(quotas, signal, now),
  };
}

/** Whether everything that a rule names holds. */
function matches(when: Match, seen: Seen): boolean {
  return (
    isOneOf(when.status, seen.status) &&
    isOneOf(when.code, seen.code) &&
    isOneOf(when.type, seen.type) &&
    (when.message === undefined || isMatch(when.message, seen.message)) &&
    Object.entries(when.header ?? {}).every(([name, wanted]) => {
      const value = seen.header(name);
      if (value === undefined || wanted === true) return value !== undefined;
      return typeof wanted === 'string' ? value === wanted : isMatch(wanted, value);
    }) &&
    (when.test === undefined || when.test(seen) === true)
  );
}

function isOneOf(wanted: unknown, value: string | number | undefined): boolean {
  const upper = (word: unknown): string => String(word).toUpperCase();
  return (
    wanted === undefined ||
    (value !== undefined && [wanted].flat().some((word) => upper(word) === upper(value)))
  );
}

/** A pattern with the flag g or y would go on where it stopped in another answer. */
function isMatch(pattern: RegExp, value: string): boolean {
  pattern.lastIndex = 0;
  const found = pattern.test(value);
  pattern.lastIndex = 0;
  return found;
}
