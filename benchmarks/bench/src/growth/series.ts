/** What is done more and more of, and which module does it (`growth-worker.ts`). */
export const series = {
  'in-flight-core': { group: 'in-flight', title: 'core' },
  'in-flight-apollo': { group: 'in-flight', title: 'Apollo, at the link' },
  'in-flight-urql': { group: 'in-flight', title: 'urql, at the exchanges' },
  'closed-scopes': { group: 'closed-scopes', title: 'core' },
  errors: { group: 'errors', title: 'core' },
} as const;

export type SeriesName = keyof typeof series;
export const seriesNames = Object.keys(series) as SeriesName[];

/** Series that belong into one picture. */
export interface Group {
  readonly title: string;
  /** What is counted along the horizontal axis. */
  readonly across: string;
  /** What one cost is the cost of. */
  readonly unit: string;
  readonly sizes: readonly number[];
  /** Whether the costs are those of one of `size` things, or of all of them at once. */
  readonly each: boolean;
  readonly note: string;
}

export type GroupName = (typeof series)[SeriesName]['group'];

export const groups: Readonly<Record<GroupName, Group>> = {
  'in-flight': {
    title: 'Operations in flight',
    across: 'operations in flight at once',
    unit: 'time per operation',
    sizes: [1, 10, 100, 1_000, 10_000],
    each: true,
    note: 'That many begin, and only then is the first of them answered. A level or falling line is linear growth or better.',
  },
  'closed-scopes': {
    title: 'Closed scopes',
    across: 'scopes closed by a rate limit',
    unit: 'time per operation in an open scope',
    sizes: [1, 10, 100],
    each: false,
    note: 'What an operation costs in a scope that is open, while others are closed.',
  },
  errors: {
    title: 'Errors in a result',
    across: 'entries in errors',
    unit: 'time per result',
    sizes: [1, 10, 100, 1_000, 10_000],
    each: false,
    note: 'What a result costs whose `errors` has so many entries. No more than 100 are looked at (X4).',
  },
};
