import * as fc from '../properties.ts';

/** How far below the root the field of an entry lies; `none`: it speaks of no field. */
export type Steps = 'none' | 0 | 1 | 2;

/** One entry of `errors[]`. */
export interface Entry {
  readonly code: string | undefined;
  readonly steps: Steps;
}

/** One answer to a mutation, and all that decides whether anything ran before it. */
export interface ServerAnswer {
  readonly status: number;
  readonly media: Media;
  readonly data: 'absent' | 'null' | 'partial' | 'empty';
  readonly entries: readonly Entry[];
  /**
   * `cut`: the connection breaks within the body. `short`: the body ends too early, as if that were all.
   * `oversized`: more than 64 KiB of it come before `errors`. `crowded`: more than 100 entries.
   */
  readonly body: 'whole' | 'cut' | 'short' | 'oversized' | 'crowded' | 'empty';
  /** What comes in parts says that more will follow, and it does not. */
  readonly hasNext: boolean;
}

/** One mutation: how many root fields it has, and what it is answered, attempt by attempt; in the end well. */
export interface Plan {
  readonly rootFields: 1 | 2;
  readonly answers: readonly ServerAnswer[];
}

export const MEDIA = [
  'application/json',
  'application/graphql-response+json',
  'text/plain',
  'text/html',
  'multipart/mixed; boundary="-"',
  'text/event-stream',
  '',
] as const;
export type Media = (typeof MEDIA)[number];

const STATUSES = [
  200, 202, 303, 400, 401, 403, 404, 408, 409, 421, 423, 425, 429, 500, 502, 503, 504,
] as const;

const CODES = [
  'UNAUTHENTICATED',
  'RATE_LIMITED',
  'GRAPHQL_VALIDATION_FAILED',
  'INTERNAL_SERVER_ERROR',
  'SERVICE_UNAVAILABLE',
  'FORBIDDEN',
  'LOCKED',
  '401',
  '429',
  '503',
  undefined,
] as const;

/** Codes by which a server says that it has looked at a request's credentials, rate or text, and no further. */
const REFUSING: ReadonlySet<string | undefined> = new Set([
  'UNAUTHENTICATED',
  'RATE_LIMITED',
  'GRAPHQL_VALIDATION_FAILED',
  '401',
  '429',
]);
const REFUSING_STATUSES: ReadonlySet<number> = new Set([401, 423, 425, 429]);

const entry: fc.Arbitrary<Entry> = fc.record({
  code: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('UNAUTHENTICATED', 'RATE_LIMITED') },
    { weight: 2, arbitrary: fc.constantFrom(...CODES) },
  ),
  steps: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Steps>('none') },
    { weight: 3, arbitrary: fc.constantFrom<Steps>(1, 2) },
    { weight: 1, arbitrary: fc.constant<Steps>(0) },
  ),
});

const answer: fc.Arbitrary<ServerAnswer> = fc.record({
  status: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(200, 401, 429) },
    { weight: 3, arbitrary: fc.constantFrom(...STATUSES) },
  ),
  media: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(MEDIA[0], MEDIA[1]) },
    { weight: 2, arbitrary: fc.constantFrom(...MEDIA) },
  ),
  data: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('absent' as const, 'null' as const) },
    { weight: 1, arbitrary: fc.constantFrom('partial' as const, 'empty' as const) },
  ),
  entries: fc.array(entry, { maxLength: 3 }),
  body: fc.oneof(
    { weight: 6, arbitrary: fc.constant('whole' as const) },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        'cut' as const,
        'short' as const,
        'oversized' as const,
        'crowded' as const,
        'empty' as const,
      ),
    },
  ),
  hasNext: fc.boolean(),
});

/** All that can come of a mutation. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  rootFields: fc.constantFrom(1 as const, 2 as const),
  answers: fc.array(answer, { minLength: 1, maxLength: 3 }),
});

/**
 * Whether the server ran anything before it answered so. It is as bad as it may be: it runs the mutation
 * whenever the answer, as far as a client can see all of it, leaves that open.
 */
export function hasRun(given: ServerAnswer, rootFields: number, inBatch: boolean): boolean {
  const { status, data, entries, body, media } = given;
  // `fetch` itself sends again what was answered so; a server that answers so has not run it (RFC 9110 15.5.20).
  if (status === 421) return false;
  if (inBatch || status === 303) return true;
  if (body !== 'whole' && body !== 'empty') return true;
  if (isStream(media) && given.hasNext) return true;
  if (body === 'empty') return !REFUSING_STATUSES.has(status);
  if (data === 'partial' || data === 'empty') return true;
  const doors = rootFields === 1 ? [1, 'none'] : ['none'];
  if (!entries.every(({ steps }) => doors.includes(steps))) return true;
  if (REFUSING_STATUSES.has(status)) return false;
  return entries.length === 0 || !entries.every(({ code }) => REFUSING.has(code));
}

/** Whether the first answer says in plain words that nothing ran, and that a newer token or some time would help. */
export function isPlainRefusal({ answers: [first], rootFields }: Plan): boolean {
  if (first === undefined || hasRun(first, rootFields, false)) return false;
  const { media, status, entries, body } = first;
  if (isStream(media) || status === 421) return false;
  const helped = ['UNAUTHENTICATED', 'RATE_LIMITED', '401', '429'];
  const isCoded = entries.every(({ code }) => code !== undefined && helped.includes(code));
  return body === 'empty' ? REFUSING_STATUSES.has(status) : isCoded;
}

export function isStream(media: Media): boolean {
  return media.startsWith('multipart') || media === 'text/event-stream';
}

const PATHS: Readonly<Record<Steps, readonly string[] | undefined>> = {
  none: undefined,
  0: [],
  1: ['createOrder'],
  2: ['createOrder', 'customer'],
};

function written({ code, steps }: Entry): object {
  const path = PATHS[steps];
  return {
    message: `no: ${code ?? 'nobody knows'}`,
    ...(path !== undefined && { path }),
    ...(code !== undefined && { extensions: { code } }),
  };
}

/** More than any reader may take in. */
const PADDING = 'x'.repeat(66_000);

/** The result that an answer holds, as an object. */
export function resultOf({ data, entries, body, media, hasNext }: ServerAnswer): object {
  const errors = entries.map(written);
  if (body === 'crowded') {
    while (errors.length <= 100)
      errors.unshift(written({ code: 'UNAUTHENTICATED', steps: 'none' }));
  }
  return {
    ...(body === 'oversized' && { padding: PADDING }),
    ...(errors.length > 0 && { errors }),
    ...(data !== 'absent' && { data: { null: null, partial: { audit: null }, empty: {} }[data] }),
    ...(isStream(media) && { hasNext }),
  };
}
