import type { Failure, FailureKind } from '../base/failure.ts';
import type { Signal } from '../base/operation.ts';
import type {
  HintReader,
  Match,
  OneOf,
  Profile,
  QuotaReader,
  Seen,
  Verdict,
  VerdictDetail,
} from './profile-form.ts';
import {
  attempt,
  first,
  headerReader,
  isArray,
  isPlain,
  isRecord,
  property,
} from '../base/property.ts';
import { graphqlOverHttp } from './default-profile.ts';
import { ask, decimal, rateLimitWait, waitOf } from './hint.ts';
import { profileComplaint } from './profile-form.ts';

export type { HintReader, Match, Profile, Rule, Seen } from './profile-form.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** Longest chain of `extends` that is followed. */
const DEEPEST = 32;

/** A table of a profile; `numbers` reads a code as the status that it looks like (F2). */
export type Table = 'rules' | 'types' | 'words' | 'codes' | 'numbers' | 'statuses';

/** What is said of an answer or an entry, and by what; without a kind: this is no failure. */
export type Finding = { readonly [key in keyof VerdictDetail]?: VerdictDetail[key] | undefined } & {
  readonly ground?: Table | 'close' | 'transport';
  /** The status that it speaks of, where that is not the answer's. */
  readonly status?: number;
};

/** What the classifier asks a profile, with all that it extends. */
export interface ProfileTables {
  /**
   * What one of the tables says; `undefined` where it says nothing.
   *
   * @param thrown Takes what the profile's callbacks throw (R9).
   */
  readonly finding: (table: Table, seen: Seen, thrown: unknown[]) => Finding | undefined;
  /** Where an entry holds something. */
  readonly paths: (key: 'code' | 'type' | 'docsUrl') => readonly string[];
  readonly hints: readonly HintReader[];
  /** What the profiles themselves advise. */
  readonly advice: (kind: FailureKind | 'outcomeUnknown') => string | undefined;
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
  const chain: Profile[] = [];
  let next: Profile | undefined = profile;
  while (next && next !== graphqlOverHttp && chain.length < DEEPEST) {
    chain.push(next);
    next = next.extends;
  }
  return [...chain, graphqlOverHttp];
}

const laid = /* @__PURE__ */ new WeakMap<Profile, ProfileTables>();

/** Lays a profile over those that it extends. Done once for each profile object. */
export function tablesOf(profile: Profile): ProfileTables {
  let tables = laid.get(profile);
  if (!tables) laid.set(profile, (tables = laidOver(lineage(profile))));
  return tables;
}

function laidOver(chain: readonly Profile[]): ProfileTables {
  const rules = chain.flatMap((profile) => profile.rules ?? []);
  const isNumeric = first(chain, ({ numericCodes }) => numericCodes) !== false;
  const verdicts = new Map<string, Verdict>();
  const lay = (table: string, word: string, verdict: Verdict): unknown =>
    verdicts.set(`${table} ${word}`.toUpperCase(), verdict);
  // What is final and not listed is unauthenticated (T7); of two profiles the nearer one goes before.
  for (const word of finalWords(chain)) lay('words', word, 'unauthenticated');
  for (const profile of [...chain].reverse()) {
    for (const table of ['types', 'codes', 'words'] as const) {
      for (const [word, verdict] of Object.entries(profile[table] ?? {})) lay(table, word, verdict);
    }
  }
  // Where there is no code the type is one, but for words that are a profile's own: GitHub, DGS and Spring have no other.
  for (const [word, verdict] of Object.entries(graphqlOverHttp.codes ?? {}))
    lay('typed', word, verdict);
  const verdictOf = (table: Table, seen: Seen, thrown: unknown[]): Verdict | undefined => {
    const { status, code, type } = seen;
    if (table === 'rules') return rules.find(({ when }) => matches(when, seen, thrown))?.then;
    if (table !== 'statuses') {
      const isTyped = table === 'codes' && !code;
      const key = isTyped ? `typed ${type}` : `${table} ${table === 'types' ? type : code}`;
      return verdicts.get(key.toUpperCase());
    }
    if (isSuccess(status)) return undefined;
    // A class in a profile goes before a parent's single status: only what differs needs saying.
    const verdictsOf = chain.flatMap(({ statuses = {} }) => [
      statuses[status as number],
      statuses[`${status}`.replace(/\B./g, 'x') as '5xx'],
    ]);
    return [...verdictsOf, 'unknown' as const].find((verdict) => verdict !== undefined);
  };
  return {
    finding(ground, seen, thrown) {
      if (ground === 'numbers') {
        if (!isNumeric || !/^[45]\d\d$/.test(seen.code ?? '')) return undefined;
        const status = Number(seen.code);
        const asked = { ...seen, status };
        const found =
          this.finding('rules', asked, thrown) ?? this.finding('statuses', asked, thrown);
        return found && { ...found, ground, status };
      }
      const verdict = verdictOf(ground, seen, thrown);
      if (verdict === undefined) return undefined;
      return { ...(typeof verdict === 'string' ? { kind: verdict } : verdict), ground };
    },
    paths: (key) => [first(chain, ({ keys }) => keys?.[key]) as OneOf<string>].flat(),
    hints: chain.flatMap((profile) => profile.hints ?? []),
    advice: (kind) => first(chain, ({ advice }) => advice?.[kind]),
  };
}

