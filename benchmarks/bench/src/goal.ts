import type { Table } from './table.ts';

/** A number that Holdfast means to keep below a limit, and what it was this time. */
export interface Goal {
  readonly title: string;
  readonly measured: number;
  /** Met where `measured` is not above it. */
  readonly wanted: number;
  /** What it should come to one day, where that is less. */
  readonly aim?: number;
  /** A number in the goal's own unit. */
  show(value: number): string;
}

/** Whether the goal is met, and whether it has come to what is aimed at. */
export function standing({ measured, wanted, aim }: Goal): 'aim reached' | 'met' | 'missed' {
  if (aim !== undefined && measured <= aim) return 'aim reached';
  return measured <= wanted ? 'met' : 'missed';
}

export function goalTable(goals: readonly Goal[]): Table {
  return {
    title: 'Goals',
    notes: [],
    head: ['goal', 'wanted at most', 'aim', 'measured', ''],
    rows: goals.map((goal) => {
      const { title, measured, wanted, aim, show } = goal;
      const stands = standing(goal);
      return [
        title,
        show(wanted),
        aim === undefined ? '' : show(aim),
        show(measured),
        stands === 'missed' ? '**missed**' : stands,
      ];
    }),
  };
}
