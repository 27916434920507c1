import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { ResilienceLink } from '@holdfast/apollo';
import { createResilience, failureOf } from '@holdfast/core';
import type {
  LimitState,
  Resilience,
  Share,
  ShareChange,
  SharedTokens,
  Tokens,
} from '@holdfast/core';
import { browserShare } from '@holdfast/core/browser';
import { refreshToken } from '@holdfast/oauth';
import { resilienceExchange } from '@holdfast/urql';
import { Client, fetchExchange } from '@urql/core';

/** What a test gives a tab to begin with. */
export interface TabOptions {
  readonly client: 'apollo' | 'urql';
  readonly graphql: string;
  readonly token: string;
  readonly tokens?: Tokens;
  /** `localStorage` or `sessionStorage`; absent: memory. */
  readonly storage?: 'localStorage' | 'sessionStorage';
  /** Default: `app`. */
  readonly name?: string;
}

/** How an operation ended. */
export interface Ended {
  readonly data?: unknown;
  readonly failure?: { readonly kind: string; readonly stopped?: string | undefined };
}

type Ask = (query: string) => Promise<Ended>;

function apollo(resilience: Resilience, uri: string): Ask {
  const client = new ApolloClient({
    link: ApolloLink.from([new ResilienceLink(resilience), new HttpLink({ uri })]),
    cache: new InMemoryCache(),
    queryDeduplication: false,
  });
  return async (query) => {
    const options = { query: gql(query), fetchPolicy: 'no-cache', errorPolicy: 'none' } as const;
    const { data } = await client.query(options);
    return { data };
  };
}

function urql(resilience: Resilience, url: string): Ask {
  const exchanges = [resilienceExchange(resilience), fetchExchange];
  const client = new Client({ url, exchanges, preferGetMethod: false });
  return async (query) => {
    const { data, error } = await client.query(query, {}, { requestPolicy: 'network-only' });
    if (error !== undefined) throw error;
    return { data };
  };
}

/** What tests do in a page, as `window.tab`. */
class Tab {
  /** Calls of the token endpoint that this page began. */
  calls = 0;
  resilience: Resilience | undefined;
  /** The instance before `second`. */
  first: Resilience | undefined;
  share: Share | undefined;
  changes: ShareChange[] = [];
  /** What a test leaves here for later. */
  release: () => void = () => {};
  outcome = '';
  #ask: Ask | undefined;
  #options: TabOptions | undefined;

  /** A client, as an application would make it. */
  start(options: TabOptions): void {
    this.#options = options;
    this.share = this.open(options.name, options.storage);
    this.#connect(options);
  }

  /** Another client in this page, with the same share. */
  second(): void {
    this.first = this.resilience;
    this.#connect(this.#options!);
  }

  #connect({ client, graphql, token, tokens }: TabOptions): void {
    const refresh = refreshToken({ url: token, clientId: 'app' });
    this.resilience = createResilience({
      auth: {
        ...(tokens === undefined ? {} : { tokens: () => tokens }),
        refresh: (request) => {
          this.calls++;
          return refresh(request);
        },
      },
      share: this.share!,
    });
    this.#ask = (client === 'apollo' ? apollo : urql)(this.resilience, graphql);
  }

  open(name = 'app', storage?: TabOptions['storage']): Share {
    return browserShare(name, storage === undefined ? {} : { storage: globalThis[storage] });
  }

  /** Asks once after each of these delays, in milliseconds. */
  ask(query: string, delays: readonly number[] = [0]): Promise<Ended[]> {
    return Promise.all(
      delays.map(async (delay) => {
        await new Promise((resolve) => setTimeout(resolve, delay));
        try {
          return await this.#ask!(query);
        } catch (error) {
          const { kind = 'none', stopped } = failureOf(error) ?? {};
          return { failure: { kind, stopped } };
        }
      }),
    );
  }

  get state(): { status: string; generation: number; limits: LimitState } {
    const { session, limits } = this.resilience!;
    return { ...session.get(), limits: limits.get() };
  }

  /** Listens, as a session does. */
  listen(share: Share = this.share!): () => void {
    return share.subscribe!((change) => void this.changes.push(change));
  }

  async read(): Promise<SharedTokens | undefined> {
    return this.share!.read();
  }
}

declare global {
  // oxlint-disable-next-line no-var -- only a `var` is declared on globalThis
  var tab: Tab;
}

globalThis.tab = new Tab();
