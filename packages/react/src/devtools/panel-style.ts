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
  position: fixed; inset: auto 12px 12px auto; z-index: 2147483000; display: flex; flex-direction: column;
  width: min(860px, calc(100vw - 24px)); max-height: min(720px, calc(100vh - 24px)); max-height: min(720px, calc(100dvh - 24px));
  color: ${colour('ink')}; background: ${colour('surface')};
  border: 1px solid ${colour('muted')}; border-radius: 10px; box-shadow: 0 8px 32px rgb(0 0 0 / 30%); overflow: hidden;
}
@media (max-width: 500px) { .panel { inset: auto 0 0 0; width: auto; border-radius: 10px 10px 0 0; max-height: 85vh; max-height: 85dvh; } }
.bar { display: flex; align-items: center; gap: 8px; padding: 8px 12px; background: ${colour('raised')}; border-bottom: 1px solid ${colour('line')}; }
.bar h2 { flex: 1; margin: 0; font-size: 14px; font-weight: 600; }
.body { overflow: auto; padding: 12px; display: grid; gap: 14px; grid-template-columns: minmax(0, 1fr); }
.facts { display: grid; gap: 14px 24px; grid-template-columns: repeat(auto-fit, minmax(min(220px, 100%), 1fr)); }
section { min-width: 0; }
h3 { margin: 0 0 4px; font-size: 12px; font-weight: 600; color: ${colour('muted')}; }
p, ul, dl, dd { margin: 0; padding: 0; }
ul { list-style: none; display: grid; gap: 4px; }
li, dd, p { overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 10px; }
dt { color: ${colour('muted')}; }
.quiet { color: ${colour('muted')}; }
.failures li { border-inline-start: 3px solid ${colour('failure')}; padding-inline-start: 8px; }
strong { font-weight: 600; }
`;
