import { execFile, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { transformAsync } from '@babel/core';
import { MARK } from './hermes-messages.ts';
import type { Asked, Received, Sent } from './hermes-messages.ts';
import type { Endings } from './story.ts';

const { resolve } = createRequire(import.meta.url);
const FOLDERS: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'linux64-bin',
  darwin: 'osx-bin',
};

/** The file of the newest Hermes that runs by itself and that a package brings; `undefined` where it brings none. */
export function hermes(): string | undefined {
  const folder = process.arch === 'x64' ? FOLDERS[process.platform] : undefined;
  return folder && join(resolve('hermes-engine-cli/package.json'), '..', folder, 'hermes');
}

export async function hermesVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)(hermes()!, ['--version']);
  return /release version: (\S+)/u.exec(stdout)?.[1] ?? 'unknown';
}

/** A script as Metro hands it to Hermes: by the preset of React Native. */
export async function asByMetro(source: string): Promise<string> {
  const result = await transformAsync(source, {
    // As for an engine that knows no classes, which this one does not yet.
    presets: [
      [
        resolve('@react-native/babel-preset'),
        { unstable_transformProfile: 'default', enableBabelRuntime: false },
      ],
    ],
    filename: 'story.js',
    babelrc: false,
    configFile: false,
    compact: true,
    sourceType: 'script',
  });
  return result!.code!;
}

/**
 * Runs a script in Hermes, as the host that React Native is: has its timers and its network, and tells it of them line
 * by line. Answers what the script has `ended` with.
 */
export async function runInHermes(script: string): Promise<Endings> {
  const vm = spawn(hermes()!, ['-prompt=', '-prompt2='], { stdio: ['pipe', 'pipe', 'inherit'] });
  const over = new Promise((end) => void vm.once('exit', end));
  // A timer of the story may ring when Hermes has ended: what is said then is heard by nobody. That it has ended before
  // the story did is seen by its own words, which end with it.
  vm.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') vm.stdout.destroy(error);
  });
  const requests = new Map<number, AbortController>();
  const say = (call: string, ...given: readonly unknown[]): void => {
    if (vm.stdin.writable)
      vm.stdin.write(`${call}(${given.map((each) => JSON.stringify(each))})\n`);
  };

  async function send(request: number, sent: Sent): Promise<void> {
    const leaving = new AbortController();
    requests.set(request, leaving);
    const received = await answered(sent, leaving.signal).catch(() => null);
    if (!leaving.signal.aborted) say('host.answer', request, received);
  }

  try {
    say('(0, eval)', script);
    for await (const line of createInterface({ input: vm.stdout })) {
      const at = line.indexOf(MARK);
      if (at === -1) {
        if (line.includes('Uncaught')) throw new Error(line);
        continue;
      }
      const asked = JSON.parse(line.slice(at + MARK.length)) as Asked;
      if ('ended' in asked) return asked.ended;
      if ('failed' in asked) throw new Error(asked.failed);
      if ('timer' in asked) setTimeout(say, asked.delay, 'host.fire', asked.timer).unref();
      else if ('request' in asked) void send(asked.request, asked.sent);
      else requests.get(asked.leave)?.abort();
    }
    throw new Error('Hermes has ended before the story.');
  } finally {
    vm.kill('SIGKILL');
    await over;
  }
}

async function answered(
  { url, method, headers, body }: Sent,
  signal: AbortSignal,
): Promise<Received> {
  const response = await fetch(url, { method, headers, body, signal });
  const fields = [...response.headers].map(([name, value]) => `${name}: ${value}`);
  return { status: response.status, headers: fields.join('\r\n'), text: await response.text() };
}
