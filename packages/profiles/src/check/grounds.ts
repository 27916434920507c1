import type { Failure, Match, Profile, Rule, Seen, Signal, Verdict } from '@holdfast/core';
import { classify, graphqlOverHttp, waitHint } from '@holdfast/core';

/** Longest chain of `extends` that is followed, as the core follows it. */
const DEEPEST = 32;

/** What a profile makes of an answer, and why. */
export interface Reading {
  readonly failure: Failure | undefined;
  /** What led to the kind. */
  readonly why: string;
  /** What named the wait. */
  readonly waitFrom: string | undefined;
}

/** Classifies an answer, and finds out what decided. */
export function read(signal: Signal & { readonly now: number }, profile: Profile): Reading {
  const matched: { readonly rule: Rule; readonly owner: string }[] = [];
  const watched = watch(profile, (rule, owner) => matched.push({ rule, owner }));
  const failure = classify(signal, watched);
  if (failure === undefined) return { failure, why: '', waitFrom: undefined };
  const own = matched.find(({ rule }) => kindOf(rule.then) === failure.kind);
  const why = own
    ? `a rule of ${own.owner}: ${described(own.rule.when)}`
    : ((signal.error === undefined ? undefined : transport(failure)) ??
      worded(failure, profile) ??
      otherwise(failure, signal, profile));
  return { failure, why, waitFrom: waitSource(failure, signal, profile) };
}

/** The same profile, telling which of its rules matched. `test` is asked last, when all else holds. */
function watch(
  profile: Profile,
  tell: (rule: Rule, owner: string) => void,
  depth: number = DEEPEST,
): Profile {
  const rules = profile.rules?.map((rule) => {
    const test = (seen: Seen): boolean => {
      const holds = rule.when.test === undefined || rule.when.test(seen) === true;
      if (holds) tell(rule, profile.name);
      return holds;
    };
    return { when: { ...rule.when, test }, then: rule.then };
  });
  const parent = profile.extends ?? (profile === graphqlOverHttp ? undefined : graphqlOverHttp);
  return {
    ...profile,
    ...(rules && { rules }),
    ...(parent && depth > 0 && { extends: watch(parent, tell, depth - 1) }),
  };
}

function kindOf(verdict: Verdict | undefined): string | undefined {
  return typeof verdict === 'string' ? verdict : verdict?.kind;
}

function lineage(profile: Profile): readonly Profile[] {
  const chain: Profile[] = [];
  let next: Profile | undefined = profile;
  while (next && chain.length < DEEPEST && !chain.includes(next)) {
    chain.push(next);
    next = next.extends;
  }
  return chain.includes(graphqlOverHttp) ? chain : [...chain, graphqlOverHttp];
}

/** What a rule asks for, in words. */
function described({ status, code, type, message, header: headers, test }: Match): string {
  const parts = [
    status !== undefined && `status ${[status].flat().join(' or ')}`,
    code !== undefined && `code ${[code].flat().join(' or ')}`,
    type !== undefined && `type ${[type].flat().join(' or ')}`,
    message && `message ${String(message)}`,
    headers && `header ${Object.keys(headers).join(', ')}`,
    test && 'a test of its own',
  ];
  return parts.filter(Boolean).join(', ');
}

/** Which table knows the failure's type, code or word. */
function worded(failure: Failure, profile: Profile): string | undefined {
  const { type, code, source } = failure;
  const tables = [
    ['types', 'type', type],
    ['codes', 'code', code],
    ['words', 'word', source === 'token-endpoint' ? code : undefined],
  ] as const;
  for (const [table, noun, word] of tables) {
    const owner = lineage(profile).find((one) =>
      Object.entries(one[table] ?? {}).some(
        ([key, verdict]) =>
          key.toUpperCase() === word?.toUpperCase() && kindOf(verdict) === failure.kind,
      ),
    );
    if (owner) return `${noun} ${word}, by ${owner.name}`;
  }
  const isFinal = lineage(profile).some(({ auth }) =>
    auth?.finalErrors?.some((word) => word.toUpperCase() === code?.toUpperCase()),
  );
  return isFinal && source === 'token-endpoint'
    ? `word ${code}, after which only a sign-in helps`
    : undefined;
}

function transport({ source, code }: Failure): string | undefined {
  if (source !== 'network' && source !== 'client') return undefined;
  return `what the transport failed with${code === undefined ? '' : ` (${code})`}`;
}

function otherwise(failure: Failure, signal: Signal, profile: Profile): string {
  const { kind, code = '', status, source } = failure;
  const challenge =
    /\b(?:invalid_token|insufficient_scope|insufficient_user_authentication)\b/.exec(
      header(signal, 'www-authenticate') ?? '',
    )?.[0];
  if (challenge !== undefined && (kind === 'unauthenticated' || kind === 'forbidden')) {
    return `${challenge} in WWW-Authenticate`;
  }
  if (kind === 'unknown') return `nothing in it that ${profile.name} knows`;
  if (kind === 'bad_response') return 'a body that is no GraphQL answer';
  if (source === 'socket') return `close code ${code}`;
  if (source === 'graphql' && /^[45]\d\d$/.test(code))
    return `code ${code}, read as that HTTP status`;
  return `HTTP status ${status}`;
}

const WAIT_HEADERS = [
  'retry-after',
  'ratelimit',
  'ratelimit-reset',
  'x-ratelimit-reset',
  'x-rate-limit-reset',
];

/** The header that named the wait, or the profile whose reader found it. */
function waitSource(
  { retryAt }: Failure,
  signal: Signal & { readonly now: number },
  profile: Profile,
): string | undefined {
  if (retryAt === undefined) return undefined;
  const date = header(signal, 'date');
  const named = WAIT_HEADERS.find((name) => {
    const value = header(signal, name);
    const alone = {
      ...(value !== undefined && { [name]: value }),
      ...(date !== undefined && { date }),
    };
    return waitHint(alone, signal.now) === retryAt - signal.now;
  });
  return named ?? `a reader of ${profile.name}`;
}

/** A header's value, whatever form the headers of a recording have. */
function header({ headers }: Signal, wanted: string): string | undefined {
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers ?? {});
  const found = (pairs as readonly (readonly [string, unknown])[]).find(
    ([name]) => name.toLowerCase() === wanted,
  );
  return found === undefined ? undefined : String(found[1]);
}
