import type { Table } from './table.ts';

/** A number that Holdfast means to keep below a limit, and what it was this time. */
export interface Goal {
  readonly title: string;
  readonly measured: number;
  /** Met where `measured` is not above it. */
  readonly limit: number;
  /** A number in the goal's own unit. */
  show(value: number): string;
}

export function isMet({ measured, limit }: Goal): boolean {
  return measured <= limit;
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
