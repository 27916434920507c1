import { colour, paletteStyle } from './palette.ts';

const MONOSPACE = "ui-monospace, 'SFMono-Regular', Menlo, Consolas, 'Liberation Mono', monospace";

/** Everything is under one class of ours, so that nothing else on the page changes. */
export const TIMELINE_STYLE: string = `${paletteStyle('.holdfast-timeline')}
.holdfast-timeline {
  display: block; box-sizing: border-box; margin: 0; padding: 12px; min-width: 0;
  color: ${colour('ink')}; background: ${colour('surface')};
  border: 1px solid ${colour('line')}; border-radius: 8px;
  font: 13px/1.45 system-ui, sans-serif; text-align: start;
}
.holdfast-timeline figcaption { display: block; margin: 0 0 8px; padding: 0; }
.holdfast-timeline p { margin: 0; }
.holdfast-timeline .holdfast-title { font-size: 14px; font-weight: 600; color: ${colour('ink')}; }
.holdfast-timeline .holdfast-quiet { color: ${colour('muted')}; }
.holdfast-timeline svg { display: block; max-width: none; overflow: hidden; }
.holdfast-timeline svg text { font: 11px ${MONOSPACE}; fill: ${colour('ink')}; stroke: none; }
.holdfast-timeline .holdfast-lanes text { paint-order: stroke; stroke: ${colour('surface')}; stroke-width: 3px; stroke-linejoin: round; }
.holdfast-timeline svg text.holdfast-quiet { fill: ${colour('muted')}; }
.holdfast-lanes[tabindex] { border-bottom: 1px solid ${colour('muted')}; }
.holdfast-lanes { overflow: hidden auto; scrollbar-width: thin; border-radius: 4px; }
.holdfast-timeline :focus-visible { outline: 2px solid ${colour('success')}; outline-offset: 2px; }
.holdfast-timeline .holdfast-grid { stroke: ${colour('line')}; stroke-width: 1; shape-rendering: crispEdges; }
.holdfast-timeline .holdfast-now { stroke: ${colour('ink')}; stroke-width: 1.5; }
.holdfast-timeline .visx-axis line { stroke: ${colour('muted')}; }
.holdfast-timeline .holdfast-thread { stroke: ${colour('muted')}; stroke-width: 1.5; }
.holdfast-timeline .holdfast-attempt { stroke-width: 1.5; fill: ${colour('surface')}; stroke: ${colour('success')}; }
.holdfast-timeline .holdfast-success { fill: ${colour('success')}; stroke: none; }
.holdfast-timeline .holdfast-failure { fill: ${colour('failure')}; stroke: none; }
.holdfast-timeline .holdfast-cancelled { stroke: ${colour('cancelled')}; stroke-dasharray: 3 2; }
.holdfast-timeline .holdfast-cross { fill: none; stroke: ${colour('failure')}; stroke-width: 2; stroke-linecap: round; }
.holdfast-timeline .holdfast-wait { stroke-width: 1; }
.holdfast-timeline .holdfast-wait-refresh, .holdfast-timeline .holdfast-wait-tokens { stroke: ${colour('refresh')}; }
.holdfast-timeline .holdfast-wait-rate_limit { stroke: ${colour('limit')}; }
.holdfast-timeline .holdfast-wait-outage { stroke: ${colour('failure')}; }
.holdfast-timeline .holdfast-wait-backoff, .holdfast-timeline .holdfast-wait-offline { stroke: ${colour('muted')}; }
.holdfast-timeline .holdfast-ink-refresh { stroke: ${colour('refresh')}; fill: ${colour('refresh')}; }
.holdfast-timeline .holdfast-ink-limit { stroke: ${colour('limit')}; fill: ${colour('limit')}; }
.holdfast-timeline .holdfast-ink-failure { stroke: ${colour('failure')}; fill: ${colour('failure')}; }
.holdfast-timeline .holdfast-ink-muted { stroke: ${colour('muted')}; fill: ${colour('muted')}; }
.holdfast-timeline .holdfast-paper { fill: ${colour('surface')}; }
.holdfast-timeline .holdfast-band-refresh { fill: ${colour('refresh')}; opacity: 0.14; }
.holdfast-timeline .holdfast-band-rate_limit { fill: ${colour('limit')}; opacity: 0.14; }
.holdfast-timeline .holdfast-band-outage { fill: ${colour('failure')}; opacity: 0.14; }
.holdfast-timeline .holdfast-generation { fill: ${colour('raised')}; stroke: ${colour('muted')}; stroke-width: 1; }
.holdfast-timeline .holdfast-requests { fill: ${colour('success')}; }
.holdfast-timeline .holdfast-repeats { stroke: ${colour('success')}; stroke-width: 1; }
.holdfast-timeline .holdfast-ink-success { stroke: ${colour('success')}; fill: ${colour('success')}; }
.holdfast-timeline .holdfast-tint { stroke: none; fill-opacity: 0.3; }
.holdfast-timeline .holdfast-note { margin: 4px 0; }
.holdfast-legend { display: flex; flex-wrap: wrap; gap: 4px 14px; margin: 8px 0 0; padding: 0; list-style: none; color: ${colour('muted')}; font-size: 12px; }
.holdfast-legend li { display: flex; align-items: center; gap: 6px; margin: 0; padding: 0; }
.holdfast-timeline details { margin: 8px 0 0; }
.holdfast-timeline summary { display: list-item; width: fit-content; cursor: pointer; color: ${colour('ink')}; border-radius: 4px; padding: 2px 4px; }
.holdfast-table { max-height: 320px; overflow: auto; margin-top: 6px; }
.holdfast-table table { border-collapse: collapse; width: 100%; font-size: 12px; color: ${colour('ink')}; }
.holdfast-table caption { text-align: start; padding: 0 0 4px; color: ${colour('muted')}; }
.holdfast-table th, .holdfast-table td { text-align: start; vertical-align: top; padding: 3px 12px 3px 0; border: 0; border-bottom: 1px solid ${colour('line')}; font-weight: 400; overflow-wrap: break-word; }
.holdfast-table td:nth-child(2), .holdfast-table td:last-child { min-width: 130px; }
.holdfast-table thead th { font-weight: 600; white-space: nowrap; }
.holdfast-table .holdfast-number { text-align: end; white-space: nowrap; width: 80px; font-variant-numeric: tabular-nums; }
@media (prefers-reduced-motion: reduce) { .holdfast-timeline * { scroll-behavior: auto; } }
`;
