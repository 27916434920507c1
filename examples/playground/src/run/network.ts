import { waitHint } from '@holdfast/core';
import type { Readable } from '@holdfast/core';
import { BEGINNING } from '../scenario/scenario.ts';
import { TROUBLE_AT, troubleOf } from '../scenario/troubles.ts';
import type { TroubleName } from '../scenario/troubles.ts';
import type { Api } from './api.ts';
import type { RequestRecord } from './recording.ts';
import { seededRandom } from './virtual-time.ts';
import type { VirtualTime } from './virtual-time.ts';

export type Fetch = typeof globalThis.fetch;

/** What lies between one application and its API. */
export interface Network {
  readonly fetch: Fetch;
  /** For `createResilience({ online })`. */
  readonly online: Readable<boolean>;
}

/** The network of all applications of a side. */
export interface Networks {
  /** What the application of a shopper goes through. */
  of(shopper: number): Network;
  /** Everybody's, in order of their sending. */
  readonly requests: readonly RequestRecord[];
}

/** Milliseconds from request to answer: from, and up to so many more. */
const LATENCY = { graphql: [50, 40], token: [200, 80] } as const;
/** What the trouble `slow` adds to each. */
const SLOW = 1_000;

function whenAborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** Errors and no data: what is wrong may stand in an answer with status 200. */
function isRefusal(body: string): boolean {
  const { data, errors } = JSON.parse(body) as {
    readonly data?: unknown;
    readonly errors?: unknown;
  };
  return errors !== undefined && data == null;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * An answer with its body in memory. The platform's own reads a body in real time, of which virtual time
 * knows nothing.
 */
function inMemory(body: string, { status, statusText, headers }: Response): Response {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(body));
      controller.close();
    },
  });
  const response = new Response(stream, { status, statusText, headers });
  return Object.defineProperties(response, {
    // Clients put functions of their own in the place of these.
    text: { value: async () => body, writable: true, configurable: true },
    json: { value: async () => JSON.parse(body) as unknown, writable: true, configurable: true },
  });
}

/** Latencies are drawn here and not by the clients, so that both sides have the same ones. */
export function createNetworks(
  api: Api,
  time: VirtualTime,
  { trouble, seed }: { readonly trouble: TroubleName; readonly seed: number },
): Networks {
  const random = seededRandom(seed * 7_919);
  const requests: RequestRecord[] = [];
  const until = TROUBLE_AT + troubleOf(trouble).lasts;
  const inTrouble = (name: TroubleName): boolean =>
    name === trouble && time.now() >= TROUBLE_AT && time.now() < until;

  const listeners = new Set<() => void>();
  if (trouble === 'offline') {
    for (const at of [TROUBLE_AT, until]) {
      setTimeout(() => {
        for (const listener of Array.from(listeners)) listener();
      }, at - time.now());
    }
  }

  function latency(kind: RequestRecord['kind']): number {
    const [least, more] = LATENCY[kind];
    return least + Math.round(random() * more) + (inTrouble('slow') ? SLOW : 0);
  }

  async function answered(...[input, init]: Parameters<Fetch>): Promise<[Response, string]> {
    const response = await api.fetch(input, init);
    return [response, await response.text()];
  }

  const online: Network['online'] = {
    get: () => !inTrouble('offline'),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  return {
    requests,
    of: (shopper) => ({ online, fetch: (input, init) => sentBy(shopper, input, init) }),
  };

  async function sentBy(shopper: number, ...[input, init]: Parameters<Fetch>): Promise<Response> {
    const kind = String(input) === api.tokenUrl ? 'token' : 'graphql';
    const index = requests.length;
    const sent = { kind, shopper, at: time.now(), end: time.now() } as const;
    if (inTrouble('offline')) {
      requests.push({ ...sent, arrived: false, served: false });
      throw new TypeError('Failed to fetch');
    }
    requests.push({ ...sent, arrived: true, served: false });
    const away = latency(kind);
    const aborted = whenAborted(init?.signal);
    await Promise.race([sleep(away / 2), aborted]);
    const [response, body] = await time.standingStill(() => answered(input, init));
    await Promise.race([sleep(away / 2), aborted]);
    const hint = waitHint(response.headers, BEGINNING + time.now());
    requests[index] = {
      ...sent,
      arrived: true,
      end: time.now(),
      served: response.ok && !isRefusal(body),
      status: response.status,
      hint: hint === undefined ? undefined : time.now() + hint,
    };
    return inMemory(body, response);
  }
}
