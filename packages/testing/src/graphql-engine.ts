import { Kind } from 'graphql';
import type {
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLSchema,
  SelectionSetNode,
} from 'graphql';
import { useDeferStream } from '@graphql-yoga/plugin-defer-stream';
import { createGraphQLError, createSchema, createYoga, maskError } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';
import type { Answer } from './answer.ts';
import type { HttpRequest } from './recorded-request.ts';
import { ownSchema } from './own-schema.ts';
import { multipartEvents, takesMultipartSubscription } from './streams.ts';

/** A schema as source text, with resolvers by type and field. */
export interface SchemaParts {
  readonly typeDefs: string;
  readonly resolvers: Readonly<Record<string, unknown>>;
}

/** How often each root field was started. Several engines may count in one record. */
export type Executions = Record<string, number>;

/** What executes operations: graphql-yoga, without a server of its own. */
export interface GraphqlEngine {
  execute(request: HttpRequest, context: object): Promise<Answer>;
}

/** The names of the root fields of an operation, fragments looked into. */
function rootFields(document: DocumentNode, operationName: string | null | undefined): string[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  const within = (set: SelectionSetNode): string[] =>
    set.selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection.name.value];
      if (selection.kind === Kind.INLINE_FRAGMENT) return within(selection.selectionSet);
      const fragment = fragments.get(selection.name.value);
      return fragment === undefined ? [] : within(fragment.selectionSet);
    });
  return document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION &&
    (operationName == null || definition.name?.value === operationName)
      ? within(definition.selectionSet)
      : [],
  );
}

interface ErrorLike {
  readonly name?: unknown;
  readonly message: string;
  readonly extensions?: Record<string, unknown>;
  readonly originalError?: ErrorLike;
}

function originOf(error: ErrorLike): ErrorLike {
  return error.originalError === undefined ? error : originOf(error.originalError);
}

/**
 * Shows a resolver's GraphQLError whichever copy of graphql-js made it, and masks everything else. Test
 * runners often load two copies, and yoga knows only the errors of its own.
 */
function shownError(error: unknown, message: string): Error {
  const origin = originOf(Object(error) as ErrorLike);
  if (origin.name !== 'GraphQLError') return maskError(error, message) as Error;
  const located = error as Parameters<typeof createGraphQLError>[1];
  return createGraphQLError(origin.message, {
    nodes: located?.nodes ?? null,
    source: located?.source ?? null,
    positions: located?.positions ?? null,
    path: located?.path ?? null,
    extensions: origin.extensions ?? {},
  });
}

function isParts(schema: GraphQLSchema | SchemaParts): schema is SchemaParts {
  return 'typeDefs' in schema;
}

function readySchema(schema: GraphQLSchema | SchemaParts): GraphQLSchema {
  if (!isParts(schema)) return ownSchema(schema);
  return createSchema({
    typeDefs: schema.typeDefs,
    resolvers: schema.resolvers as NonNullable<Parameters<typeof createSchema>[0]['resolvers']>,
  });
}

/** Subscriptions over multipart HTTP, as Apollo's router serves them: yoga has server-sent events alone. */
const multipartSubscriptions: Plugin = {
  onResultProcess({ request, result, setResultProcessor }) {
    if (!(Symbol.asyncIterator in result)) return;
    if (!takesMultipartSubscription(request.headers.get('accept') ?? '')) return;
    setResultProcessor((events, fetchApi) => {
      const { headers, body } = multipartEvents(events as AsyncIterable<unknown>);
      return new fetchApi.Response(body, { headers });
    }, 'multipart/mixed');
  },
};

/**
 * The platform's own: yoga's ponyfill of a stream ends only after it has brought something more, and a
 * client that leaves a quiet subscription would not end it.
 */
const PLATFORM = { Headers, ReadableStream, Request, Response };

const ENDPOINT = '/graphql';

async function answerFrom(response: Response): Promise<Answer> {
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers) {
    if (name.toLowerCase() !== 'content-length') headers[name.toLowerCase()] = value;
  }
  const type = headers['content-type'] ?? '';
  const streams = type.startsWith('text/event-stream') || type.startsWith('multipart/');
  const body = streams && response.body !== null ? response.body : await response.text();
  return { status: response.status, headers, body };
}

export function createGraphqlEngine(
  schema: GraphQLSchema | SchemaParts,
  executions: Executions,
): GraphqlEngine {
  function count(args: { document: DocumentNode; operationName?: string | null }): void {
    for (const field of rootFields(args.document, args.operationName)) {
      executions[field] = (executions[field] ?? 0) + 1;
    }
  }

  const yoga = createYoga<Record<string, unknown>>({
    schema: readySchema(schema),
    graphqlEndpoint: ENDPOINT,
    maskedErrors: { maskError: shownError },
    batching: { limit: 1_000 },
    fetchAPI: PLATFORM,
    cors: false,
    graphiql: false,
    landingPage: false,
    logging: false,
    plugins: [
      useDeferStream(),
      multipartSubscriptions,
      {
        onExecute: ({ args }: { args: Parameters<typeof count>[0] }) => count(args),
        onSubscribe: ({ args }: { args: Parameters<typeof count>[0] }) => count(args),
      },
    ],
  });

  async function execute(request: HttpRequest, context: object): Promise<Answer> {
    const search = request.search.size === 0 ? '' : `?${request.search.toString()}`;
    const response = await yoga.fetch(
      `http://127.0.0.1${ENDPOINT}${search}`,
      {
        method: request.method,
        headers: { ...request.headers },
        ...(request.method === 'GET' ? {} : { body: request.body }),
      },
      { ...context },
    );
    return answerFrom(response);
  }

  return { execute };
}
