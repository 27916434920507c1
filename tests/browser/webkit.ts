import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Builder } from 'selenium-webdriver';
import type { WebDriver } from 'selenium-webdriver';
import { freePort, installed, programOnPath } from '../servers/programs.ts';
import type { EngineBrowser, EnginePage } from './engine.ts';

const PROGRAMS = ['WebKitWebDriver', 'Xvfb'];

let found: Promise<string | undefined> | undefined;

/**
 * Why no WebKit can be started on this machine; `undefined` where one can. Looked for on the PATH; else Debian's
 * WebKitGTK is installed, where this process may do that, with a screen for it. No package of the npm registry brings one.
 */
export function webkitMissing(): Promise<string | undefined> {
  found ??= find();
  return found;
}

async function find(): Promise<string | undefined> {
  if (PROGRAMS.every((name) => programOnPath([name]) !== undefined)) return undefined;
  const reason = await installed(['webkit2gtk-driver', 'xvfb']);
  return reason === undefined ? undefined : `there is no WebKit: ${reason}`;
}

/** A real WebKitGTK on a screen that nobody sees, gone with `close()`. */
export async function launchWebkit(): Promise<EngineBrowser> {
  const programs: ChildProcess[] = [];
  try {
    const screen = await started('Xvfb', ['-displayfd', '1']);
    programs.push(screen);
    const display = await firstLine(screen);
    const port = await freePort();
    const service = await started('WebKitWebDriver', [`--port=${port}`], {
      DISPLAY: `:${display}`,
    });
    programs.unshift(service);
    const server = `http://127.0.0.1:${port}`;
    await listening(`${server}/status`, service);
    const capabilities = { browserName: 'MiniBrowser' };
    const driver = await new Builder().usingServer(server).withCapabilities(capabilities).build();
    const version = (await driver.getCapabilities()).get('browserVersion') as string;
    return new Started({ driver, version, first: await driver.getWindowHandle(), programs });
  } catch (error) {
    await ended(programs);
    throw error;
  }
}

class Started implements EngineBrowser {
  readonly version: string;
  readonly #driver: WebDriver;
  readonly #first: string;
  readonly #programs: readonly ChildProcess[];
  /** The driver is in one tab at a time: what is done in each waits for what is done in the others. */
  #turn: Promise<unknown> = Promise.resolve();
  #runs = 0;

  constructor(parts: {
    readonly driver: WebDriver;
    readonly version: string;
    readonly first: string;
    readonly programs: readonly ChildProcess[];
  }) {
    this.version = parts.version;
    this.#driver = parts.driver;
    this.#first = parts.first;
    this.#programs = parts.programs;
  }

  async openPage(address: string): Promise<EnginePage> {
    const tab = await this.#inTurn(async () => {
      // From the first one, which is never closed.
      await this.#driver.switchTo().window(this.#first);
      await this.#driver.switchTo().newWindow('tab');
      await this.#driver.get(address);
      return this.#driver.getWindowHandle();
    });
    let isOpen = true;
    return {
      close: () =>
        this.#inTurn(async () => {
          if (!isOpen) return;
          isOpen = false;
          await this.#driver.switchTo().window(tab);
          await this.#driver.close();
        }),
      // What lasts is only begun in its turn, and asked for in others.
      evaluate: async <Given, Answer>(run: (given: Given) => unknown, given: Given) => {
        const key = ++this.#runs;
        await this.#run(tab, `${BEGIN}(${String(run)}, ...arguments)`, key, given);
        for (;;) {
          const outcome = await this.#run<Outcome | null>(tab, ASK, key);
          if (outcome?.error !== undefined) throw new Error(outcome.error);
          if (outcome !== null) return outcome.answer as Answer;
        }
      },
    };
  }

  async close(): Promise<void> {
    await this.#driver.quit();
    await ended(this.#programs);
  }

  #run<Answer>(tab: string, script: string, ...given: readonly unknown[]): Promise<Answer> {
    return this.#inTurn(async () => {
      await this.#driver.switchTo().window(tab);
      return this.#driver.executeScript<Answer>(script, ...given);
    });
  }

  #inTurn<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {});
    return done;
  }
}

interface Outcome {
  readonly answer?: unknown;
  readonly error?: string;
}

const BEGIN = `(async (run, key, given) => {
  globalThis.outcomes ??= {};
  globalThis.outcomes[key] = await Promise.resolve(given)
    .then(run)
    .then((answer) => ({ answer }), (error) => ({ error: String(error) }));
})`;

/** What has come of a run, as soon as it has come to its end, or after a while nothing. */
const ASK = `return (async (key) => {
  for (let count = 0; count < 10 && !(key in globalThis.outcomes); count++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return globalThis.outcomes[key] ?? null;
})(...arguments)`;

/** Ends with the test's process, if not before. */
async function started(
  file: string,
  args: readonly string[],
  added: Readonly<Record<string, string>> = {},
): Promise<ChildProcess> {
  const env = { ...process.env, ...added };
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  await once(child, 'spawn');
  return child;
}

async function firstLine(program: ChildProcess): Promise<string> {
  const lines = createInterface({ input: program.stdout! });
  const [line] = await Promise.race([once(lines, 'line'), once(lines, 'close')]);
  if (line === undefined) throw new Error(`${program.spawnfile} has ended.`);
  return line as string;
}

async function listening(address: string, program: ChildProcess): Promise<void> {
  while (program.exitCode === null && program.signalCode === null) {
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
  throw new Error(`${program.spawnfile} has ended.`);
}

async function ended(programs: readonly ChildProcess[]): Promise<void> {
  for (const program of programs) {
    if (program.exitCode !== null || program.signalCode !== null) continue;
    const over = once(program, 'exit');
    program.kill('SIGKILL');
    await over;
  }
}