/** Any 2xx, 202 and 294 included (F5); no status at all, as on a socket, is no error either. */
export const isSuccess = (status: number | undefined): boolean =>
  status === undefined || (status >= 200 && status < 300);

/** After which of a token endpoint's words only a sign-in helps (T7). */
const finalWords = (chain: readonly Profile[]): readonly string[] =>
  chain.flatMap(({ auth }) => auth?.finalErrors ?? []);

/** Whether everything that a rule names holds. */
function matches(when: Match, seen: Seen, thrown: unknown[]): boolean {
  const look = (): boolean =>
    (['status', 'code', 'type'] as const).every((key) => isOneOf(when[key], seen[key])) &&
    isMatch(when.message ?? true, seen.message) &&
    Object.entries(when.header ?? {}).every(([name, wanted]) =>
      isMatch(wanted, seen.header(name)),
    ) &&
    (when.test === undefined || when.test(seen) === true);
  return attempt(look, thrown) === true;
}

const isOneOf = (wanted: unknown, value: unknown): boolean =>
  wanted === undefined ||
  (value !== undefined &&
    [wanted].flat().some((one) => `${one}`.toUpperCase() === `${value}`.toUpperCase()));

/** `search` begins where the text does, whatever an earlier answer has left in a pattern with the flag g or y. */
const isMatch = (wanted: string | RegExp | true, value: string | undefined): boolean =>
  value !== undefined &&
  (wanted === true || (typeof wanted === 'string' ? value === wanted : value.search(wanted) >= 0));

const compilations = /* @__PURE__ */ new WeakMap<Profile, CompiledProfile>();

/** What the rest of the core asks a profile, with all that it extends. Done once for each profile object. */
export function compiled(profile: Profile): CompiledProfile {
  let found = compilations.get(profile);
  if (!found) compilations.set(profile, (found = compile(profile)));
  return found;
}

function compile(profile: Profile): CompiledProfile {
  const chain = lineage(profile);
  const finals = new Set(finalWords(chain).map((word) => word.toUpperCase()));
  const quotas = chain.flatMap(({ quota }) => quota ?? []);
  return {
    // The nearest profile's fields go before those of what it extends.
    auth: Object.assign({}, ...chain.map(({ auth }) => auth).reverse()) as CompiledProfile['auth'],
    isFinal: ({ code, type, retryable }) =>
      !retryable && [code, type].some((word = '') => finals.has(word.toUpperCase())),
    outcomeUnknown:
      tablesOf(profile).advice('outcomeUnknown') ??
      (process.env.NODE_ENV !== 'production'
        ? 'Look up whether the operation took effect before sending it again; it may have run.'
        : ''),
    quota: (signal, now) => quotaWait(quotas, signal, now),
  };
}

/**
 * Milliseconds until the next request makes sense, where an answer that serves says that nothing is left
 * (W8). Read are `RateLimit` with `r=0` and `t`, and what the profile trusts; of several the longest
 * counts. Nothing is done for an answer without headers, unless the profile has functions for readers.
 */
function quotaWait(
  readers: readonly QuotaReader[],
  signal: Signal,
  now: number,
): number | undefined {
  const headers = property(signal, 'headers');
  if (!headers && !readers.length) return undefined;
  const header = headerReader(headers);
  const waits = [
    rateLimitWait(header('ratelimit')),
    ...readers.map((reader) => {
      if (typeof reader === 'function') return ask(() => reader(served(signal, header, now)));
      const isExhausted = decimal(header(reader.remaining)) === 0;
      return isExhausted ? waitOf(header(reader.reset), reader.unit, header, now) : undefined;
    }),
  ];
  const longest = Math.max(...waits.map((wait) => wait ?? -1));
  // A stored answer tells of a quota that was (RateLimit draft, section 6).
  return longest < 0 || Number(header('age')) > 0 ? undefined : longest;
}

/** What a reader sees of an answer that nothing is wrong with: no entry, and no code or type. */
function served(signal: Signal, header: Seen['header'], now: number): Seen {
  // A client that has read the body has its parts.
  const { status, body = signal } = signal;
  const beside = signal.extensions ?? property(body, 'extensions');
  return {
    status,
    message: '',
    extensions: isRecord(beside) ? beside : {},
    header,
    body,
    responseExtensions: beside,
    now,
  } as Seen;
}
