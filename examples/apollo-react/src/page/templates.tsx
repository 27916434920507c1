import { Suspense, useState, type ReactNode } from 'react';
import { ApolloClient, gql, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { ApolloProvider, useMutation, useSuspenseQuery } from '@apollo/client/react';
import { FailureBoundary, useFailure } from '@holdfast/react';
import { link } from './resilience.ts';

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
  const [client] = useState(() => new ApolloClient({ link, cache: new InMemoryCache() }));
  const [id, choose] = useState('');
  return (
    <ApolloProvider client={client}>
      {id && <button onClick={() => choose('')}>All templates</button>}
      <FailureBoundary key={id} fallback={(caught) => <Trouble {...caught} />}>
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
  const [own, setOwn] = useState('');
  const credential = { template_id: id, external_id: own, data: [] }; // Its fields go into data.
  return (
    <form action={() => void order({ variables: { credential } })}>
      <h2>{data.found.docs[0]?.name}</h2>
      <p>Template number {data.found.docs[0]?.number}</p>
      <label htmlFor="own">Your own number for the order (external_id)</label>
      <input id="own" value={own} onChange={(event) => setOwn(event.target.value)} required />
      <button disabled={loading || ordered !== undefined}>Order</button>
      <p role="status">{ordered && `Ordered. Its number is ${ordered.placed.number}.`}</p>
      {error && <Trouble error={error} />}
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
