import { init } from 'echarts';

/** One policy's line or row of bars. */
export interface Trace {
  readonly name: string;
  /** Points, or one value for each category. */
  readonly values: readonly (readonly [number, number])[] | readonly number[];
}

export interface Chart {
  readonly title: string;
  /** One sentence under the title. */
  readonly subtitle: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly traces: readonly Trace[];
  /** A span of the x axis that is shaded, and what to call it. */
  readonly span?: { readonly from: number; readonly to: number; readonly name: string };
}

export interface Axis {
  readonly name: string;
  readonly most?: number;
  /** Bars over these instead of lines over numbers. */
  readonly categories?: readonly string[];
}

const SIZE = { width: 900, height: 460 };
/** Colours of a light page, each with what it becomes on a dark one. */
const PAPER = ['#ffffff', '#0d1117'] as const;
const INK = ['#24292f', '#e6edf3'] as const;
const FAINT = ['#59636e', '#9198a1'] as const;
const GRID = ['#d1d9e0', '#30363d'] as const;
const SHADE = ['#eceff2', '#1c2330'] as const;

/** Each policy has its colour in all pictures, and its dashes for those who do not see colours. */
const LOOKS: Readonly<Record<string, { color: string; type: 'solid' | 'dashed' | 'dotted' }>> = {
  Holdfast: { color: '#1f7ae0', type: 'solid' },
  'No retries': { color: '#7d8590', type: 'dotted' },
  RetryLink: { color: '#e0533d', type: 'solid' },
  'exchange-retry': { color: '#c48413', type: 'dashed' },
  'AWS standard': { color: '#35a05a', type: 'solid' },
  gRPC: { color: '#a062e0', type: 'dashed' },
  'ErrorLink recipe': { color: '#e0533d', type: 'solid' },
  'exchange-auth': { color: '#c48413', type: 'dashed' },
};

/** Draws a chart as SVG that is readable on light and dark pages alike. */
export function draw(chart: Chart): string {
  const canvas = init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  canvas.setOption({
    animation: false,
    backgroundColor: PAPER[0],
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    title: {
      text: chart.title,
      subtext: chart.subtitle,
      left: 16,
      top: 12,
      textStyle: { color: INK[0], fontSize: 17 },
      subtextStyle: { color: FAINT[0], fontSize: 13 },
    },
    legend: {
      bottom: 8,
      itemWidth: 34,
      itemGap: 22,
      textStyle: { color: INK[0], fontSize: 13 },
      data: chart.traces.map(({ name }) => name),
    },
    grid: { left: 76, right: 28, top: 84, bottom: 92 },
    xAxis: axis(chart.x, { nameGap: 30 }),
    yAxis: axis(chart.y, { nameGap: 52 }),
    series: chart.traces.map((trace, index) => series(chart, trace, index === 0)),
  });
  const svg = canvas.renderToSVGString();
  canvas.dispose();
  return adapted(svg, chart);
}

function axis({ name, most, categories }: Axis, { nameGap }: { nameGap: number }): object {
  return {
    type: categories === undefined ? 'value' : 'category',
    ...(categories === undefined ? {} : { data: categories }),
    ...(most === undefined ? {} : { max: most }),
    name,
    nameLocation: 'middle',
    nameGap,
    nameTextStyle: { color: FAINT[0], fontSize: 13 },
    axisLabel: { color: FAINT[0], fontSize: 12 },
    axisLine: { lineStyle: { color: GRID[0] } },
    axisTick: { show: false },
    splitLine: { show: nameGap > 40, lineStyle: { color: GRID[0] } },
  };
}

function series({ x, span }: Chart, { name, values }: Trace, first: boolean): object {
  const { color, type } = LOOKS[name] ?? { color: FAINT[0], type: 'solid' as const };
  const common = { name, data: values, itemStyle: { color }, emphasis: { disabled: true } };
  if (x.categories !== undefined) return { type: 'bar', ...common, barGap: '10%' };
  const shown = values.length <= 12;
  return {
    type: 'line',
    ...common,
    symbol: 'circle',
    symbolSize: 6,
    showSymbol: shown,
    clip: true,
    z: name === 'Holdfast' ? 5 : 3,
    lineStyle: { color, type, width: name === 'Holdfast' ? 3 : 1.8 },
    ...(first && span !== undefined ? { markArea: shaded(span) } : {}),
  };
}

function shaded({ from, to, name }: NonNullable<Chart['span']>): object {
  return {
    silent: true,
    itemStyle: { color: SHADE[0] },
    label: { color: FAINT[0], fontSize: 12, position: 'insideTop' },
    data: [[{ name, xAxis: from }, { xAxis: to }]],
  };
}

/** Adds words for those who hear it, and the colours for dark pages. */
function adapted(svg: string, { title, subtitle }: Chart): string {
  const dark = [PAPER, INK, FAINT, GRID, SHADE]
    .map(([from, to]) => `[fill="${from}"]{fill:${to}}[stroke="${from}"]{stroke:${to}}`)
    .join('');
  const words = `${escaped(title)}. ${escaped(subtitle)}`;
  const head = `<title>${words}</title>\n<style>@media (prefers-color-scheme:dark){${dark}}</style>`;
  return `${svg.replace(/<svg ([^>]*)>/, `<svg role="img" aria-label="${words}" $1>\n${head}`)}\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
