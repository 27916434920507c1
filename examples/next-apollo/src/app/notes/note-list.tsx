'use client';

import { useMutation, useSuspenseQuery } from '@apollo/client/react';
import { Trouble } from '@holdfast/example-next-session/trouble';
import { FailureBoundary } from '@holdfast/react';
import { Suspense, type ReactNode } from 'react';
import { ADD_NOTE, NOTES } from '../queries.ts';

/** Shown once its data has come, which the server has asked for. */
export function NoteList(): ReactNode {
  return (
    <FailureBoundary fallback={(caught) => <Trouble {...caught} />}>
      <Suspense fallback={<p>Your notes are on their way …</p>}>
        <List />
      </Suspense>
    </FailureBoundary>
  );
}

function List() {
  const { data } = useSuspenseQuery(NOTES);
  const [add, { error, loading }] = useMutation(ADD_NOTE, { refetchQueries: [NOTES] });
  return (
    <>
      <form action={(form) => void add({ variables: { text: String(form.get('text')) } })}>
        <label>
          Note <input name="text" required />
        </label>{' '}
        <button disabled={loading}>Add</button>
        {error && <Trouble error={error} />}
      </form>
      <ul>
        {data.notes.map(({ id, text }) => (
          <li key={id}>{text}</li>
        ))}
      </ul>
    </>
  );
}
