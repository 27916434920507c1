import type { OperationInfo } from './operation.ts';

/** One operation of a document, as far as its text shows it. */
export interface DocumentOperation {
  readonly kind: OperationInfo['kind'];
  readonly name: string | undefined;
  /** How many fields its root selects; `undefined` where fragments hide that. */
  readonly rootFields?: number | undefined;
}

/** Strings and comments, which may hold anything, before what is looked for (GraphQL, section 2.1). */
const TOKEN = /"""(?:\\"""|[^])*?"""|"(?:[^"\\\n]|\\.)*"|#[^\n\r]*|(\.{3}|[{}():@]|\w+)/g;

/** One operation, of whose root alone the tokens are left. */
const OPERATION = /(?:^|\} )(?:(query|mutation|subscription) (\w+)?[^{]*)?\{([^}]*)/g;

/** A field, and neither what its alias stands for nor a directive. */
const FIELD = /(?<![:@]) \w+/g;

/**
 * The operations of a document that is text, without what it takes to parse all of it. Never throws: what is no
 * document has none.
 *
 * @example
 * operationsIn('mutation Order { createOrder { id } }'); // [{ kind: 'mutation', name: 'Order', rootFields: 1 }]
 */
export function operationsIn(document: string): readonly DocumentOperation[] {
  let depth = 0;
  let roots = '';
  for (const [, token] of document.matchAll(TOKEN)) {
    const before = depth;
    depth += { '{': 1, '(': 2, '}': -1, ')': -2 }[token ?? ''] ?? 0;
    if (token && before < 2 && depth < 2) roots += `${token} `;
  }
  return [...roots.matchAll(OPERATION)].map(([, kind = 'query', name, selection = '']) => ({
    kind: kind as OperationInfo['kind'],
    name,
    rootFields: selection.includes('...') ? undefined : selection.match(FIELD)?.length,
  }));
}
