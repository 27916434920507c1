// The pictures in docs/concepts, drawn out of runs of the core.
//
//   node docs/.vitepress/timelines.mjs           writes them
//   node docs/.vitepress/timelines.mjs --check   fails where one is not what it would be if it were drawn now
//
// The sources are loaded as they are, so this needs a Node that runs TypeScript: the one of the repository does.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const target = join(import.meta.dirname, '../concepts');
const condition = '--conditions=holdfast-source';

/** The size of a picture, in its own units. */
const WIDTH = 760;
const LEFT = 124;
const RIGHT = 16;
const ROW = 28;
const BAR = 14;
const TOP = 30;

/** So narrow that a phone, which scrolls a picture, shows all of it at once. */
const LEGEND_COLUMNS = 3;
const LEGEND_ROW = 20;

/** What a wait is for, in few words. */
const WAITS = {
  tokens: 'for tokens',
  refresh: 'for the refresh',
  backoff: 'a moment',
  rate_limit: 'for the limit to end',
  outage: 'for the server to be back',
  offline: 'for the network',
};

if (process.execArgv.includes(condition)) await main(process.argv.includes('--check'));
else {
  const again = [condition, '--no-warnings', ...process.argv.slice(1)];
  process.exitCode = spawnSync(process.execPath, again, { stdio: 'inherit' }).status ?? 1;
}

async function main(isCheck) {
  const { timelines } = await import('./timeline-runs.mjs');
  for (const [name, timeline] of await timelines()) {
    const file = join(target, `${name}.svg`);
    const picture = draw(timeline);
    if (!isCheck) writeFileSync(file, picture);
    else if (!existsSync(file) || readFileSync(file, 'utf8') !== picture) {
      console.error(
        `✗ docs/concepts/${name}.svg is out of date: node docs/.vitepress/timelines.mjs`,
      );
      process.exitCode = 1;
    }
  }
}

/** A picture by itself: with its colours, for light and dark. On the site those of the page take their place. */
function draw({ title, seconds, down, start, history }) {
  const x = (instant) =>
    round(LEFT + ((instant - start) / (seconds * 1_000)) * (WIDTH - LEFT - RIGHT));
  const rows = [
    ...(down === undefined
      ? []
      : [
          {
            label: 'The server',
            spans: [{ ...spanOf(down, start), kind: 'bad', text: 'is down' }],
          },
        ]),
    ...(history.refreshes.length === 0
      ? []
      : [
          {
            label: 'New tokens',
            spans: history.refreshes.map(({ from, to }) => ({
              from,
              to,
              kind: 'token',
              text: 'refresh',
            })),
          },
        ]),
    ...history.lanes.map(laneRow),
  ];
  const legend = [
    ['good', 'sent and answered'],
    ['bad', 'sent and failed'],
    ['wait', 'waits, unsent'],
    ...(history.refreshes.length === 0 ? [] : [['token', 'the one refresh']]),
    ...(history.lanes.some(({ kind }) => kind === 'mutation') ? [['none', '✎ a mutation']] : []),
  ];
  const bottom = TOP + rows.length * ROW + 24;
  const height = bottom + Math.ceil(legend.length / LEGEND_COLUMNS) * LEGEND_ROW;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" class="timeline" role="img" viewBox="0 0 ${WIDTH} ${height}">`,
    `<title>${title}</title>`,
    `<style>${styles()}</style>`,
    ...Array.from({ length: seconds + 1 }, (_, second) =>
      axis(x(start + second * 1_000), second, bottom - 16),
    ),
    ...rows.map((row, index) => drawn(row, TOP + index * ROW, x, start + seconds * 1_000)),
    ...legend.map(([kind, text], index) => {
      const left = 8 + (index % LEGEND_COLUMNS) * 156;
      const y = bottom + Math.floor(index / LEGEND_COLUMNS) * LEGEND_ROW;
      return `<rect class="${kind}" x="${left}" y="${y}" width="14" height="10" rx="2"/><text class="faint" x="${left + 20}" y="${y + 10}">${text}</text>`;
    }),
    '</svg>',
  ].join('\n')}\n`;
}

function spanOf([from, to], start) {
  return { from: start + from, to: start + to };
}

function laneRow({ name = '', kind, spans, outcome, to }) {
  const label = name.replaceAll('_', ' ');
  return {
    label: kind === 'mutation' ? `${label} ✎` : label,
    end: outcome === 'failure' ? { at: to, text: 'the error is delivered' } : undefined,
    spans: spans.map((span) =>
      span.kind === 'attempt'
        ? { ...span, kind: span.outcome === 'success' ? 'good' : 'bad', text: '' }
        : { ...span, kind: 'wait', text: WAITS[span.kind] },
    ),
  };
}

function axis(x, second, bottom) {
  return [
    `<line class="line" x1="${x}" x2="${x}" y1="${TOP - 8}" y2="${bottom}"/>`,
    `<text class="faint" x="${x}" y="14" text-anchor="middle">${second} s</text>`,
  ].join('');
}

function drawn({ label, spans, end }, y, x, last) {
  const bars = spans.map(({ from, to = last, kind, text }) => {
    const left = x(from);
    const width = round(Math.max(x(Math.min(to, last)) - left, 2));
    const words = text !== '' && width > text.length * 6.4 + 8;
    const middle = `<text class="${kind === 'wait' ? '' : 'on'}" x="${round(left + width / 2)}" y="${y + 11}" text-anchor="middle" font-size="11">${text}</text>`;
    return `<rect class="${kind}" x="${left}" y="${y}" width="${width}" height="${BAR}" rx="3"/>${words ? middle : ''}`;
  });
  const ending =
    end === undefined
      ? ''
      : `<text class="faint" x="${x(end.at) + 6}" y="${y + 11}" font-size="11">${end.text}</text>`;
  return `<text x="${LEFT - 10}" y="${y + 11}" text-anchor="end">${label}</text>${bars.join('')}${ending}`;
}

/** The style sheet of the site's timelines, for a picture that stands alone: it is dark where the reader's system is. */
function styles() {
  const css = readFileSync(join(import.meta.dirname, 'theme/timeline.css'), 'utf8');
  const [light, dark = ''] = css.split('.dark .timeline');
  const text = `${light}@media (prefers-color-scheme: dark) { .timeline:root${dark} }`;
  return text.replaceAll(/\s+/gu, ' ').trim();
}

function round(value) {
  return Math.round(value * 10) / 10;
}
