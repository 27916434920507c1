/** Sends one operation with the platform's own `fetch`: the servers' tests use no client. */
export function postGraphql(
  url: string,
  query: string,
  options: { readonly variables?: object; readonly headers?: Record<string, string> } = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...options.headers,
    },
    body: JSON.stringify({ query, variables: options.variables }),
  });
}
