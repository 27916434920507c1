/** What a worker is told. */
export type Order =
  | {
      /** Send this many queries at once, and say what came of them. */
      readonly type: 'ask';
      readonly number: number;
      readonly queries: number;
    }
  | {
      /** Say which generation of tokens is known, once the share answers again. */
      readonly type: 'meet';
      readonly number: number;
    }
  | { readonly type: 'end' };

/** What came of the queries of one order. */
export interface Answer {
  readonly answered: number;
  /** Why the others failed, each in one line. */
  readonly failures: readonly string[];
  /** How often one of them waited. */
  readonly waits: number;
  /** How long all of it took, in milliseconds. */
  readonly took: number;
  /** The newest generation of tokens that its share knows. */
  readonly generation: number;
}

/** What a worker tells. Instants are epoch milliseconds of its own clock, which is the machine's. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly number: number; readonly answer: Answer }
  /** It is about to ask the token endpoint. */
  | { readonly type: 'token-call' }
  /** It could not ask Redis in time, and goes on with what it knows. */
  | { readonly type: 'without-redis' }
  /** A 429 has reached it. */
  | { readonly type: 'limited'; readonly at: number }
  /** It knows that the API must be left alone. */
  | { readonly type: 'closed'; readonly at: number };

/** What a worker is started with, in its environment. */
export interface WorkerSettings {
  readonly url: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redisUrl: string;
}
