import { init } from 'echarts';

/** Requests over time, a line for each policy. */
export interface Chart {
  readonly title: string;
  /** Seconds. */
  readonly from: number;
  readonly to: number;
  /** While this lasts the background is shaded. */
  readonly trouble: { readonly from: number; readonly to: number };
  readonly lines: readonly {
    readonly name: string;
    /** Seconds, and normal loads. */
    readonly points: readonly (readonly [number, number])[];
  }[];
}

const SUBTITLE = 'Requests in each half second, in normal loads, by seconds since it began.';
const SIZE = { width: 900, height: 420 };
/** Colours of a light page, each with what it becomes on a dark one. */
const PAPER = ['#ffffff', '#0d1117'] as const;
const INK = ['#24292f', '#e6edf3'] as const;
const FAINT = ['#59636e', '#9198a1'] as const;
const GRID = ['#d1d9e0', '#30363d'] as const;
const SHADE = ['#eceff2', '#1c2330'] as const;

/** Each policy has its colour in all pictures, and its dashes for those who do not see colours. */
const LOOKS: Readonly<Record<string, { color: string; type: 'solid' | 'dashed' | 'dotted' }>> = {
  Holdfast: { color: '#1f7ae0', type: 'solid' },
  none: { color: '#7d8590', type: 'dotted' },
  RetryLink: { color: '#e0533d', type: 'solid' },
  'exchange-retry': { color: '#c48413', type: 'dashed' },
  'TanStack Query': { color: '#a062e0', type: 'dashed' },
  'AWS standard': { color: '#35a05a', type: 'solid' },
};

/** Draws a chart as SVG that is readable on light and dark pages alike. */
export function draw({ title, from, to, trouble, lines }: Chart): string {
  const canvas = init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  canvas.setOption({
    animation: false,
    backgroundColor: PAPER[0],
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    title: {
      text: title,
      subtext: SUBTITLE,
      left: 16,
      top: 12,
      textStyle: { color: INK[0], fontSize: 17 },
      subtextStyle: { color: FAINT[0], fontSize: 13 },
    },
    legend: { bottom: 8, itemWidth: 34, itemGap: 22, textStyle: { color: INK[0], fontSize: 13 } },
    grid: { left: 56, right: 28, top: 84, bottom: 68 },
    xAxis: { ...axis(), min: from, max: to, splitLine: { show: false } },
    yAxis: axis(),
    series: lines.map(({ name, points }, index) => {
      const { color, type } = LOOKS[name] ?? { color: FAINT[0], type: 'solid' as const };
      const own = name === 'Holdfast';
      return {
        type: 'line',
        name,
        data: points,
        itemStyle: { color },
        lineStyle: { color, type, width: own ? 3 : 1.8 },
        z: own ? 5 : 3,
        showSymbol: false,
        ...(index === 0 ? { markArea: shaded(trouble) } : {}),
      };
    }),
  });
  const svg = canvas.renderToSVGString();
  canvas.dispose();
  return adapted(svg, `${title}. ${SUBTITLE}`);
}

function axis(): object {
  return {
    type: 'value',
    axisLabel: { color: FAINT[0], fontSize: 12 },
    axisLine: { lineStyle: { color: GRID[0] } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: GRID[0] } },
  };
}

function shaded({ from, to }: Chart['trouble']): object {
  return {
    silent: true,
    itemStyle: { color: SHADE[0] },
    data: [[{ xAxis: from }, { xAxis: to }]],
  };
}

/** Adds words for those who hear it, and the colours for dark pages. */
function adapted(svg: string, words: string): string {
  const dark = [PAPER, INK, FAINT, GRID, SHADE]
    .map(([from, to]) => `[fill="${from}"]{fill:${to}}[stroke="${from}"]{stroke:${to}}`)
    .join('');
  const label = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const head = `<title>${label}</title>\n<style>@media (prefers-color-scheme:dark){${dark}}</style>`;
  return `${svg.replace(/<svg ([^>]*)>/, `<svg role="img" aria-label="${label}" $1>\n${head}`)}\n`;
}
