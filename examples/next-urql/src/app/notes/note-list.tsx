'use client';

import { Trouble } from '@holdfast/example-next-session/trouble';
import type { ReactNode } from 'react';
import { useMutation, useQuery } from 'urql';
import { ADD_NOTE, NOTES } from '../queries.ts';

export function NoteList(): ReactNode {
  const [{ data, error }, ask] = useQuery({ query: NOTES });
  const [added, add] = useMutation(ADD_NOTE);
  if (error) return <Trouble error={error} retry={() => ask({ requestPolicy: 'network-only' })} />;
  if (!data) return <OnTheirWay />;
  return (
    <>
      <form action={(form) => void add({ text: String(form.get('text')) })}>
        <label>
          Note <input name="text" required />
        </label>{' '}
        <button disabled={added.fetching}>Add</button>
        {added.error && <Trouble error={added.error} />}
      </form>
      <ul>
        {data.notes.map(({ id, text }) => (
          <li key={id}>{text}</li>
        ))}
      </ul>
    </>
  );
}

export function OnTheirWay(): ReactNode {
  return <p>Your notes are on their way …</p>;
}
