import type { Resilience } from '@holdfast/core';
import { useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement, RefObject } from 'react';
import { ResilienceContext } from '../context.ts';
import { PANEL_STYLE } from './panel-style.ts';
import { Panel } from './panel.tsx';
import { createHistory, follow } from './recorder.ts';
import { Shadow } from './shadow.tsx';

/** What {@link ResilienceDevtools} takes. */
export interface ResilienceDevtoolsProps {
  /** The instance to look at. Default: the provider's. */
  readonly resilience?: Resilience | undefined;
  /** How many operations are kept; 1 to 5,000. Default 300. */
  readonly keep?: number | undefined;
  /** For a page whose content security policy asks for one. */
  readonly nonce?: string | undefined;
}

/**
 * A button in the corner of the page, which opens a panel: session, rate limits, what waits, a timeline, and
 * the last failures with advice, each with its steps. Operations can be filtered, and all of it be copied as
 * JSON. Alt+Shift+H opens and closes it, Escape closes it. It docks to the bottom, the left or the right; the
 * side is remembered in `localStorage`, and nothing else.
 *
 * It records from when it is mounted, so that what has just happened can be looked at. While it is closed
 * that is all it does: it draws nothing and runs no timer.
 *
 * @throws Error where there is neither a provider above nor the property `resilience`.
 * @throws RangeError where `keep` is no whole number from 1 to 5,000.
 *
 * @example
 * {import.meta.env.DEV && <ResilienceDevtools />}
 */
export function ResilienceDevtools({
  resilience: given,
  keep,
  nonce,
}: ResilienceDevtoolsProps): ReactElement {
  const resilience = useInstance(given);
  const [open, setOpen] = useState(false);
  const recorder = useMemo(() => createHistory({ keep }), [resilience, keep]);
  useEffect(() => follow(resilience, recorder), [resilience, recorder]);
  useEffect(() => recorder.dispose, [recorder]);
  const button = useRef<HTMLButtonElement>(null);
  const back = useFocusBack(open, button);
  useShortcut(() => {
    if (!open) back.current = focused();
    setOpen(!open);
  });
  return (
    <Shadow style={PANEL_STYLE} nonce={nonce}>
      <section className="root" aria-label="Holdfast devtools">
        {open ? (
          <Panel {...{ resilience, recorder, nonce }} onClose={() => setOpen(false)} />
        ) : (
          <button
            type="button"
            className="open"
            ref={button}
            aria-haspopup="dialog"
            aria-keyshortcuts="Alt+Shift+H"
            title="Alt+Shift+H"
            onClick={() => setOpen(true)}
          >
            Holdfast
          </button>
        )}
      </section>
    </Shadow>
  );
}

/** Who closes the panel is back where it was opened from: what had the focus then, or the button. */
function useFocusBack(
  open: boolean,
  button: RefObject<HTMLButtonElement | null>,
): RefObject<HTMLElement | null> {
  const back = useRef<HTMLElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !open) {
      const target = back.current?.isConnected === true ? back.current : button.current;
      back.current = null;
      target?.focus();
    }
    wasOpen.current = open;
  }, [open, button]);
  return back;
}

/** What has the focus in the page, where that is neither the page itself nor the devtools. */
function focused(): HTMLElement | null {
  const { activeElement } = document;
  const isOther =
    activeElement instanceof HTMLElement &&
    !activeElement.matches('body, [data-holdfast-devtools]');
  return isOther ? activeElement : null;
}

/** Alt+Shift+H, by the place of its key: with Alt a keyboard may write another letter. */
function useShortcut(run: () => void): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const { code, altKey, shiftKey, ctrlKey, metaKey, repeat } = event;
      if (code !== 'KeyH' || !altKey || !shiftKey || ctrlKey || metaKey || repeat) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

function useInstance(given: Resilience | undefined): Resilience {
  const provided = useContext(ResilienceContext);
  const resilience = given ?? provided;
  if (resilience !== undefined) return resilience;
  throw new Error(
    'ResilienceDevtools has no instance; give it the property resilience, or a ResilienceProvider above it.',
  );
}
