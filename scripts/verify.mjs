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

/** Where more files fail than this, it is not for want of processor time. */
const MOST_FILES_AGAIN = 5;

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
const inAll = (what) => outcomes.reduce((sum, outcome) => sum + outcome[what], 0);
console.log(`\n${inAll('passed')} passed, ${inAll('failed')} failed`);
process.exitCode = inAll('failed') === 0 ? 0 : 1;

/**
 * Runs vitest on this terminal and counts what it reports. The few tests that fail are run once more, alone:
 * those that pass then are named, since each that depends on how busy the machine is has to be mended.
 */
function runTests() {
  const title = 'Tests';
  // Two even where there are two processors: a browser or a build is waited for most of the time.
  const first = vitest(title, Math.max(2, availableParallelism() - 1), []);
  const files = [...new Set(first.failed.map(({ file }) => file))];
  if (first.unhandled > 0 || files.length === 0 || files.length > MOST_FILES_AGAIN) {
    return outcomeOf(title, first.passed, first);
  }
  const second = vitest('Tests that failed, once more and alone', 1, files);
  const still = new Set(second.failed.map(({ name }) => name));
  const passedAlone = first.failed.filter(({ name }) => !still.has(name));
  if (passedAlone.length > 0) heading('Passed only alone: to be mended');
  for (const { name } of passedAlone) console.log(name);
  return outcomeOf(title, first.passed + passedAlone.length, second);
}

/** A rejection that nobody handled, or no report at all, fails without a failing test. */
function outcomeOf(title, passed, { failed, succeeded }) {
  return { title, passed, failed: succeeded ? failed.length : Math.max(failed.length, 1) };
}

function vitest(title, workers, files) {
  const report = join(reports, `tests-${workers}.json`);
  const args = [
    '--reporter=default',
    '--reporter=./scripts/test-report.mjs',
    `--maxWorkers=${workers}`,
  ];
  const succeeded = run(title, 'vitest', [...args, ...files], { HOLDFAST_TEST_REPORT: report });
  try {
    const { tests, unhandled } = JSON.parse(readFileSync(report, 'utf8'));
    const of = (wanted) => tests.filter(({ state }) => state === wanted);
    return { succeeded, unhandled, passed: of('passed').length, failed: of('failed') };
  } catch {
    console.error('The tests left no report that can be read.');
    return { succeeded: false, unhandled: 0, passed: 0, failed: [] };
  }
}

function run(title, script, args, variables = {}) {
  heading(title);
  const { status } = spawnSync([scripts[script], ...args].join(' '), {
    shell: true,
    stdio: 'inherit',
    env: { ...process.env, ...variables, PATH: `${bin}${delimiter}${process.env.PATH}` },
  });
  return status === 0;
}

function heading(title) {
  console.log(`\n=== ${title} ===`);
}
