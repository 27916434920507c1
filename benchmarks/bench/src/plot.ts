import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { showNanoseconds } from './number-format.ts';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** A picture beside the tables. */
export interface Plot {
  /** The file's name, without its ending. */
  readonly name: string;
  readonly title: string;
  readonly svg: string;
}

export interface PlotInput {
  readonly name: string;
  readonly title: string;
  /** What the horizontal axis counts. */
  readonly across: string;
  readonly lines: readonly {
    readonly title: string;
    readonly points: readonly { readonly x: number; readonly nanoseconds: number }[];
  }[];
}

/** Each colour on a light page, and what takes its place on a dark one. */
const colours = {
  page: ['#ffffff', '#0d1117'],
  text: ['#1f2328', '#e6edf3'],
  grid: ['#d1d9e0', '#3d444d'],
  first: ['#0550ae', '#79c0ff'],
  second: ['#953800', '#ffa657'],
  third: ['#116329', '#7ee787'],
} as const;

const lineColours = [colours.first[0], colours.second[0], colours.third[0]];

/** Lines differ in their marks too, for those who do not tell colours apart. */
const marks = ['circle', 'rect', 'triangle'];

/** Draws lines over a logarithmic axis. The picture brings its own background, and follows the page's scheme. */
export function drawPlot({ name, title, across, lines }: PlotInput): Plot {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 760, height: 380 });
  const text = { color: colours.text[0], fontFamily: 'system-ui, sans-serif' };
  const axis = {
    axisLabel: text,
    nameTextStyle: text,
    axisLine: { lineStyle: { color: text.color } },
  };
  chart.setOption({
    animation: false,
    backgroundColor: colours.page[0],
    textStyle: text,
    title: { text: title, left: 16, top: 12, textStyle: { ...text, fontSize: 15 } },
    legend: { show: lines.length > 1, selectedMode: false, top: 40, left: 12, textStyle: text },
    grid: { left: 80, right: 40, top: 80, bottom: 60 },
    xAxis: {
      ...axis,
      type: 'log',
      name: across,
      nameLocation: 'middle',
      nameGap: 34,
      splitLine: { show: false },
      axisLabel: { ...text, formatter: (value: number) => value.toLocaleString('en-US') },
    },
    yAxis: {
      ...axis,
      type: 'value',
      min: 0,
      splitLine: { lineStyle: { color: colours.grid[0] } },
      axisLabel: { ...text, formatter: showNanoseconds },
    },
    series: lines.map((line, index) => ({
      type: 'line',
      silent: true,
      name: line.title,
      color: lineColours[index % lineColours.length],
      symbol: marks[index % marks.length],
      symbolSize: 8,
      data: line.points.map(({ x, nanoseconds }) => [x, nanoseconds]),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return { name, title, svg: withDarkScheme(svg, title) };
}

/** Colours stand in the picture as attributes; a style sheet in it replaces them where the page is dark. */
function withDarkScheme(svg: string, title: string): string {
  const rules = Object.values(colours).map(
    ([light, dark]) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`,
  );
  const style = `<style>@media (prefers-color-scheme:dark){${rules.join('')}}</style>`;
  return svg.replace(
    /^<svg ([^>]*)>/,
    (_, attributes: string) => `<svg role="img" ${attributes}>\n<title>${title}</title>\n${style}`,
  );
}
