import { Suspense, useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { ApolloProvider, useMutation, useQuery, useSuspenseQuery } from '@apollo/client/react';
import { FailureBoundary, useFailure } from '@holdfast/react';
import { createClient } from './client.ts';
import { credential, ORDER, TEMPLATES } from './operations.ts';
import type { Template } from './operations.ts';
import { Trouble } from './trouble.tsx';

/** Of the heading of what has just taken the place of something else. */
const focus = (heading: HTMLElement | null): void => heading?.focus();

export function Templates(): ReactNode {
  const [client] = useState(createClient);
  const [id, choose] = useState('');
  return (
    <ApolloProvider client={client}>
      {id === '' ? (
        <FailureBoundary fallback={Trouble}>
          <Suspense fallback={<p>One moment …</p>}>
            <List choose={choose} />
          </Suspense>
        </FailureBoundary>
      ) : (
        <Detail id={id} back={() => choose('')} />
      )}
    </ApolloProvider>
  );
}

/** Suspends, and throws what failed to the boundary above. */
function List({ choose }: { choose(id: string): void }): ReactNode {
  const { data } = useSuspenseQuery(TEMPLATES);
  return (
    <section>
      <h2 tabIndex={-1} ref={focus}>
        Templates
      </h2>
      <ul>
        {data.found.docs.map(({ id, name }) => (
          <li key={id}>
            <button onClick={() => choose(id)}>{name}</button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Has in hand what failed, and shows it itself. */
function Detail({ id, back }: { readonly id: string; back(): void }): ReactNode {
  const filter = { field: '_id', value: id, operator: 'eq' };
  const { data, error, refetch } = useQuery(TEMPLATES, { variables: { filter } });
  const failure = useFailure(error);
  const template = data?.found.docs[0];
  return (
    <section>
      <button onClick={back}>All templates</button>
      {failure && <Trouble failure={failure} retry={() => void refetch()} />}
      {!data && !failure && <p>One moment …</p>}
      {template && <Order template={template} />}
    </section>
  );
}

function Order({ template }: { readonly template: Template }): ReactNode {
  const [order, { data, error, loading }] = useMutation(ORDER);
  const failure = useFailure(error);
  const place = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const variables = credential(template.id, new FormData(form));
    void order({ variables, onCompleted: () => form.reset() });
  };
  return (
    <form onSubmit={place}>
      <h2 tabIndex={-1} ref={focus}>
        {template.name}
      </h2>
      <p>
        {template.type_name}, number {template.template_number}
      </p>
      <label>
        First name <input name="personFirstName" autoComplete="off" required />
      </label>
      <label>
        Last name <input name="personLastName" autoComplete="off" required />
      </label>
      <label>
        Your own number for it (external_id) <input name="external_id" required />
      </label>
      <button disabled={loading}>Order</button>
      <div role="status">{data && `Ordered. Its number is ${data.placed.credential_number}.`}</div>
      {failure && <Trouble failure={failure} />}
    </form>
  );
}
