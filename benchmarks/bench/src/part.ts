import type { Goal } from './goal.ts';
import type { Table } from './table.ts';

/** What a part found. */
export interface Findings {
  readonly tables: readonly Table[];
  readonly goals: readonly Goal[];
  /** The numbers behind the tables, for docs/benchmarks.json. */
  readonly raw: unknown;
}

/** One question that the benchmarks answer; each runs alone, too. */
export interface Part {
  /** As `--only` takes it. */
  readonly name: string;
  readonly title: string;
  run(options: PartOptions): Promise<Findings>;
}

export interface PartOptions {
  /** Say more, such as which folder the bytes come from. */
  readonly detail: boolean;
  /** Measure the packages' sources as they are, without building them first. */
  readonly sources: boolean;
}
