import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startBreeze } from '@holdfast/testing';
import type { BreezeServer } from '@holdfast/testing';

export interface StartedProcess {
  /** Where its page is. */
  readonly origin: string;
  /** All that it has printed until now. */
  printed(): string;
  stop(): Promise<void>;
}

export interface StartedExample extends StartedProcess {
  /** The Breeze behind it. */
  readonly breeze: BreezeServer;
}

/** Builds and starts an example as its README says, with a Breeze behind it that a test has in hand. */
export async function startExample(command: string): Promise<StartedExample> {
  const breeze = await startBreeze();
  try {
    const started = await startProcess(command, {
      BREEZE_URL: breeze.url,
      BREEZE_TOKEN_URL: breeze.tokenUrl,
      BREEZE_CLIENT_ID: breeze.clientId,
      BREEZE_CLIENT_SECRET: breeze.clientSecret,
    });
    const stop = async (): Promise<void> => {
      await started.stop();
      await breeze.close();
    };
    return { ...started, breeze, stop };
  } catch (error) {
    await breeze.close();
    throw error;
  }
}

/**
 * Builds and starts an example as its README says, in a process of its own. Like a user's, the page is built from the
 * packages' `dist`.
 *
 * @param told What it prints of its address, which is the first group.
 */
export async function startProcess(
  command: string,
  environment: Readonly<Record<string, string>>,
  told: RegExp = /Open (http\S+)/u,
): Promise<StartedProcess> {
  const [file = '', ...args] = command.split(' ');
  const child = spawn(file, args, {
    // A process group of its own: what pnpm has started ends with it.
    detached: true,
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: {
      ...process.env,
      // vitest's would build a page with React's development version.
      NODE_ENV: undefined,
      PORT: '0',
      ...environment,
    },
  });
  const ended = once(child, 'close');
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  async function stop(): Promise<void> {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid);
    await ended;
  }
  for (;;) {
    const origin = told.exec(printed)?.[1];
    if (origin !== undefined) return { origin, printed: () => printed, stop };
    const next = await Promise.race([ended, once(child.stdout, 'data')]);
    if (next.length === 1) continue;
    throw new Error(`The example ended instead of starting:\n${printed}`);
  }
}
