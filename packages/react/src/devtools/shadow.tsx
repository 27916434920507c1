import { useCallback, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { createPortal } from 'react-dom';

interface ShadowProps {
  readonly style: string;
  readonly nonce: string | undefined;
  readonly children: ReactNode;
}

/** Shows its children where no style of the page reaches, and no style of theirs leaves. */
export function Shadow({ style, nonce, children }: ShadowProps): ReactElement {
  const [root, setRoot] = useState<ShadowRoot | null>(null);
  const attach = useCallback((host: HTMLElement | null): void => {
    // Strict Mode attaches twice: an element can have one root only.
    if (host !== null) setRoot(host.shadowRoot ?? host.attachShadow({ mode: 'open' }));
  }, []);
  return (
    <div data-holdfast-devtools="" ref={attach}>
      {root === null
        ? null
        : createPortal(
            <>
              <style nonce={nonce}>{style}</style>
              {children}
            </>,
            root,
          )}
    </div>
  );
}
