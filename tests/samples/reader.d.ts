// What the samples of the pages take from their reader's own application, each name with the type that the pages mean.
import type { ApolloClient } from '@apollo/client';
import type { Failure, RefreshRequest, ResilienceEvent, Share, Tokens } from '@holdfast/core';
import type {
  amplifySession,
  auth0Session,
  clerkSession,
  firebaseSession,
  supabaseSession,
} from '@holdfast/oauth';
import type { ssrExchange, TypedDocumentNode } from '@urql/core';
import type { SubscribePayload } from 'graphql-ws';
import type { ReactNode } from 'react';

// Where he signs in.
export declare const accessToken: string;
export declare const clientId: string;
export declare const clientSecret: string;
export declare const password: string;
export declare const secret: string;
export declare const tokenUrl: string;
export declare const uri: string;
export declare const url: string;
export declare const userKeyId: string;
export declare const username: string;

// How he finds and renews his tokens.
export declare const tokens: Tokens;
export declare const askForNewTokens: (
  tokens: Tokens | undefined,
  signal: AbortSignal,
) => Promise<Tokens>;
export declare const cognitoSession: () => Promise<Tokens>;
export declare const fetchNewToken: () => Promise<string>;
export declare const fetchNonce: () => Promise<Tokens>;
export declare const loadTokens: () => Promise<Tokens | undefined>;
export declare const readCsrfToken: () => string;
export declare const saveTokens: (tokens: Tokens) => Promise<void>;
export declare const refresh: (request: RefreshRequest) => Promise<Tokens | undefined>;

// Where his processes agree.
export declare const openShare: (store: string) => Share;

// The mutation that renews them.
export declare const query: string;
export declare const read: (answer: unknown) => string | undefined;
export declare const variables: (
  tokens: Tokens | undefined,
) => Readonly<Record<string, unknown>> | undefined;

// The SDK that keeps them.
export declare const auth0: {
  getTokenSilently: Parameters<typeof auth0Session>[0];
};
export declare const fetchAuthSession: Parameters<typeof amplifySession>[0];
export declare const getAuth: () => Parameters<typeof firebaseSession>[0];
export declare const getToken: Parameters<typeof clerkSession>[0];
export declare const onAuthStateChanged: (
  auth: Parameters<typeof firebaseSession>[0],
  listener: () => Promise<void>,
) => () => void;
export declare const supabase: { auth: Parameters<typeof supabaseSession>[0] };

// What he asks for, and what came of it.
export declare const ORDERS: TypedDocumentNode<
  { orders: { id: string }[] },
  { [key: string]: never }
>;
export declare const PAY: TypedDocumentNode<{ pay: boolean }, { order: string }>;
export declare const SAVE_DRAFT: TypedDocumentNode<{ saveDraft: boolean }, { text: string }>;
export declare const SIGN_IN: TypedDocumentNode<{ signIn: string }, { name: string }>;
export declare const client: ApolloClient;
export declare const error: unknown;
export declare const name: string;
export declare const order: string;
export declare const payload: SubscribePayload;
export declare const ssr: ReturnType<typeof ssrExchange>;
export declare const text: string;

// What React Native tells of its network: `@react-native-community/netinfo`.
export declare const NetInfo: {
  addEventListener(listener: (state: { isConnected: boolean | null }) => void): () => void;
};

// How he shows it.
export declare const log: (event: ResilienceEvent) => void;
export declare const show: (what: unknown) => void;
export declare const Alert: (props: { title: string; children: ReactNode }) => ReactNode;
export declare const App: () => ReactNode;
export declare const Banner: (props: { icon: string; children: ReactNode }) => ReactNode;
export declare const NoAccess: () => ReactNode;
export declare const Orders: () => ReactNode;
export declare const SignIn: (props: { onTokens: (tokens: Tokens) => void }) => ReactNode;
export declare const SignInAgain: (props: { why: string | undefined }) => ReactNode;
export declare const Sorry: (props: Failure & { again: () => void }) => ReactNode;
export declare const Spinner: () => ReactNode;
