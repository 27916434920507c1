import { setTimeout as sleep } from 'node:timers/promises';
import { createResilience, failureOf, resilientFetch } from '@holdfast/fetch';
import { clientCredentials } from '@holdfast/oauth';
import { breeze } from '@holdfast/profiles';
import { redisShare } from '@holdfast/redis';
import { createClient } from 'redis';
import type { Answer, Order, Report, WorkerSettings } from './messages.ts';

/** One process of the fleet. What it has of Holdfast is what any service would have; the rest tells of it. */
const settings = JSON.parse(process.env['WORKER'] ?? '{}') as WorkerSettings;

function tell(report: Report): void {
  if (process.connected) process.send?.(report);
}

const client = createClient({ url: settings.redisUrl });
// It connects again by itself; what fails meanwhile, the share tells by `callback_failed`.
client.on('error', () => {});
await client.connect();
/**
 * Two hundred processes on two processors answer late, Redis among them, and not because it is slow: in a data centre
 * the default of 250 ms will do.
 */
const share = redisShare({ client, name: 'fleet', timeout: 2_000 });

const { tokenUrl, clientId, clientSecret } = settings;
const askForToken = clientCredentials({ url: tokenUrl, clientId, clientSecret, body: 'json' });

let waits = 0;
const resilience = createResilience({
  profile: breeze,
  share,
  auth: {
    refresh(request) {
      tell({ type: 'token-call' });
      return askForToken(request);
    },
  },
  onEvent: (event) => {
    if (event.type === 'wait') waits++;
    const { callback = '' } = event.type === 'callback_failed' ? event : {};
    if (callback.startsWith('share.')) tell({ type: 'without-redis' });
  },
});

const send = resilientFetch(resilience, {
  async fetch(input, init) {
    const response = await fetch(input, init);
    if (response.status === 429) tell({ type: 'limited', at: Date.now() });
    return response;
  },
});

let isClosed = false;
resilience.limits.subscribe(() => {
  const wasClosed = isClosed;
  isClosed = resilience.limits.get().length > 0;
  if (isClosed && !wasClosed) tell({ type: 'closed', at: Date.now() });
});

const BODY = JSON.stringify({
  query: 'query Templates { CredentialTemplatesV2(tenantIds: ["tenant-1"]) { totalDocs } }',
});

/** Answers why it failed; `undefined` where it did not. */
async function query(): Promise<string | undefined> {
  const headers = { 'content-type': 'application/json' };
  try {
    const response = await send(settings.url, { method: 'POST', headers, body: BODY });
    const failure = failureOf(response);
    return failure && `${failure.kind} (${failure.stopped}): ${failure.message}`;
  } catch (error) {
    const failure = failureOf(error);
    return failure ? `${failure.kind} (${failure.stopped}): ${failure.message}` : String(error);
  }
}

async function ask(queries: number): Promise<Answer> {
  const before = waits;
  const begun = performance.now();
  const came = await Promise.all(Array.from({ length: queries }, query));
  const failures = came.filter((failure) => failure !== undefined);
  const { generation } = resilience.session.get();
  return {
    answered: queries - failures.length,
    failures,
    waits: waits - before,
    took: performance.now() - begun,
    generation,
  };
}

/** The share tells nobody that it can be asked again. */
async function meet(): Promise<Answer> {
  for (;;) {
    try {
      const { generation = 0 } = (await share.read()) ?? {};
      return { answered: 0, failures: [], waits: 0, took: 0, generation };
    } catch {
      // Not yet: Redis is not there, or the client has not found it again.
      await sleep(50);
    }
  }
}

process.on('message', (order: Order) => {
  if (order.type === 'end') {
    // Nothing is left that would keep the process alive.
    resilience.dispose();
    client.destroy();
    process.disconnect();
    return;
  }
  const { number } = order;
  const work = order.type === 'ask' ? ask(order.queries) : meet();
  void work.then((answer) => tell({ type: 'done', number, answer }));
});
// Whoever has started it is gone.
process.on('disconnect', () => {
  resilience.dispose();
  if (client.isOpen) client.destroy();
});
tell({ type: 'ready' });
