import type { Operation } from '@urql/core';

/** The name of the document's operation; @urql/core 5 keeps its own reader to itself. */
export function operationName({ query }: Operation): string | undefined {
  // A persisted document may have no definitions.
  const definitions: (typeof query)['definitions'] | undefined = query.definitions;
  for (const definition of definitions ?? []) {
    if (definition.kind === 'OperationDefinition') return definition.name?.value;
  }
  return undefined;
}
