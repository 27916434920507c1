import { ResilienceStatus } from '@holdfast/react';
import { useEffect, type ReactElement } from 'react';
import { toast, Toaster } from 'sonner';

const ID = 'connection';

function StatusToast({ sentence }: { readonly sentence: string }): null {
  useEffect(() => {
    if (sentence === '') toast.dismiss(ID);
    // For the eyes alone: the status beside it is what a screen reader hears, without every second.
    else toast.loading(<span aria-hidden="true">{sentence}</span>, { id: ID, duration: Infinity });
  }, [sentence]);
  useEffect(() => () => void toast.dismiss(ID), []);
  return null;
}

export function Connection(): ReactElement {
  return (
    <>
      <ResilienceStatus>{(_, sentence) => <StatusToast sentence={sentence} />}</ResilienceStatus>
      <Toaster position="bottom-center" />
    </>
  );
}
