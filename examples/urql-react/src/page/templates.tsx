import { useState } from 'react';
import type { ReactNode, SubmitEvent } from 'react';
import { useFailure } from '@holdfast/react';
import { Provider, useMutation, useQuery } from 'urql';
import { createClient } from './client.ts';
import { credential, ORDER, TEMPLATES } from './operations.ts';
import type { Template } from './operations.ts';
import { Trouble } from './trouble.tsx';

/** Of the heading of what has just taken the place of something else. */
const focus = (heading: HTMLElement | null): void => heading?.focus();

const network = { requestPolicy: 'network-only' } as const;

export function Templates(): ReactNode {
  const [client] = useState(createClient);
  const [id, choose] = useState('');
  return (
    <Provider value={client}>
      {id === '' ? <List choose={choose} /> : <Detail id={id} back={() => choose('')} />}
    </Provider>
  );
}

function List({ choose }: { choose(id: string): void }): ReactNode {
  const [{ data, error }, ask] = useQuery({ query: TEMPLATES, variables: {} });
  const failure = useFailure(error);
  if (failure) return <Trouble failure={failure} retry={() => ask(network)} />;
  if (!data) return <p>One moment …</p>;
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

function Detail({ id, back }: { readonly id: string; back(): void }): ReactNode {
  const filter = { field: '_id', value: id, operator: 'eq' };
  const [{ data, error }, ask] = useQuery({ query: TEMPLATES, variables: { filter } });
  const failure = useFailure(error);
  const template = data?.found.docs[0];
  return (
    <section>
      <button onClick={back}>All templates</button>
      {failure && <Trouble failure={failure} retry={() => ask(network)} />}
      {!data && !failure && <p>One moment …</p>}
      {template && <Order template={template} />}
    </section>
  );
}

function Order({ template }: { readonly template: Template }): ReactNode {
  const [{ data, error, fetching }, order] = useMutation(ORDER);
  const failure = useFailure(error);
  const place = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const variables = credential(template.id, new FormData(form));
    void order(variables).then((result) => result.data && form.reset());
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
      <button disabled={fetching}>Order</button>
      <div role="status">{data && `Ordered. Its number is ${data.placed.credential_number}.`}</div>
      {failure && <Trouble failure={failure} />}
    </form>
  );
}
