import { gql, type TypedDocumentNode } from '@apollo/client';

export const NOTICES: TypedDocumentNode<{ notices: string[] }> = gql`
  query Notices {
    notices
  }
`;

export const ME: TypedDocumentNode<{ me: { id: string; name: string } }> = gql`
  query Me {
    me {
      id
      name
    }
  }
`;

export const NOTES: TypedDocumentNode<{ notes: { id: string; text: string }[] }> = gql`
  query Notes {
    notes {
      id
      text
    }
  }
`;

export const ADD_NOTE: TypedDocumentNode<{ addNote: { id: string } }, { text: string }> = gql`
  mutation AddNote($text: String!) {
    addNote(text: $text) {
      id
      text
    }
  }
`;
