import { useState, type ReactNode } from 'react';
import { useFailure } from '@holdfast/react';
import { Client, gql, Provider, useMutation, useQuery, type TypedDocumentNode } from 'urql';
import { exchanges } from './resilience.ts';

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
  // One for each session: with it goes all that was read.
  const [client] = useState(
    () => new Client({ url: 'graphql', preferGetMethod: false, exchanges }),
  );
  const [id, choose] = useState('');
  return (
    <Provider value={client}>
      {id && <button onClick={() => choose('')}>All templates</button>}
      {id ? <Detail id={id} /> : <List choose={choose} />}
    </Provider>
  );
}

function List({ choose }: { choose: (id: string) => void }) {
  const variables = { page: { limit: 100 } };
  const [{ data, error }, ask] = useQuery({ query: TEMPLATES, variables });
  if (!data) return error ? <Trouble error={error} retry={ask} /> : <p>One moment …</p>;
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
  const [{ data, error }, ask] = useQuery({ query: TEMPLATES, variables: { page } });
  const [ordered, order] = useMutation(ORDER);
  const [own, setOwn] = useState('');
  const credential = { template_id: id, external_id: own, data: [] }; // Its fields go into data.
  if (!data) return error ? <Trouble error={error} retry={ask} /> : <p>One moment …</p>;
  return (
    <form action={() => void order({ credential })}>
      <h2>{data.found.docs[0]?.name}</h2>
      <p>Template number {data.found.docs[0]?.number}</p>
      <label htmlFor="own">Your own number for the order (external_id)</label>
      <input id="own" value={own} onChange={(event) => setOwn(event.target.value)} required />
      <button disabled={ordered.fetching || ordered.data !== undefined}>Order</button>
      <p role="status">{ordered.data && `Ordered. Its number is ${ordered.data.placed.number}.`}</p>
      {ordered.error && <Trouble error={ordered.error} />}
    </form>
  );
}

/** What went wrong, what to do about it, and a button where trying again may help. */
export function Trouble({ error, retry }: { error: unknown; retry?: () => void }): ReactNode {
  const failure = useFailure(error);
  return (
    <div role="alert">
      <p>That did not work. {failure?.advice}</p>
      {retry && failure?.retryable && <button onClick={() => retry()}>Try again</button>}
    </div>
  );
}
