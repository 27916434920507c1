/**
 * The rate-limit scope of an endpoint: its address without query, fragment and credentials, which may be
 * secret and belong in no event.
 */
export function endpointScope(endpoint: string | undefined): string {
  if (endpoint === undefined || endpoint === '') return 'default';
  // What almost every address is, and asked for with each operation.
  if (!/[?#@]/.test(endpoint)) return endpoint;
  const [address = ''] = endpoint.split(/[?#]/, 1);
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
}
