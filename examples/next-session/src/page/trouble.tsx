'use client';

import { useFailure } from '@holdfast/react';
import type { ReactNode } from 'react';

/** What went wrong, what to do about it, and a button where trying again may help. */
export function Trouble({ error, retry }: { error: unknown; retry?: () => void }): ReactNode {
  const failure = useFailure(error);
  return (
    <div role="alert">
      <p>That did not work. {failure?.advice}</p>
      {retry && <button onClick={() => retry()}>Try again</button>}
    </div>
  );
}
