import type { HintReader, Profile, QuotaHeaders, Rule, Verdict } from './profile.ts';
import type { ExtensionKeys } from './error-entry.ts';
import { defaultProfile } from './default-profile.ts';

/** Longest chain of `extends` that is followed. */
const DEEPEST = 32;

/** A profile with all that it extends, ready for look-ups. Keys of tables are upper-case. */
export interface ResolvedProfile {
  readonly rules: readonly Rule[];
  readonly types: ReadonlyMap<string, Verdict>;
  readonly codes: ReadonlyMap<string, Verdict>;
  readonly words: ReadonlyMap<string, Verdict>;
  /** By `404` or `4XX`. */
  readonly statuses: ReadonlyMap<string, Verdict>;
  readonly numericCodes: boolean;
  readonly keys: ExtensionKeys;
  readonly hints: readonly HintReader[];
  readonly quota: readonly QuotaHeaders[];
  readonly auth: NonNullable<Profile['auth']>;
  /** What `auth.finalErrors` says, upper-case. */
  readonly finalErrors: ReadonlySet<string>;
  readonly advice: ReadonlyMap<string, string>;
}

const resolved = new WeakMap<Profile, ResolvedProfile>();

/**
 * Lays a profile over those that it extends, the default one last. Done once for each profile object.
 *
 * @example
 * resolveProfile(breeze).auth.refreshAhead; // 300000
 */
export function resolveProfile(profile: Profile): ResolvedProfile {
  let found = resolved.get(profile);
  if (found === undefined) {
    found = lay(lineage(profile));
    resolved.set(profile, found);
  }
  return found;
}

/** Nearest first. A circle or an endless chain ends at the default profile. */
function lineage(profile: Profile): readonly Profile[] {
  const chain = new Set<Profile>();
  let next: Profile | undefined = profile;
  while (
    next !== undefined &&
    next !== defaultProfile &&
    !chain.has(next) &&
    chain.size < DEEPEST
  ) {
    chain.add(next);
    next = next.extends;
  }
  return [...chain, defaultProfile];
}

function lay(chain: readonly Profile[]): ResolvedProfile {
  const upward = [...chain].reverse();
  return {
    rules: chain.flatMap((profile) => profile.rules ?? []),
    types: table(upward.map((profile) => profile.types)),
    codes: table(upward.map((profile) => profile.codes)),
    words: table(upward.map((profile) => profile.words)),
    statuses: statusTable(upward),
    numericCodes: chain.find((profile) => profile.numericCodes !== undefined)?.numericCodes ?? true,
    keys: Object.assign(
      { code: 'code', type: 'type', docsUrl: 'docs_url' },
      ...upward.map((profile) => profile.keys),
    ) as ExtensionKeys,
    hints: chain.flatMap((profile) => profile.hints ?? []),
    quota: chain.flatMap((profile) => profile.quota ?? []),
    auth: Object.assign({}, ...upward.map((profile) => profile.auth)) as ResolvedProfile['auth'],
    finalErrors: new Set(
      chain.flatMap(({ auth }) => auth?.finalErrors ?? []).map((word) => word.toUpperCase()),
    ),
    advice: new Map(upward.flatMap((profile) => Object.entries(profile.advice ?? {}))),
  };
}

function table(
  layers: readonly (Readonly<Record<string, Verdict>> | undefined)[],
): ReadonlyMap<string, Verdict> {
  const entries = layers.flatMap((layer) => Object.entries(layer ?? {}));
  return new Map(entries.map(([key, verdict]) => [key.toUpperCase(), verdict]));
}

/** A class in a profile goes before a parent's single status: only what differs needs saying. */
function statusTable(upward: readonly Profile[]): ReadonlyMap<string, Verdict> {
  const statuses = new Map<string, Verdict>();
  for (const { statuses: layer = {} } of upward) {
    const entries = Object.entries(layer).map(
      ([key, verdict]) => [key.toUpperCase(), verdict] as const,
    );
    for (const [key] of entries.filter(([name]) => name.endsWith('XX'))) {
      for (const known of statuses.keys()) if (known[0] === key[0]) statuses.delete(known);
    }
    for (const [key, verdict] of entries) if (verdict !== undefined) statuses.set(key, verdict);
  }
  return statuses;
}
