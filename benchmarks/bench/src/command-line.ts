import { parseArgs } from 'node:util';
import type { PartOptions } from './part.ts';

export interface CommandLine extends PartOptions {
  /** The parts to run; all of them where none is named. */
  readonly only: readonly string[] | undefined;
}

/**
 * @param known the names that `--only` takes, several of them with commas between.
 * @throws TypeError where an argument is unknown.
 */
export function readCommandLine(args: readonly string[], known: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      detail: { type: 'boolean', default: false },
      sources: { type: 'boolean', default: false },
    },
  });
  const only = values.only?.split(',');
  const unknown = only?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`--only was given ${unknown}; allowed are ${known.join(', ')}.`);
  }
  return { only, detail: values.detail, sources: values.sources };
}
