import { useState } from 'react';

/** Where the panel lies, over the page. */
export type Dock = 'left' | 'bottom' | 'right';

export const DOCKS: readonly Dock[] = ['left', 'bottom', 'right'];

const KEY = 'holdfast.devtools.dock';

/** The side that was chosen last, here or in an earlier page, and how another one is chosen. */
export function useDock(): readonly [Dock, (dock: Dock) => void] {
  const [dock, setDock] = useState(remembered);
  const choose = (next: Dock): void => {
    setDock(next);
    remember(next);
  };
  return [dock, choose];
}

function remembered(): Dock {
  try {
    const kept = globalThis.localStorage.getItem(KEY);
    return DOCKS.find((dock) => dock === kept) ?? 'bottom';
  } catch {
    // A page that may store nothing has nothing stored: sandboxed frames, blocked site data, no storage at all.
    return 'bottom';
  }
}

function remember(dock: Dock): void {
  try {
    globalThis.localStorage.setItem(KEY, dock);
  } catch {
    // Then it holds for as long as the page does.
  }
}
