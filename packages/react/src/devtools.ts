'use client';

export { emptyHistory } from './devtools/history.ts';
export type {
  ClosureSpan,
  GenerationStart,
  GivenUp,
  History,
  HistoryEvent,
  Lane,
  Outcome,
  RefreshSpan,
  Second,
  Span,
} from './devtools/history.ts';
export { nextHistory } from './devtools/next-history.ts';
export { createHistory, recordHistory } from './devtools/recorder.ts';
export type { HistoryOptions, HistoryRecorder } from './devtools/recorder.ts';
export { ResilienceDevtools } from './devtools/resilience-devtools.tsx';
export type { ResilienceDevtoolsProps } from './devtools/resilience-devtools.tsx';
export { Timeline } from './devtools/timeline.tsx';
export type { TimelineProps } from './devtools/timeline.tsx';
