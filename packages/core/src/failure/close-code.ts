import type { VerdictDetail } from './profile.ts';

/** Codes of the graphql-ws protocol, and of RFC 6455 7.4.1 where they mean more than a lost line (S4). */
const MEANINGS: Readonly<Record<number, VerdictDetail>> = {
  1002: { kind: 'bad_response' },
  4004: { kind: 'bad_response' },
  4005: { kind: 'bad_response' },
  4400: { kind: 'bad_input' },
  4401: { kind: 'unauthenticated' },
  4403: { kind: 'unauthenticated' },
  4406: { kind: 'bad_input' },
  4408: { kind: 'timeout' },
  4409: { kind: 'conflict' },
  4429: { kind: 'rate_limited' },
  4499: { kind: 'aborted' },
  4500: { kind: 'server_error' },
  4504: { kind: 'timeout' },
};

/** How a socket was closed. */
export interface SocketClose {
  readonly code: number;
  readonly reason: string;
}

/** What a close code means; `null` for 1000, which is no failure. */
export function closeVerdict(code: number): VerdictDetail | null {
  if (code === 1000) return null;
  return MEANINGS[code] ?? { kind: code > 1000 && code < 2000 ? 'network' : 'unknown' };
}
