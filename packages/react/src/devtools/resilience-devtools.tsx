import type { Resilience } from '@holdfast/core';
import { useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement } from 'react';
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
 * the last failures with advice. Escape closes it; nothing is remembered.
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
  const wasOpen = useRef(false);
  useEffect(() => {
    // Who closes the panel is back where the panel was opened from.
    if (wasOpen.current && !open) button.current?.focus();
    wasOpen.current = open;
  }, [open]);
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
            onClick={() => setOpen(true)}
          >
            Holdfast
          </button>
        )}
      </section>
    </Shadow>
  );
}

function useInstance(given: Resilience | undefined): Resilience {
  const provided = useContext(ResilienceContext);
  const resilience = given ?? provided;
  if (resilience !== undefined) return resilience;
  throw new Error(
    'ResilienceDevtools has no instance; give it the property resilience, or a ResilienceProvider above it.',
  );
}
