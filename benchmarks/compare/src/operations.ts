import type { Request } from './stack.ts';

/** The operations that the scenarios send, against the default schema of the fault server. */
export function hello(name: number | string = 1): Request {
  return {
    document: 'query Hello($name: String) { hello(name: $name) }',
    variables: { name: String(name) },
  };
}

/** The same under another name, for a fault that is to meet it alone. */
export const LATE: Request = { document: 'query Late { hello(name: "late") }' };

/** One field is FORBIDDEN, the other is there. */
export const WITH_FORBIDDEN_FIELD: Request = {
  document: 'query Item { hello item(id: "99") { id } }',
};

/** One field needs a token, where the server lets each field ask. */
export const WITH_PROTECTED_FIELD: Request = { document: 'query Me { hello me { id } }' };

export const ADD: Request = { document: 'mutation Add { add(name: "rope") { id name } }' };

/** The same, told apart by what it adds. */
export function add(name: number): Request {
  return {
    document: 'mutation Add($name: String!) { add(name: $name) { id name } }',
    variables: { name: String(name) },
  };
}

/** The first field runs for everybody, the second needs a token. */
export const ADD_AND_RENAME: Request = {
  document: 'mutation Both { add(name: "rope") { id } rename(id: "1", name: "chain") { id } }',
};
