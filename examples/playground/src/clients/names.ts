/** The four, in the order of the page: each pair side by side. */
export const clientNames = [
  'apollo-holdfast',
  'apollo-plain',
  'urql-holdfast',
  'urql-plain',
] as const;

export type ClientName = (typeof clientNames)[number];

/** One value for each of the four. */
export type ForEachClient<T> = Readonly<Record<ClientName, T>>;

export function forEachClient<T>(make: (name: ClientName) => T): ForEachClient<T> {
  return Object.fromEntries(clientNames.map((name) => [name, make(name)])) as ForEachClient<T>;
}
