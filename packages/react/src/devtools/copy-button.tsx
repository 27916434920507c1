import { useEffect, useRef, useState } from 'react';
import type { ReactElement } from 'react';

interface CopyButtonProps {
  /** What is copied, made when it is. */
  readonly text: () => string;
  /** Whether there is room for one word only. */
  readonly short?: boolean;
}

type Outcome = { readonly type: 'copied' } | { readonly type: 'refused'; readonly text: string };

/** Copies a text, says so, and where the page may not copy, shows it to be copied by hand. */
export function CopyButton({ text, short = false }: CopyButtonProps): ReactElement {
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const copy = (): void => {
    const copied = text();
    setOutcome(undefined);
    // A page that is not served securely has no clipboard.
    const { clipboard } = navigator as Partial<Pick<Navigator, 'clipboard'>>;
    const written = clipboard?.writeText(copied) ?? Promise.reject(new Error('no clipboard'));
    written.then(
      () => setOutcome({ type: 'copied' }),
      () => setOutcome({ type: 'refused', text: copied }),
    );
  };
  const isCopied = outcome?.type === 'copied';
  return (
    <span className="copy">
      <button
        type="button"
        aria-label="Copy as JSON"
        title="Copy as JSON"
        onClick={copy}
        onBlur={() => isCopied && setOutcome(undefined)}
      >
        {isCopied ? 'Copied' : short ? 'Copy' : 'Copy as JSON'}
      </button>
      <span role="status" className={isCopied ? 'unseen' : 'quiet'}>
        {isCopied ? 'Copied.' : ''}
        {outcome?.type === 'refused' ? 'This page may not copy. Copy it from here:' : ''}
      </span>
      {outcome?.type === 'refused' ? <ByHand text={outcome.text} /> : null}
    </span>
  );
}

function ByHand({ text }: { readonly text: string }): ReactElement {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.select(), []);
  return <textarea ref={field} aria-label="As JSON" readOnly rows={6} value={text} />;
}
