// Everything that must hold before a change goes in: `npm test` after set-up. All checks run, whatever
// fails before them. The last line counts tests and checks together: `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

/** Scripts of package.json, in this order; `args` are added to their commands. */
const checks = [
  { title: 'Format', script: 'format:check', args: ['--log-level', 'warn'] },
  { title: 'Lint and import arrows', script: 'lint' },
  { title: 'Types', script: 'typecheck' },
  { title: 'Unused code and dependencies', script: 'knip' },
  { title: 'Packed packages', script: 'package-check' },
  { title: 'Public surface', script: 'api', args: ['--check'] },
  { title: 'Workflows', script: 'workflows' },
  { title: 'Bundle sizes', script: 'sizes' },
  { title: 'Rules and their tests', script: 'rules', args: ['--summary'] },
];

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
const bin = resolve('node_modules/.bin');
const reports = mkdtempSync(join(tmpdir(), 'holdfast-verify-'));

const outcomes = checks.map(({ title, script, args = [] }) => {
  const passed = run(title, script, args);
  return { title, passed: Number(passed), failed: Number(!passed) };
});
outcomes.push(runTests());
rmSync(reports, { recursive: true, force: true });

heading('Summary');
for (const { title, passed, failed } of outcomes) {
  const count = passed + failed > 1 ? ` (${passed} passed, ${failed} failed)` : '';
  console.log(`${failed === 0 ? '✓' : '✗'} ${title}${count}`);
}
const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs vitest on this terminal and counts what its JSON report says. */
function runTests() {
  const title = 'Tests';
  const file = join(reports, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json="${file}"`];
  // Two even where there are two processors: a browser or a build is waited for most of the time.
  const workers = `--maxWorkers=${Math.max(2, availableParallelism() - 1)}`;
  const succeeded = run(title, 'vitest', [...reporters, workers]);
  const counted = readCounts(file);
  // A file that cannot be loaded, an unhandled rejection or no report at all fails without a failing test.
  return { title, ...counted, failed: succeeded ? counted.failed : Math.max(counted.failed, 1) };
}

function readCounts(file) {
  try {
    const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
    const statuses = testResults.flatMap(({ status, assertionResults }) => {
      const own = assertionResults.map((test) => test.status);
      return status === 'failed' && !own.includes('failed') ? [...own, 'failed'] : own;
    });
    const of = (wanted) => statuses.filter((status) => status === wanted).length;
    return { passed: of('passed'), failed: of('failed') };
  } catch {
    console.error('The tests left no report that can be read.');
    return { passed: 0, failed: 1 };
  }
}

function run(title, script, args) {
  heading(title);
  const { status } = spawnSync([scripts[script], ...args].join(' '), {
    shell: true,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
  });
  return status === 0;
}

function heading(title) {
  console.log(`\n=== ${title} ===`);
}
