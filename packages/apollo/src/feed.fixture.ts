import { GraphQLError, buildSchema } from 'graphql';
import type { GraphQLSchema } from 'graphql';

/** A subscription field that says what a test tells it to say, and knows who listens. */
export interface Feed {
  /** `subscription { news }`, and `query { hello }`. */
  readonly schema: GraphQLSchema;
  /** Streams that are open now. */
  readonly open: number;
  /** The most that were open at one time. */
  readonly most: number;
  /** To every open stream; an error is the event's error. */
  publish(news: number | Error): void;
  /** Ends every open stream. */
  end(): void;
  /** Settles once so many streams have been opened, since the start. */
  opened(count: number): Promise<void>;
  /** Settles once so many streams have ended. */
  closed(count: number): Promise<void>;
}

export function coded(code: string): GraphQLError {
  return new GraphQLError(code, { extensions: { code } });
}

/** A count that can be waited for. */
function counter(): { add(): void; reaches(count: number): Promise<void> } {
  const waiting = new Map<() => void, number>();
  let reached = 0;
  return {
    add() {
      reached += 1;
      for (const [resolve, count] of waiting) if (count <= reached) resolve();
    },
    reaches: (count) =>
      new Promise((resolve) => {
        if (count <= reached) resolve();
        else waiting.set(resolve, count);
      }),
  };
}

interface Listener {
  push(news: unknown): void;
  end(): void;
}

export function createFeed(): Feed {
  const listeners = new Set<Listener>();
  const opened = counter();
  const closed = counter();
  let most = 0;

  function listen(): AsyncIterableIterator<unknown> {
    const ready: unknown[] = [];
    let over = false;
    let wake = (): void => undefined;
    const listener: Listener = {
      push: (news) => {
        ready.push(news);
        wake();
      },
      end: () => {
        over = true;
        listeners.delete(listener);
        closed.add();
        wake();
      },
    };
    listeners.add(listener);
    most = Math.max(most, listeners.size);
    opened.add();
    const iterator: AsyncIterableIterator<unknown> = {
      [Symbol.asyncIterator]: () => iterator,
      async next() {
        for (;;) {
          if (ready.length > 0) return { done: false, value: ready.shift() };
          if (over) return { done: true, value: undefined };
          await new Promise<void>((resolve) => (wake = resolve));
        }
      },
      async return() {
        if (!over) listener.end();
        return { done: true, value: undefined };
      },
    };
    return iterator;
  }

  const schema = buildSchema('type Query { hello: String } type Subscription { news: Int }');
  Object.assign(schema.getQueryType()!.getFields()['hello']!, { resolve: () => 'world' });
  Object.assign(schema.getSubscriptionType()!.getFields()['news']!, {
    subscribe: listen,
    resolve: (news: unknown) => {
      if (news instanceof Error) throw news;
      return news;
    },
  });
  return {
    schema,
    get open() {
      return listeners.size;
    },
    get most() {
      return most;
    },
    publish: (news) => {
      for (const { push } of listeners) push(news);
    },
    end: () => {
      for (const { end } of listeners) end();
    },
    opened: opened.reaches,
    closed: closed.reaches,
  };
}
