// Tries every property with new cases, and with many more of them than `npm test` does: as many times as many
// as the argument says, 20 where there is none. What fails prints its seed and the smallest case that was found.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const times = Number(process.argv[2] ?? 20);
if (!Number.isInteger(times) || times < 1) {
  console.error(`explore takes how many times as many cases, from 1 on, not ${process.argv[2]}.`);
  process.exit(1);
}
const tracked = spawnSync('git', ['ls-files', '*.test.ts', '*.test.tsx'], { encoding: 'utf8' });
if (tracked.status !== 0) throw new Error('explore reads what git lists: it needs a checkout.');
const files = tracked.stdout
  .split('\n')
  .filter((file) => file !== '' && readFileSync(file, 'utf8').includes('/properties.ts'));
const options = ['--config', 'vitest.workspace.ts', '--project=node', '--testTimeout=3600000'];
const { status } = spawnSync('vitest', ['run', ...options, ...files], {
  stdio: 'inherit',
  env: { ...process.env, HOLDFAST_EXPLORE: String(times) },
});
process.exitCode = status ?? 1;
