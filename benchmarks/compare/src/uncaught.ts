import { AsyncLocalStorage } from 'node:async_hooks';

/** Errors that nobody caught, counted for the run that they come from. */
interface Count {
  errors: number;
}

const runs = new AsyncLocalStorage<Count>();

/** From now on an error that nobody catches ends no process that has many runs at once. */
export function keepUncaughtErrors(): void {
  const note = (error: unknown): void => {
    const run = runs.getStore();
    if (run === undefined) console.error('An error that belongs to no run:', error);
    else run.errors += 1;
  };
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
}

/** Runs something, and gives it a function that says how many errors of its own nobody has caught. */
export function countingUncaught<T>(run: (uncaught: () => number) => Promise<T>): Promise<T> {
  const count: Count = { errors: 0 };
  return runs.run(count, () => run(() => count.errors));
}
