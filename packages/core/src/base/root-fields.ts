import { firstItems, isArray, property } from './property.ts';

/**
 * How many root fields the one operation of a document selects. `undefined` where that is not to be seen:
 * fragments at the root, several operations, a document without any, or something else altogether. Never
 * throws.
 *
 * @param document A `DocumentNode` of any version of graphql, as Apollo Client and urql have it.
 *
 * @example
 * rootFieldsOf(gql`mutation { createOrder { id } }`); // 1
 * rootFieldsOf(gql`mutation { createOrder { id } audit }`); // 2
 */
export function rootFieldsOf(document: unknown): number | undefined {
  const operations = listOf(document, 'definitions').filter(isOperation);
  if (operations.length !== 1) return undefined;
  const selections = listOf(property(operations[0], 'selectionSet'), 'selections');
  const isCounted = selections.length > 0 && selections.every(isField);
  return isCounted ? selections.length : undefined;
}

function listOf(node: unknown, key: string): readonly unknown[] {
  const list = property(node, key);
  return isArray(list) ? firstItems(list, Infinity) : [];
}

function isOperation(node: unknown): boolean {
  return property(node, 'kind') === 'OperationDefinition';
}

function isField(node: unknown): boolean {
  return property(node, 'kind') === 'Field';
}
