import { startFaultServer } from '@holdfast/testing';
import type { RecordedRequest } from '@holdfast/testing';
import { faultsOfAll } from '../trouble/faults.ts';
import type { Spell } from '../trouble/faults.ts';
import { createShop } from './shop.ts';
import type { Addresses, ServerCounts } from './state.ts';

/** Milliseconds: enough to be seen in a picture. */
const LATENCY = 60;
const TOKEN_LATENCY = 250;

/** The server of one client. */
export interface Api {
  readonly addresses: Addresses;
  /** Since the start. */
  counts(): ServerCounts;
  expireTokens(): void;
  revokeTokens(): void;
  /** These troubles, and no others. */
  suffer(spells: readonly Spell[]): void;
  close(): Promise<void>;
}

/**
 * Counts requests and forgets them. A fault server keeps every request for a test to look at; a page may
 * be open for hours.
 */
function counter(requests: readonly RecordedRequest[]): () => number {
  const kept = requests as RecordedRequest[];
  let forgotten = 0;
  return () => {
    forgotten += kept.splice(0).length;
    return forgotten;
  };
}

/** A shop that wants a token. Its refresh tokens serve once, and using one twice ends the session (RFC 9700, section 4.14.2). */
export async function startApi(): Promise<Api> {
  let suffered: readonly Spell[] = [];
  const shop = createShop(() => suffered.some(({ name }) => name === 'partial'));
  const server = await startFaultServer({
    schema: shop.schema,
    auth: { refreshTokens: true },
    latency: LATENCY,
    tokenLatency: TOKEN_LATENCY,
  });
  const requests = counter(server.requests);
  const tokenCalls = counter(server.tokenRequests);
  return {
    addresses: { graphql: server.url, token: server.tokenUrl },
    counts: () => ({
      requests: requests(),
      tokenCalls: tokenCalls(),
      placedTwice: shop.placedTwice,
    }),
    expireTokens: server.expireTokens,
    revokeTokens: server.revokeTokens,
    suffer(spells) {
      suffered = spells;
      server.clearFaults();
      server.inject(faultsOfAll(spells));
    },
    close: server.close,
  };
}
