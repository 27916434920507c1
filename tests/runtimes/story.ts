import { createResilience, failureOf } from '@holdfast/core';
import type { OperationOptions, Resilience, ResilienceOptions } from '@holdfast/core';
import { resilientFetch } from '@holdfast/fetch';
import { resilienceExchange } from '@holdfast/urql';
import { Client, fetchExchange } from '@urql/core';

/**
 * The address of each chapter's server, by its name, and of the token endpoint as `token`; and as `by` who tells:
 * `urql`, or a bare `fetch`.
 */
export type Servers = Readonly<Record<string, string>>;

/** How each chapter ended, in words. */
export type Endings = Readonly<Record<string, string>>;

const HELLO = '{ hello }';
const ADD = 'mutation { add(name: "cleat") { name } }';
const ONCE: OperationOptions = { retry: false };

interface Chapter {
  readonly name: string;
  readonly document: string;
  readonly options?: OperationOptions;
  /** It is left after so many milliseconds. */
  readonly leave?: number;
  readonly instance?: (token: string) => ResilienceOptions;
}

/** Asks for a token as an application would that has no library for it. */
async function renewed(token: string): Promise<{ accessToken: string }> {
  const answer = await fetch(token, { method: 'POST' });
  const { access_token: accessToken } = (await answer.json()) as { access_token: string };
  return { accessToken };
}

export const CHAPTERS: readonly Chapter[] = [
  { name: 'query', document: HELLO },
  {
    name: 'refresh',
    document: HELLO,
    instance: (token) => ({
      auth: { tokens: { accessToken: 'dead' }, refresh: () => renewed(token) },
    }),
  },
  { name: 'limit', document: HELLO },
  { name: 'outage', document: HELLO },
  { name: 'reset', document: HELLO },
  { name: 'cut', document: HELLO },
  { name: 'lost mutation', document: ADD },
  { name: 'cut mutation', document: ADD },
  { name: 'refused mutation', document: ADD, options: ONCE, instance: () => ({ outage: false }) },
  { name: 'abort', document: HELLO, leave: 100 },
];

/** One instance for each chapter. */
async function told(chapter: Chapter, url: string, token: string, by: string): Promise<string> {
  const resilience: Resilience = createResilience(chapter.instance?.(token) ?? {});
  const leaving = new AbortController();
  if (chapter.leave !== undefined) setTimeout(() => leaving.abort(), chapter.leave);
  const ask = by === 'fetch' ? posted : queried;
  const { data, error } = await ask(resilience, chapter, url, leaving.signal);
  resilience.dispose();
  if (error === undefined) return JSON.stringify(data);
  const { kind = 'none', executed } = failureOf(error) ?? {};
  return `${kind}, executed: ${executed}`;
}

interface Told {
  readonly data?: unknown;
  readonly error?: unknown;
}

type Ask = (
  resilience: Resilience,
  chapter: Chapter,
  url: string,
  signal: AbortSignal,
) => Promise<Told>;

/** One urql client, on the platform's own `fetch`. */
const queried: Ask = async (resilience, { document, options }, url, signal) => {
  const client = new Client({
    url,
    exchanges: [resilienceExchange(resilience), fetchExchange],
    preferGetMethod: false,
  });
  const context = {
    fetchOptions: { signal },
    ...(options === undefined ? {} : { resilience: options }),
  };
  const ask = document === ADD ? client.mutation : client.query;
  return ask.call(client, document, {}, context);
};

/** The platform's own `fetch`, and nothing above it. */
const posted: Ask = async (resilience, { document, options }, url, signal) => {
  const fetch = resilientFetch(resilience, {
    operation: () => (options === undefined ? {} : { options }),
  });
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query: document });
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal });
    const { data } = (await response.json()) as Told;
    return failureOf(response) === undefined ? { data } : { error: response };
  } catch (error) {
    return { error };
  }
};

/** All chapters, one after the other. */
export async function tell(servers: Servers): Promise<Endings> {
  const endings: Record<string, string> = {};
  for (const chapter of CHAPTERS) {
    const { [chapter.name]: url, token, by } = servers;
    endings[chapter.name] = await told(chapter, url!, token!, by!);
  }
  return endings;
}
