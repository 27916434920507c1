import type {
  ClosureSpan,
  GenerationStart,
  History,
  Lane,
  RefreshSpan,
  Second,
  Span,
} from './history.ts';

/** A stretch of time that is cut to what is shown. */
export interface Stretch<T> {
  readonly from: number;
  readonly to: number;
  readonly of: T;
}

/** How much happened in what is shown. */
export interface Figures {
  readonly operations: number;
  readonly requests: number;
  readonly repeats: number;
  readonly failures: number;
  readonly refreshes: number;
  readonly limits: number;
  readonly outages: number;
}

/** What a timeline shows of a history. Instants are epoch milliseconds. */
export interface View {
  /** At the left edge. */
  readonly start: number;
  /** What came later is not shown. */
  readonly now: number;
  /** At the right edge: `now`, or later where the left edge is fixed. */
  readonly end: number;
  /** From where the axis counts its seconds: `now`, or the left edge where that is fixed. */
  readonly zero: number;
  /** Newest first. */
  readonly lanes: readonly (Stretch<Lane> & { readonly spans: readonly Stretch<Span>[] })[];
  /** Operations in this time that are not among the lanes. */
  readonly hidden: number;
  readonly refreshes: readonly Stretch<RefreshSpan>[];
  readonly closures: readonly Stretch<ClosureSpan>[];
  readonly generations: readonly Stretch<GenerationStart>[];
  readonly seconds: readonly Stretch<Second>[];
  readonly figures: Figures;
}

const SECOND = 1000;

/**
 * What of a history lies in the last `window` milliseconds before `present`, or in those that begin at `left`.
 *
 * @param most How many lanes to show.
 */
export function viewOf(
  history: History,
  present: number,
  window: number,
  most: number,
  left?: number,
): View {
  const end = left === undefined ? present : left + window;
  const zero = left ?? present;
  const start = end - window;
  const now = Math.min(present, end);
  const cut = <T>(of: T, from: number, to: number | undefined): readonly Stretch<T>[] => {
    const last = Math.min(to ?? now, now);
    return from > now || last < start ? [] : [{ from: Math.max(from, start), to: last, of }];
  };
  const { refreshes, closures, generations, seconds } = {
    refreshes: history.refreshes.flatMap((refresh) => cut(refresh, refresh.from, refresh.to)),
    closures: history.closures.flatMap((closure) =>
      cut(
        closure,
        closure.from,
        Math.min(closure.to ?? closure.until ?? now, closure.until ?? now),
      ),
    ),
    generations: history.generations.flatMap((generation, index) =>
      cut(generation, generation.from, history.generations[index + 1]?.from),
    ),
    seconds: history.seconds.flatMap((second) => cut(second, second.from, second.from + SECOND)),
  };
  const within = history.lanes.flatMap((lane) => cut(lane, lane.from, lane.to));
  const lanes = latest(within, most)
    .reverse()
    .map((lane) => ({
      ...lane,
      spans: lane.of.spans.flatMap((span) => cut(span, span.from, span.to)),
    }));
  const figures = {
    ...sumOf(seconds),
    refreshes: refreshes.length,
    limits: closures.filter(({ of }) => of.reason === 'rate_limit').length,
    outages: closures.filter(({ of }) => of.reason === 'outage').length,
  };
  const dropped = Math.max(0, figures.operations - startedSince(history, seconds[0]?.of.from));
  const hidden = within.length - lanes.length + dropped;
  const shown = { lanes, hidden, refreshes, closures, generations, seconds, figures };
  return { start, now, end, zero, ...shown };
}

/** What goes on, and what ended last, in order of its start. */
function latest(lanes: readonly Stretch<Lane>[], most: number): Stretch<Lane>[] {
  if (lanes.length <= most) return [...lanes];
  const end = ({ to, of }: Stretch<Lane>): number => (of.to === undefined ? to + 1 : to);
  const ranked = [...lanes].reverse().sort((one, other) => end(other) - end(one));
  const shown = new Set(ranked.slice(0, most));
  return lanes.filter((lane) => shown.has(lane));
}

function sumOf(
  seconds: readonly Stretch<Second>[],
): Pick<Figures, 'operations' | 'requests' | 'repeats' | 'failures'> {
  const sum = { operations: 0, requests: 0, repeats: 0, failures: 0 };
  for (const { of } of seconds) {
    sum.operations += of.operations;
    sum.requests += of.requests;
    sum.repeats += of.repeats;
    sum.failures += of.failures;
  }
  return sum;
}

function startedSince({ lanes }: History, instant: number | undefined): number {
  return instant === undefined ? 0 : lanes.filter(({ from }) => from >= instant).length;
}
