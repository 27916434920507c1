import type { ReactNode } from 'react';
import type { Failure } from '@holdfast/core';

/** What went wrong, what to do about it, and a button where trying again may help. */
export function Trouble({ failure, retry }: { failure: Failure; retry?: () => void }): ReactNode {
  return (
    <div role="alert">
      <p>That did not work. {failure.advice}</p>
      {retry && failure.retryable && <button onClick={retry}>Try again</button>}
    </div>
  );
}
