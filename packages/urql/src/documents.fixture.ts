import { gql } from '@urql/core';
import type { TypedDocumentNode } from '@urql/core';

interface Item {
  id: string;
  name: string;
}

export const HELLO: TypedDocumentNode<{ hello: string }> = gql`
  query Hello {
    hello
  }
`;
export const ITEMS: TypedDocumentNode<{ items: Item[] }> = gql`
  query Items {
    items {
      id
      name
    }
  }
`;
export const ADD: TypedDocumentNode<{ add: Item }, { name: string }> = gql`
  mutation Add($name: String!) {
    add(name: $name) {
      id
      name
    }
  }
`;
export const RENAME: TypedDocumentNode<{ rename: Item }, { id: string; name: string }> = gql`
  mutation Rename($id: ID!, $name: String!) {
    rename(id: $id, name: $name) {
      id
      name
    }
  }
`;
