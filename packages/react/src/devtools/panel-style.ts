import { colour, paletteStyle } from './palette.ts';

/** For the inside of the shadow root: nothing of the page reaches in here, and nothing of this out. */
export const PANEL_STYLE: string = `
:host { all: initial; color-scheme: inherit; }
${paletteStyle('.root')}
.root { color: ${colour('ink')}; font: 13px/1.45 system-ui, sans-serif; }
.root *, .root *::before { box-sizing: border-box; }
button {
  font: inherit; font-weight: 600; color: ${colour('ink')}; background: ${colour('surface')};
  border: 1px solid ${colour('muted')}; border-radius: 6px; padding: 4px 10px; min-height: 28px; cursor: pointer;
}
button:hover { background: ${colour('raised')}; }
:focus-visible { outline: 2px solid ${colour('success')}; outline-offset: 2px; }
.open { position: fixed; inset: auto 12px 12px auto; z-index: 2147483000; border-radius: 999px; padding: 6px 14px; box-shadow: 0 2px 8px rgb(0 0 0 / 25%); }
.panel {
  position: fixed; z-index: 2147483000; display: flex; flex-direction: column; overflow: hidden;
  color: ${colour('ink')}; background: ${colour('surface')}; border: 0 solid ${colour('muted')}; box-shadow: 0 0 32px rgb(0 0 0 / 28%);
}
.panel[data-dock='bottom'] { inset: auto 0 0 0; max-height: min(640px, 62vh); max-height: min(640px, 62dvh); border-top-width: 1px; }
.panel[data-dock='left'] { inset: 0 auto 0 0; width: min(540px, 100%); border-right-width: 1px; }
.panel[data-dock='right'] { inset: 0 0 0 auto; width: min(540px, 100%); border-left-width: 1px; }
@media (max-width: 640px) {
  .panel[data-dock] { inset: auto 0 0 0; width: auto; max-height: 85vh; max-height: 85dvh; border-width: 1px 0 0; border-radius: 10px 10px 0 0; }
}
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; padding: 8px 12px; background: ${colour('raised')}; border-bottom: 1px solid ${colour('line')}; }
.bar h2 { margin: 0; font-size: 14px; font-weight: 600; }
.bar .filter { flex: 1 1 88px; min-width: 0; }
input, textarea {
  font: inherit; color: ${colour('ink')}; background: ${colour('surface')}; border: 1px solid ${colour('muted')};
  border-radius: 6px; padding: 4px 8px; min-height: 28px; margin: 0;
}
input::placeholder { color: ${colour('muted')}; opacity: 1; }
textarea { display: block; width: 100%; margin-top: 4px; font: 11px/1.4 ui-monospace, Menlo, Consolas, monospace; }
.docks { display: inline-flex; }
@media (max-width: 640px) {
  .docks { display: none; }
  .bar h2 { flex: 1; }
  .bar .filter { order: 1; flex-basis: 100%; }
}
.docks button { padding: 4px 7px; border-radius: 0; margin-inline-start: -1px; line-height: 0; color: ${colour('muted')}; }
.docks button:first-child { border-radius: 6px 0 0 6px; margin: 0; }
.docks button:last-child { border-radius: 0 6px 6px 0; }
.docks button[aria-pressed='true'] { color: ${colour('surface')}; background: ${colour('ink')}; }
.copy { display: inline-flex; flex-wrap: wrap; align-items: center; }
.copy > .quiet:not(:empty) { margin-inline-start: 6px; }
.copy:has(textarea) { flex-basis: 100%; order: 1; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.body { overflow: auto; padding: 12px; container-type: inline-size; }
.content { display: grid; gap: 14px; grid-template-columns: minmax(0, 1fr); align-items: start; }
.facts { display: grid; gap: 14px 24px; grid-template-columns: repeat(auto-fit, minmax(min(220px, 100%), 1fr)); }
@container (min-width: 900px) {
  .content { grid-template-columns: minmax(220px, 1fr) minmax(0, 3fr); }
  .facts { position: sticky; top: 0; grid-row: span 2; grid-template-columns: minmax(0, 1fr); }
}
section { min-width: 0; }
h3 { margin: 0 0 4px; font-size: 12px; font-weight: 600; color: ${colour('muted')}; }
p, ul, ol, dl, dd { margin: 0; padding: 0; }
ul, ol { list-style: none; display: grid; gap: 4px; }
li, dd, p { overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 10px; }
dt { color: ${colour('muted')}; }
.quiet { color: ${colour('muted')}; }
.failures > li { border-inline-start: 3px solid ${colour('failure')}; padding-inline-start: 8px; }
.failures > li { padding-block: 2px; }
details { margin-top: 4px; }
summary { width: fit-content; cursor: pointer; border-radius: 4px; padding: 2px 4px; margin-inline-start: -4px; }
details[open] > :not(summary) { margin-block-start: 6px; }
ol { gap: 2px; font-variant-numeric: tabular-nums; }
strong { font-weight: 600; }
`;
