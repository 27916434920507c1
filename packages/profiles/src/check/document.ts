/** What a GraphQL document says of the operation that is run. */
export interface Sent {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly name: string | undefined;
  /** How many fields its root selects; `undefined` where fragments hide that. */
  readonly rootFields: number | undefined;
}

/** Strings and comments, within which braces mean nothing. */
const OPAQUE = /"""[^]*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*/g;

const TOKEN = /\.\.\.|[{}()@:]|\w+/g;

/**
 * Finds the operation in a document, by its name where one is given. This is no parser: it takes for granted
 * what a server has parsed already.
 *
 * @example
 * operationOf('mutation Add { addOrder { id } }'); // { kind: 'mutation', name: 'Add', rootFields: 1 }
 */
export function operationOf(document: string, wanted?: string): Sent | undefined {
  const operations = definitions(document.replace(OPAQUE, '" ')).filter(
    ({ head }) => head[0] !== 'fragment',
  );
  const found =
    operations.find(({ head }) => wanted !== undefined && head[1] === wanted) ?? operations[0];
  if (found === undefined) return undefined;
  const [keyword, name] = found.head;
  const kind = keyword === 'mutation' || keyword === 'subscription' ? keyword : 'query';
  return { kind, name, rootFields: countFields(found.root) };
}

interface Definition {
  /** The words before its first brace, without variables and directives. */
  readonly head: readonly string[];
  /** What stands at the first level within its braces, without arguments. */
  readonly root: readonly string[];
}

function definitions(source: string): readonly Definition[] {
  const found: Definition[] = [];
  let head: string[] = [];
  let root: string[] = [];
  let braces = 0;
  let parentheses = 0;
  let afterAt = false;
  for (const [token] of source.matchAll(TOKEN)) {
    if (token === '(') parentheses += 1;
    else if (token === ')') parentheses -= 1;
    else if (parentheses > 0 || afterAt) afterAt = false;
    else if (token === '@') afterAt = true;
    else if (token === '{') braces += 1;
    else if (token === '}') {
      braces -= 1;
      if (braces > 0) continue;
      found.push({ head, root });
      head = [];
      root = [];
    } else if (braces === 0) head.push(token);
    else if (braces === 1) root.push(token);
  }
  return found;
}

/** Names, of which those before a colon are aliases of the next. */
function countFields(root: readonly string[]): number | undefined {
  if (root.includes('...')) return undefined;
  const colons = root.filter((token) => token === ':').length;
  return root.length - 2 * colons;
}
