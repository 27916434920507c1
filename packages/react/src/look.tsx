import type { ReactElement } from 'react';

/**
 * The look that a status and a failure message may have. It takes the page's font and, through the system
 * colours, its `color-scheme`; every part of it is a custom property that the page may set. What moves does so
 * only for those who do not mind, and a status takes the same room whether or not it has something to say.
 */
const STYLE = `
.holdfast-look {
  --_ink: var(--holdfast-ink, CanvasText);
  --_surface: var(--holdfast-surface, Canvas);
  --_line: var(--holdfast-line, color-mix(in srgb, var(--_ink) 22%, var(--_surface)));
  --_quiet: var(--holdfast-quiet, color-mix(in srgb, var(--_ink) 72%, var(--_surface)));
  --_accent: var(--holdfast-accent, #3b82f6);
  --_radius: var(--holdfast-radius, 12px);
  --_shadow: var(--holdfast-shadow, 0 1px 2px rgb(0 0 0 / 12%), 0 8px 24px rgb(0 0 0 / 16%));
  box-sizing: border-box; font: var(--holdfast-font, inherit); color: var(--_ink); background: var(--_surface);
  border: 1px solid var(--_line); border-radius: var(--_radius); line-height: 1.45; overflow-wrap: anywhere;
}
.holdfast-status {
  display: inline-flex; align-items: center; gap: 0.6em; padding: 0.4em 0.9em; max-inline-size: 100%;
  min-block-size: calc(1.45em + 0.8em + 2px); vertical-align: middle; font-variant-numeric: tabular-nums;
}
.holdfast-status::before {
  content: ''; box-sizing: border-box; flex: none; inline-size: 0.75em; block-size: 0.75em; border-radius: 50%;
  border: 2px solid var(--_accent);
}
.holdfast-status:empty { border-color: transparent; background: none; }
.holdfast-status:empty::before { visibility: hidden; }
.holdfast-status[data-look='floating'] {
  --_surface: var(--holdfast-surface, color-mix(in srgb, CanvasText 6%, Canvas));
  display: flex; position: fixed; z-index: var(--holdfast-layer, 1000); pointer-events: none;
  inset-inline: 0; inset-block-end: var(--holdfast-edge, max(16px, env(safe-area-inset-bottom)));
  inline-size: fit-content; max-inline-size: min(40rem, 100% - 32px); margin-inline: auto; box-shadow: var(--_shadow);
}
.holdfast-status[data-look='floating']:empty { opacity: 0; box-shadow: none; }
.holdfast-failure { padding: 0.9em 1.1em; text-align: start; }
.holdfast-failure p { margin: 0; }
.holdfast-failure p + p { margin-block-start: 0.2em; color: var(--_quiet); }
.holdfast-failure > p { margin-block-start: 0.2em; color: var(--_quiet); font-variant-numeric: tabular-nums; }
.holdfast-failure > div:last-child:not([role]) { display: flex; flex-wrap: wrap; gap: 0.6em; margin-block-start: 0.8em; }
.holdfast-failure button {
  font: inherit; font-weight: 600; color: var(--_ink); background: color-mix(in srgb, var(--_ink) 6%, var(--_surface));
  border: 1px solid var(--_line); border-radius: calc(var(--_radius) * 0.6); padding: 0.4em 0.95em; min-block-size: 2.25em; cursor: pointer;
}
.holdfast-failure button:hover { background: color-mix(in srgb, var(--_ink) 12%, var(--_surface)); }
.holdfast-failure button:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
.holdfast-failure button[aria-disabled='true'] { color: var(--_quiet); font-weight: 500; cursor: default; }
@media (prefers-reduced-motion: no-preference) {
  .holdfast-status[data-moves='true']::before { border-inline-end-color: transparent; animation: holdfast-turn 1.1s linear infinite; }
  .holdfast-status[data-look='floating'] { transition: opacity 0.2s, translate 0.2s; }
  .holdfast-status[data-look='floating']:empty { translate: 0 6px; transition: none; }
}
@keyframes holdfast-turn { to { rotate: 1turn; } }
@media print { .holdfast-status { display: none; } }
`;

interface LookProps {
  /** For a page whose content security policy asks for one. */
  readonly nonce: string | undefined;
}

/** The style itself, beside what it is for: no file to import, and nothing of it without somebody who looks so. */
export function Look({ nonce }: LookProps): ReactElement {
  // Its quotes stay quotes on a server, too, where a text would be escaped.
  return <style nonce={nonce} dangerouslySetInnerHTML={{ __html: STYLE }} />;
}

/**
 * @throws TypeError where a look is none that there is, in one sentence (X5).
 */
export function checkLook(component: string, look: unknown, allowed: readonly string[]): void {
  if (look === undefined || allowed.includes(look as string)) return;
  const names = allowed.map((name) => `"${name}"`).join(' or ');
  throw new TypeError(`${component}: look was given ${String(look)}; ${names} is allowed.`);
}

/** The names that the style goes by, before those that the page gives. */
export function classNames(part: 'status' | 'failure', given: string | undefined): string {
  const own = `holdfast-look holdfast-${part}`;
  return given === undefined ? own : `${own} ${given}`;
}
