import { gql } from '@urql/core';
import type { TypedDocumentNode } from '@urql/core';

export const HELLO: TypedDocumentNode = gql`
  query Hello {
    hello
  }
`;
export const ITEMS: TypedDocumentNode = gql`
  query Items {
    items {
      id
      name
    }
  }
`;
export const ADD: TypedDocumentNode = gql`
  mutation Add($name: String!) {
    add(name: $name) {
      id
      name
    }
  }
`;
export const RENAME: TypedDocumentNode = gql`
  mutation Rename($id: ID!, $name: String!) {
    rename(id: $id, name: $name) {
      id
      name
    }
  }
`;
