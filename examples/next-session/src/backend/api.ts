import { startFaultServer } from '@holdfast/testing';
import type { FaultServer, FaultServerContext } from '@holdfast/testing';
import { GraphQLError } from 'graphql';
import type { LoginServer, Subject } from './login-server.ts';

const typeDefs = /* GraphQL */ `
  type Query {
    "For everybody."
    notices: [String!]!
    "Who is signed in."
    me: User!
    "Those of whoever is signed in, the newest first."
    notes: [Note!]!
  }
  type Mutation {
    addNote(text: String!): Note!
  }
  type User {
    id: ID!
    name: String!
  }
  type Note {
    id: ID!
    text: String!
  }
`;

interface Note {
  readonly id: string;
  readonly text: string;
}

export interface Api {
  /** A real GraphQL server that can be told to fail. */
  readonly server: FaultServer;
  /** What somebody has written, the newest first. */
  notesOf(user: string): readonly string[];
  /** Keeps the answers about notes back, until what it gives is called. */
  holdNotes(): () => void;
}

/** An API that knows the login server's tokens, and whose notes belong to somebody each. */
export async function startApi(login: LoginServer): Promise<Api> {
  const notes = new Map<string, Note[]>();
  let held: Promise<void> = Promise.resolve();

  function admitted({ token }: FaultServerContext): Subject {
    const subject = login.subject(token);
    if (subject !== undefined) return subject;
    throw new GraphQLError('Sign in first.', { extensions: { code: 'UNAUTHENTICATED' } });
  }

  function listOf(user: string): Note[] {
    const list = notes.get(user) ?? [{ id: `${user}-1`, text: `The first note of ${user}` }];
    notes.set(user, list);
    return list;
  }

  const resolvers = {
    Query: {
      notices: () => ['The office is closed on Friday.'],
      me: (_: unknown, __: unknown, context: FaultServerContext) => admitted(context),
      notes: async (_: unknown, __: unknown, context: FaultServerContext) => {
        const { id } = admitted(context);
        await held;
        return listOf(id);
      },
    },
    Mutation: {
      addNote: (_: unknown, { text }: { text: string }, context: FaultServerContext) => {
        const { id } = admitted(context);
        const list = listOf(id);
        const note = { id: `${id}-${list.length + 1}`, text };
        list.unshift(note);
        return note;
      },
    },
  };
  const valid = (token: string): boolean => login.subject(token) !== undefined;
  const server = await startFaultServer({
    schema: { typeDefs, resolvers },
    auth: { reject: 'field', valid },
  });
  return {
    server,
    notesOf: (user) => listOf(user).map(({ text }) => text),
    holdNotes() {
      let release = (): void => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
  };
}
