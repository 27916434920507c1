import type { Table } from './table.ts';

/** A number that Holdfast means to keep below a limit, and what it was this time. */
export interface Goal {
  readonly title: string;
  readonly measured: number;
  /** Met where `measured` is not above it. */
  readonly limit: number;
  /** Why it is missed where it is, in numbers. */
  readonly why?: string;
  /** A number in the goal's own unit. */
  show(value: number): string;
}

export function isMet({ measured, limit }: Goal): boolean {
  return measured <= limit;
}

/** The reasons for those that are missed, as a list, each once; empty where none is. */
export function reasons(goals: readonly Goal[]): string {
  const missed = goals.filter((goal) => !isMet(goal) && goal.why !== undefined);
  const whys = [...new Set(missed.map(({ why }) => why))];
  const titles = (why: string | undefined): string =>
    missed.flatMap((goal) => (goal.why === why ? [goal.title] : [])).join('; ');
  return whys.map((why) => `- ${titles(why)}: ${why}`).join('\n');
}

export function goalTable(goals: readonly Goal[]): Table {
  return {
    title: 'Goals',
    notes: [],
    head: ['goal', 'at most', 'measured', ''],
    rows: goals.map((goal) => [
      goal.title,
      goal.show(goal.limit),
      goal.show(goal.measured),
      isMet(goal) ? 'met' : '**missed**',
    ]),
  };
}
