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
  const values = valuesOf(args);
  const only = values.only?.split(',');
  const unknown = only?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`--only was given ${unknown}; allowed are ${known.join(', ')}.`);
  }
  return { only, detail: values.detail, sources: values.sources };
}

function valuesOf(args: readonly string[]): {
  readonly only?: string | undefined;
  readonly detail: boolean;
  readonly sources: boolean;
} {
  try {
    const options = {
      only: { type: 'string' },
      detail: { type: 'boolean', default: false },
      sources: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch {
    const given = args.join(' ');
    throw new TypeError(
      `bench was given ${given}; allowed are --only=<parts>, --detail and --sources.`,
    );
  }
}
