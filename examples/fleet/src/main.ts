import { parseArgs } from 'node:util';
import { redisMissing } from '../../../tests/servers/redis.ts';

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
  },
});

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
