import type { ReactNode } from 'react';
import type { Failure } from '@holdfast/core';

interface TroubleProps {
  readonly failure: Failure;
  readonly retry?: () => void;
  readonly retrying?: boolean;
}

/** What went wrong, what to do about it, and a button where trying again may help. */
export function Trouble({ failure, retry, retrying }: TroubleProps): ReactNode {
  const { advice, retryAt, retryable } = failure;
  return (
    <div role="alert">
      <p>
        <b>That did not work.</b> {advice}
      </p>
      {retryAt && <p>Not before {new Date(retryAt).toLocaleTimeString()}.</p>}
      {retry && retryable && (
        <button onClick={retry} disabled={retrying}>
          Try again
        </button>
      )}
    </div>
  );
}
