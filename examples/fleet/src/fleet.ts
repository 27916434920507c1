import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Order, Report, WorkerSettings } from './messages.ts';

/** What a worker has told, in the order in which it came. */
export interface Told {
  readonly worker: Worker;
  readonly report: Report;
}

type Listener = (told: Told) => void;

/** One process. */
export class Worker {
  readonly ready: Promise<void>;
  /** Settles when the process has ended. */
  readonly ended: Promise<void>;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer | undefined) => void>();
  #next = 1;
  #isOver = false;

  constructor(program: string, settings: WorkerSettings, listener: Listener) {
    const env = { ...process.env, WORKER: JSON.stringify(settings) };
    const child = fork(program, { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#process = child;
    let isReady = (): void => {};
    let failed = (_error: Error): void => {};
    this.ready = new Promise<void>((resolve, reject) => {
      isReady = resolve;
      failed = reject;
    });
    child.on('message', (report: Report) => {
      if (report.type === 'ready') isReady();
      if (report.type === 'done') this.#settle(report.number, report.answer);
      listener({ worker: this, report });
    });
    child.on('error', failed);
    this.ended = new Promise((resolve) => {
      child.once('exit', () => {
        this.#isOver = true;
        failed(new Error('A worker has ended before it was ready.'));
        for (const number of this.#waiting.keys()) this.#settle(number, undefined);
        resolve();
      });
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Sends queries at once; resolves to what came of them, and to `undefined` where the process ended first. */
  ask(queries = 1): Promise<Answer | undefined> {
    return this.#order((number) => ({ type: 'ask', number, queries }));
  }

  /** Resolves once its share answers, to the newest generation of tokens that it knows. */
  async meet(): Promise<number | undefined> {
    const answer = await this.#order((number) => ({ type: 'meet', number }));
    return answer?.generation;
  }

  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(name);
  }

  async end(): Promise<void> {
    if (this.#process.connected) this.#process.send({ type: 'end' });
    await this.ended;
  }

  #order(make: (number: number) => Order): Promise<Answer | undefined> {
    const number = this.#next++;
    return new Promise((resolve) => {
      if (this.#isOver) {
        resolve(undefined);
        return;
      }
      this.#waiting.set(number, resolve);
      this.#process.send(make(number));
    });
  }

  #settle(number: number, answer: Answer | undefined): void {
    this.#waiting.get(number)?.(answer);
    this.#waiting.delete(number);
  }
}

/** All processes that live. */
export class Fleet {
  readonly #program: string;
  readonly #settings: WorkerSettings;
  readonly #listeners = new Set<Listener>();
  readonly #workers = new Set<Worker>();

  /** @param program the file that each of them runs. */
  constructor(program: string, settings: WorkerSettings) {
    this.#program = program;
    this.#settings = settings;
  }

  get workers(): readonly Worker[] {
    return [...this.#workers].filter(({ isOver }) => !isOver);
  }

  /** Starts so many more, and resolves to them once all are ready. */
  async start(count: number): Promise<readonly Worker[]> {
    const begun: Worker[] = [];
    // As many at a time as there are processors: hundreds that load their code at once hardly get anywhere.
    const line = async (): Promise<void> => {
      while (begun.length < count) {
        const worker = this.#begin();
        begun.push(worker);
        await worker.ready;
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() + 1 }, line));
    return begun;
  }

  #begin(): Worker {
    const worker = new Worker(this.#program, this.#settings, (told) => {
      for (const listener of this.#listeners) listener(told);
    });
    this.#workers.add(worker);
    return worker;
  }

  /** Hears what is told from now on, until what is returned is called. */
  hear(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Settles with the next that is told of this type. */
  next(type: Report['type']): Promise<Told> {
    return new Promise((resolve) => {
      const stop = this.hear((told) => {
        if (told.report.type !== type) return;
        stop();
        resolve(told);
      });
    });
  }

  /** Resolves once all of them know of the same tokens again. */
  async meet(): Promise<void> {
    for (;;) {
      const generations = await Promise.all(this.workers.map((worker) => worker.meet()));
      if (new Set(generations.filter((known) => known !== undefined)).size <= 1) return;
      await sleep(50);
    }
  }

  /** Ends them as they end by themselves. */
  async end(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.end()));
  }

  /** Ends them whatever they do. */
  async kill(): Promise<void> {
    const { workers } = this;
    for (const worker of workers) worker.signal('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
  }
}
