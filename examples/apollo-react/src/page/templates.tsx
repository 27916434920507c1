import { Suspense, useState, type ReactNode } from 'react';
import { gql, type TypedDocumentNode } from '@apollo/client';
import { ApolloProvider, useMutation, useSuspenseQuery } from '@apollo/client/react';
import type { Failure } from '@holdfast/core';
import { FailureBoundary, useFailure } from '@holdfast/react';
import { createClient } from './client.ts';

type Template = { id: string; name: string; number: number };

const TEMPLATES: TypedDocumentNode<{ found: { docs: Template[] } }> = gql`
  query Templates($page: PaginationOptions) {
    found: CredentialTemplatesV2(tenantIds: ["tenant-1"], pagination: $page) {
      docs {
        id: _id
        name
        number: template_number
      }
    }
  }
`;
const ORDER: TypedDocumentNode<{ placed: { number: string } }> = gql`
  mutation Order($credential: CredentialOrderInput!) {
    placed: CredentialOrderV1(tenantId: "tenant-1", credential: $credential) {
      number: credential_number
    }
  }
`;

export function Templates(): ReactNode {
  const [client] = useState(createClient);
  const [id, choose] = useState('');
  return (
    <ApolloProvider client={client}>
      {id && <button onClick={() => choose('')}>All templates</button>}
      <FailureBoundary key={id} fallback={Trouble}>
        <Suspense fallback={<p>One moment …</p>}>
          {id ? <Detail id={id} /> : <List choose={choose} />}
        </Suspense>
      </FailureBoundary>
    </ApolloProvider>
  );
}

function List({ choose }: { choose: (id: string) => void }) {
  const { data } = useSuspenseQuery(TEMPLATES, { variables: { page: { limit: 100 } } });
  return (
    <section>
      <h2>Templates</h2>
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

function Detail({ id }: { id: string }) {
  const filter = { field: '_id', value: id, operator: 'eq' };
  const { data } = useSuspenseQuery(TEMPLATES, { variables: { page: { filter } } });
  const [order, { data: ordered, error, loading }] = useMutation(ORDER);
  const failure = useFailure(error);
  const [name, setName] = useState('');
  const values = [{ data_field: 'personLastName', string_value: name }];
  const credential = { template_id: id, external_id, data: values };
  const [template] = data.found.docs;
  return (
    <form action={() => void order({ variables: { credential } })}>
      <h2>{template?.name}</h2>
      <p>Template number {template?.number}.</p>
      <label>
        Last name <input value={name} onChange={(event) => setName(event.target.value)} required />
      </label>
      <button disabled={loading}>Order</button>
      <p role="status">{ordered && `Ordered. Its number is ${ordered.placed.number}.`}</p>
      {failure && <Trouble failure={failure} />}
    </form>
  );
}

/** What went wrong, what to do about it, and a button where trying again may help. */
export function Trouble({ failure, retry }: { failure: Failure; retry?: () => void }): ReactNode {
  return (
    <div role="alert">
      <p>That did not work. {failure.advice}</p>
      {retry && failure.retryable && <button onClick={retry}>Try again</button>}
    </div>
  );
}
