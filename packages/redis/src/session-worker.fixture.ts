import { createResilience, failureOf } from '@holdfast/core';
import type { Resilience, Tokens } from '@holdfast/core';
import { refreshToken } from '@holdfast/oauth';
import { createClient } from 'redis';
import { redisShare } from './redis-share.ts';

/** What a process is started with, as JSON in its arguments. */
export interface SessionOptions {
  readonly port: number;
  readonly instances: number;
  /** Of an OAuth server that rotates refresh tokens. */
  readonly tokenUrl: string;
  readonly clientId: string;
  /** POST: 200 for a bearer token that lives, else 401. */
  readonly apiUrl: string;
  /** What the app remembers of a sign-in. */
  readonly tokens: Tokens;
  /** Milliseconds. */
  readonly timeout: number;
}

export type SessionOrder =
  /** Each instance sends one operation. */
  'ask' | { readonly signIn: Tokens };

export type SessionReport =
  | { readonly type: 'ready' }
  | {
      readonly type: 'asked';
      readonly generations: readonly number[];
      /** Why the others failed: kind, and why it was not tried again. */
      readonly failed: readonly string[];
      /** The sessions' states. */
      readonly states: readonly string[];
    }
  /** Something that the share was asked for failed. */
  | { readonly type: 'troubled'; readonly by: string };

const options = JSON.parse(process.argv[2] ?? '{}') as SessionOptions;
const { apiUrl, tokenUrl, clientId, tokens, timeout } = options;
const report = (said: SessionReport): void => void process.send?.(said);

const client = createClient({ url: `redis://127.0.0.1:${options.port}` });
// What it means is told by the share.
client.on('error', () => {});
await client.connect();
const share = redisShare({ client, name: 'app', timeout });
const instances = Array.from({ length: options.instances }, () =>
  createResilience({
    auth: { tokens, refresh: refreshToken({ url: tokenUrl, clientId, public: true }) },
    share,
    onEvent: (event) => {
      if (event.type === 'callback_failed') report({ type: 'troubled', by: event.callback });
    },
  }),
);

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** One query to the API. */
function ask(resilience: Resilience): Promise<Answer> {
  return new Promise((resolve, reject) => {
    resilience.execute<Answer>(
      { kind: 'query', name: 'Q' },
      {
        send({ headers }, receiver) {
          const { signal, abort } = abortable();
          fetch(apiUrl, { method: 'POST', headers, signal })
            .then(async (response) => {
              receiver.next({ status: response.status, body: await response.json() });
              receiver.complete();
            })
            .catch((error: unknown) => receiver.error(error));
          return abort;
        },
        read: (answer) => answer,
      },
      { next: resolve, error: reject, complete: () => {} },
    );
  });
}

function abortable(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

async function asked(): Promise<void> {
  const failed: string[] = [];
  const answers = instances.map((resilience) =>
    ask(resilience).then(
      ({ status }) => status === 200 || failed.push(`answered ${status}`),
      (error: unknown) => {
        const { kind, stopped } = failureOf(error) ?? {};
        failed.push(`${kind}, ${stopped}: ${String(error)}`);
      },
    ),
  );
  await Promise.all(answers);
  const states = instances.map(({ session }) => session.get());
  report({
    type: 'asked',
    failed,
    generations: states.map(({ generation }) => generation),
    states: states.map(({ status, failure }) =>
      failure === undefined ? status : `${status}: ${failure.code ?? failure.kind}`,
    ),
  });
}

process.on('message', (order: SessionOrder) => {
  if (order === 'ask') void asked();
  else instances[0]?.session.signIn(order.signIn);
});
process.on('disconnect', () => process.exit());
report({ type: 'ready' });
