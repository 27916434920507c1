import type { Answer } from './answer.ts';

/** Longest address that is named; a longer one is no advice. */
const LONGEST = 300;

/** A redirect that was not followed: the application is to give the client the address that it leads to (F9). */
export function redirectAdvice({ status, header }: Answer): string | undefined {
  if (status === undefined || status < 300 || status >= 400) return undefined;
  const address = addressIn(header('location'));
  return address === undefined
    ? undefined
    : `Give the client the address that the API has moved to, ${address}: this redirect was not followed.`;
}

/** Without what may be secret in it: a user's name and password, the query, the fragment (F11). */
function addressIn(location: string | undefined): string | undefined {
  if (location === undefined || location.length > LONGEST * 10) return undefined;
  const [bare = ''] = location.trim().split(/[?#;]/);
  const address = bare.replace(/^([a-z][a-z\d+.-]*:)?\/\/[^/\\]*@/i, '$1//');
  return address === '' || address.length > LONGEST || !/^[!-~]+$/.test(address)
    ? undefined
    : address;
}
