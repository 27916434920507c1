import type { Goal } from '../goal.ts';
import { showCount, showNanoseconds, showRatio } from '../number-format.ts';
import type { Findings, Part, PartOptions } from '../part.ts';
import { drawPlot } from '../plot.ts';
import type { Plot } from '../plot.ts';
import { growthExponent, steepestStep } from '../statistics.ts';
import type { Table } from '../table.ts';
import { runWorker } from '../worker.ts';
import type { Cost, GrowthInput } from './growth-worker.ts';
import { groups, series, seriesNames } from './series.ts';
import type { GroupName, SeriesName } from './series.ts';

/** Time may grow a little faster than work before it is said not to be linear: caches end. */
const LINEAR = 1.15;

const worker = new URL('./growth-worker.ts', import.meta.url);

interface Grown {
  readonly series: SeriesName;
  readonly costs: readonly Cost[];
  /** Of the whole cost with the size: 0 is constant, 1 is linear. */
  readonly exponent: number;
  readonly steepest: number;
}

function grown(name: SeriesName, costs: readonly Cost[]): Grown {
  const { each: perThing } = groups[series[name].group];
  const points = costs.map(({ size, each }) => ({ size, cost: perThing ? each * size : each }));
  return {
    series: name,
    costs,
    exponent: growthExponent(points),
    steepest: steepestStep(points),
  };
}

function tableOf(name: GroupName, all: readonly Grown[]): Table {
  const { title, across, unit, sizes, note } = groups[name];
  return {
    title,
    notes: [`${note} Fastest of 25 timings; ${unit}.`],
    head: [across, ...sizes.map(showCount), 'exponent', 'steepest'],
    rows: all.map(({ series: own, costs, exponent, steepest }) => [
      series[own].title,
      ...costs.map(({ each }) => showNanoseconds(each)),
      showRatio(exponent),
      showRatio(steepest),
    ]),
  };
}

function plotOf(name: GroupName, all: readonly Grown[]): Plot {
  const { title, across, unit } = groups[name];
  return drawPlot({
    name,
    title: `${title}: ${unit}`,
    across,
    lines: all.map(({ series: own, costs }) => ({
      title: series[own].title,
      points: costs.map(({ size, each }) => ({ x: size, nanoseconds: each })),
    })),
  });
}

async function run({ sources }: PartOptions): Promise<Findings> {
  const all: Grown[] = [];
  for (const name of seriesNames) {
    const input: GrowthInput = { series: name };
    all.push(grown(name, await runWorker<Cost[]>(worker, { input, sources })));
  }
  const names = Object.keys(groups) as GroupName[];
  const members = (group: GroupName): Grown[] =>
    all.filter((entry) => series[entry.series].group === group);
  const goals = all.map(({ series: own, steepest }): Goal => {
    const { group, title } = series[own];
    return {
      title: `${groups[group].title}, ${title}: steepest growth of the cost (1 is linear)`,
      limit: LINEAR,
      measured: steepest,
      show: showRatio,
    };
  });
  return {
    tables: names.map((name) => tableOf(name, members(name))),
    goals,
    plots: names.map((name) => plotOf(name, members(name))),
    raw: all,
  };
}

export const growth: Part = { name: 'growth', title: 'As work grows', run };
