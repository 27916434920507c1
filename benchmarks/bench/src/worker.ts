import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface WorkerSettings {
  /** Flags of Node itself. */
  readonly flags?: readonly string[];
  /** Handed to the module as JSON. */
  readonly input: unknown;
  /** Load the packages' sources in place of what was built from them. */
  readonly sources: boolean;
}

/**
 * Runs a module in a process of its own and resolves with what it reports. Clients run there as in
 * production, and nothing that another part left in the heap or in the compiler's feedback is there.
 *
 * @throws Error where the process ends without a report.
 */
export function runWorker<T>(
  module: URL,
  { flags = [], input, sources }: WorkerSettings,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(module), [JSON.stringify(input)], {
      execArgv: [
        '--conditions=production',
        ...(sources ? ['--conditions=holdfast-source'] : []),
        ...flags,
      ],
      env: { ...process.env, NODE_ENV: 'production' },
      serialization: 'json',
    });
    let reported: { readonly value: T } | undefined;
    child.once('message', (value) => {
      reported = { value: value as T };
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (reported !== undefined && code === 0) resolve(reported.value);
      else reject(new Error(`${module.pathname} ended with ${signal ?? code} before it reported.`));
    });
  });
}

/** In the worker: what it was given. */
export function workerInput<T>(): T {
  const given = process.argv[2];
  if (given === undefined) throw new TypeError('This module runs as a worker, with its input.');
  return JSON.parse(given) as T;
}

/** In the worker: hands the result to whoever started it, and ends, whatever still waits there. */
export function report(value: unknown): void {
  if (process.send === undefined) console.log(JSON.stringify(value, undefined, 2));
  else process.send(value, () => process.exit());
}
