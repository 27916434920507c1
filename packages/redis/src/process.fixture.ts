import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/**
 * A process of the app, in the hands of a test: it is told things, and reports.
 *
 * @example
 * const worker = new WorkerProcess<Order, Report>(program.file, options);
 * await worker.report('ready');
 */
export class WorkerProcess<Order, Report extends { readonly type: string }> {
  readonly #process: ChildProcess;
  readonly #reports: Report[] = [];
  readonly #waiting = new Set<() => void>();

  /**
   * @param file its program.
   * @param options what it is started with, as JSON in its arguments.
   */
  constructor(file: string, options: unknown) {
    this.#process = fork(file, [JSON.stringify(options)]);
    this.#process.on('message', (said: Report) => {
      this.#reports.push(said);
      this.#heard();
    });
    this.#process.once('exit', () => this.#heard());
  }

  get isOver(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  order(order: Order & (object | string)): void {
    if (this.#process.connected) this.#process.send(order);
  }

  /**
   * The next report of this type, from now or from before.
   *
   * @throws Error where the process ends without it.
   */
  async report<T extends Report['type']>(type: T): Promise<Extract<Report, { type: T }>> {
    for (;;) {
      const place = this.#reports.findIndex((said) => said.type === type);
      if (place >= 0) return this.#reports.splice(place, 1)[0] as Extract<Report, { type: T }>;
      if (this.isOver) throw new Error(`A process has ended and has not reported ${type}.`);
      await new Promise<void>((resolve) => void this.#waiting.add(resolve));
    }
  }

  /** What was reported of this type, and is nobody's yet. */
  forget(type: Report['type']): void {
    for (const [place, said] of [...this.#reports.entries()].reverse()) {
      if (said.type === type) this.#reports.splice(place, 1);
    }
  }

  /** Gone within the same moment, as by a crash. */
  async kill(): Promise<void> {
    if (this.isOver) return;
    const over = new Promise((resolve) => void this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await over;
  }

  #heard(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
