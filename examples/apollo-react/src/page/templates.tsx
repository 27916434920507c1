import { gql, type TypedDocumentNode } from '@apollo/client';
import { ApolloProvider, useMutation, useSuspenseQuery } from '@apollo/client/react';
import { FailureBoundary, useFailure } from '@holdfast/react';
import { Suspense, useState, type ReactNode } from 'react';
import { createClient } from './client.ts';
import { Trouble } from './trouble.tsx';

type Found = { found: { docs: { id: string; name: string; number: number }[] } };

const TEMPLATES: TypedDocumentNode<Found> = gql`
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
  const [client] = useState(createClient); // It goes with the session, and all that was read with it.
  const [id, choose] = useState('');
  return (
    <ApolloProvider client={client}>
      <FailureBoundary key={id} fallback={Trouble}>
        <Suspense fallback="One moment …">
          {id ? <Detail id={id} /> : <List choose={choose} />}
        </Suspense>
      </FailureBoundary>
      {id && <button onClick={() => choose('')}>All templates</button>}
    </ApolloProvider>
  );
}

function List({ choose }: { choose: (id: string) => void }) {
  const { data } = useSuspenseQuery(TEMPLATES, { variables: { page: { limit: 100 } } });
  return (
    <ul>
      {data.found.docs.map(({ id, name }) => (
        <li key={id}>
          <button onClick={() => choose(id)}>{name}</button>
        </li>
      ))}
    </ul>
  );
}

function Detail({ id }: { id: string }) {
  const page = { filter: { field: '_id', value: id, operator: 'eq' } };
  const { data } = useSuspenseQuery(TEMPLATES, { variables: { page } });
  const [order, { data: ordered, error, loading }] = useMutation(ORDER);
  const failure = useFailure(error);
  const [name, setName] = useState('');
  const values = [{ data_field: 'personLastName', string_value: name }];
  const credential = { template_id: id, external_id, data: values };
  return (
    <form action={() => void order({ variables: { credential } })}>
      <h2>{data.found.docs[0]?.name}</h2>
      <p>Template number {data.found.docs[0]?.number}.</p>
      <label htmlFor="name">Last name</label>
      <input id="name" value={name} onChange={(event) => setName(event.target.value)} required />
      <button disabled={loading}>Order</button>
      <p role="status">{ordered && `Ordered. Its number is ${ordered.placed.number}.`}</p>
      {failure && <Trouble failure={failure} />}
    </form>
  );
}
