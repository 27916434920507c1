import { createResilience } from '@holdfast/core';
import type { Resilience, Tokens } from '@holdfast/core';
import { createClient } from 'redis';
import { redisShare } from './redis-share.ts';

/** What a worker process is started with, as JSON in its arguments. */
export interface WorkerOptions {
  readonly port: number;
  readonly name: string;
  readonly instances: number;
  /** POST: a new token. */
  readonly tokenUrl: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** What it is asked for. */
export type Order =
  /** Each instance sends one operation. */
  | 'ask'
  /** One operation meets a limit of so many milliseconds, rounded up to seconds; the instances tell when it reaches them. */
  | { readonly limit: number }
  /** Each instance tells when a closed scope reaches it, and when an operation was sent after that. */
  | 'watch';

/** What it answers. Instants are epoch milliseconds, in fractions. */
export type Report =
  | { readonly type: 'ready' }
  | {
      readonly type: 'asked';
      readonly signed: readonly string[];
      readonly failed: readonly string[];
    }
  | { readonly type: 'watching' }
  | { readonly type: 'limited'; readonly at: number; readonly until: number }
  | {
      readonly type: 'opened';
      readonly closed: readonly number[];
      readonly sent: readonly number[];
    };

const options = JSON.parse(process.argv[2] ?? '{}') as WorkerOptions;
const now = (): number => performance.timeOrigin + performance.now();
const report = (said: Report): void => void process.send?.(said);

async function refresh(): Promise<Tokens> {
  const response = await fetch(options.tokenUrl, { method: 'POST' });
  if (!response.ok) throw Object.assign(new Error('refused'), { response });
  return (await response.json()) as Tokens;
}

const client = createClient({ url: `redis://127.0.0.1:${options.port}` });
// What it means is told by the share.
client.on('error', () => {});
await client.connect();
const share = redisShare({ client, name: options.name, timeout: options.timeout });
const instances = Array.from({ length: options.instances }, () =>
  createResilience({ auth: { refresh }, share }),
);

/** One operation; answers what it was signed with, and when it was sent. */
function ask(
  resilience: Resilience,
  first: object = { data: {} },
): Promise<{ signed: string; sent: number }> {
  return new Promise((resolve, reject) => {
    let [signed, sent, isFirst] = ['', 0, true];
    resilience.execute<object>(
      { kind: 'query', name: 'Q' },
      {
        send({ headers }, receiver) {
          [signed, sent] = [headers['authorization'] ?? '', now()];
          receiver.next(isFirst ? first : { data: {} });
          isFirst = false;
          receiver.complete();
          return () => {};
        },
        read: (result) => result,
      },
      { next: () => resolve({ signed, sent }), error: reject, complete: () => {} },
    );
  });
}

async function asked(): Promise<void> {
  const settled = await Promise.allSettled(instances.map((resilience) => ask(resilience)));
  const signed = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.signed] : []));
  const failed = settled.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  report({ type: 'asked', signed, failed });
}

async function watch(): Promise<void> {
  const opened = instances.map(
    (resilience) =>
      new Promise<readonly [number, number]>((resolve, reject) => {
        const leave = resilience.limits.subscribe(() => {
          if (resilience.limits.get().length === 0) return;
          leave();
          const closed = now();
          // Once all of them have been told: what is asked takes its time, too.
          setImmediate(() => {
            ask(resilience).then(({ sent }) => resolve([closed, sent]), reject);
          });
        });
      }),
  );
  report({ type: 'watching' });
  const instants = await Promise.all(opened);
  report({
    type: 'opened',
    closed: instants.map(([closed]) => closed),
    sent: instants.map(([, sent]) => sent),
  });
}

function limit(milliseconds: number): void {
  const [first] = instances as [Resilience];
  const at = now();
  const seconds = Math.ceil(milliseconds / 1_000);
  let isFirst = true;
  const leave = first.limits.subscribe(() => {
    const [closed] = first.limits.get();
    if (!isFirst || closed === undefined) return;
    isFirst = false;
    report({ type: 'limited', at, until: at + seconds * 1_000 });
    leave();
  });
  ask(first, { status: 429, headers: { 'retry-after': String(seconds) } }).catch(() => undefined);
}

process.on('message', (order: Order) => {
  if (order === 'ask') void asked();
  else if (order === 'watch') void watch();
  else limit(order.limit);
});
process.on('disconnect', () => process.exit());
report({ type: 'ready' });
