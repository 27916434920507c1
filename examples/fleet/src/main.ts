import { parseArgs } from 'node:util';
import { redisMissing } from '../../../tests/servers/redis.ts';

const values = asked();

function asked(): { readonly workers: string; readonly rounds: string } {
  try {
    const options = {
      workers: { type: 'string', default: '20' },
      rounds: { type: 'string', default: '3' },
    } as const;
    return parseArgs({ options }).values;
  } catch {
    const given = process.argv.slice(2).join(' ');
    console.error(
      `The fleet was given ${given}; allowed are --workers and --rounds, with a number.`,
    );
    process.exit(1);
  }
}

/** A whole number that was given on the command line. */
function count(name: 'workers' | 'rounds', least: number, most: number): number {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  console.error(
    `--${name} was given ${values[name]}; a whole number from ${least} to ${most} is allowed.`,
  );
  process.exit(1);
}

const workers = count('workers', 2, 1_000);
const rounds = count('rounds', 1, 100);

const missing = await redisMissing();
if (missing === undefined) {
  const { start } = await import('./start.ts');
  process.exitCode = await start(workers, rounds);
} else {
  console.error(missing);
  process.exitCode = 2;
}
