// What an app has to load: bundles the built packages as an app's bundler would, and fails where a bundle is
// above its limit or still holds text that only development needs. Needs a build.
//
//   node scripts/sizes.mjs           measures, and fails also where the badge says another size
//   node scripts/sizes.mjs --badge   writes the badge as well: docs/size.svg
import { makeBadge } from 'badge-maker';
import { build } from 'esbuild';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const badgeFile = 'docs/size.svg';
/** The bundle whose size the badge says. */
const badgeTitle = 'core + Apollo';

/**
 * What is bundled, in KB of 1,000 bytes: `wanted` is what it is meant to come to, `limit` what fails. Limits are
 * the sizes of today, up to the next 0.2 KB: lower them when a bundle has become smaller, and raise them only
 * with a reason in the commit.
 */
const bundles = [
  {
    title: 'core + urql',
    imports: {
      '@holdfast/core': 'createResilience, failureOf',
      '@holdfast/urql': 'resilienceExchange',
    },
    wanted: 22,
    limit: 31.4,
  },
  {
    title: 'core + Apollo',
    imports: {
      '@holdfast/core': 'createResilience, failureOf',
      '@holdfast/apollo': 'ResilienceLink',
    },
    wanted: 21.3,
    limit: 30.6,
  },
  {
    title: 'core + Apollo 3',
    imports: { '@holdfast/apollo/v3': 'createResilience, failureOf, ResilienceLink' },
    wanted: 21.4,
    limit: 30.6,
  },
  {
    title: 'core + fetch',
    imports: { '@holdfast/fetch': 'createResilience, failureOf, resilientFetch' },
    wanted: 20,
    limit: 30,
  },
  {
    title: 'classification alone',
    imports: { '@holdfast/core': 'classify' },
    wanted: 6,
    limit: 7.6,
  },
];

/** What an app has anyway. */
const clients = ['@apollo/client', 'rxjs', '@urql/core', 'wonka', 'graphql'];

/** Words of option checks, advice and long messages: one or more of each kind of text for development. */
const developmentTexts = [
  'is no option',
  'Sign in again',
  'Start the operation again',
  'was given in seconds',
  'it waited for a token refresh',
  'defineProfile',
];

/** As bundlers find a package: by `module`, with NODE_ENV defined, or by `production`. */
const routes = [['module'], ['production']];

const built = ['core', 'urql', 'apollo', 'fetch'].map((name) => `packages/${name}/dist/index.mjs`);
const missing = built.filter((file) => !existsSync(file));
if (missing.length > 0) throw new Error(`${missing.join(', ')} is not there: run the build first.`);

const problems = [];
const rows = [];
let badge = '';
let everDeveloped = '';
for (const bundle of bundles) {
  const texts = await Promise.all(routes.map((route) => bundled(bundle, 'production', route)));
  everDeveloped += await bundled(bundle, 'development', ['development', 'module']);
  const sizes = texts.map((text) => gzipSync(text, { level: 9 }).byteLength / 1_000);
  const size = Math.max(...sizes);
  const { title, wanted, limit } = bundle;
  if (title === badgeTitle) badge = badgeOf(size);
  rows.push([
    title,
    kilobytes(size),
    kilobytes(limit),
    kilobytes(wanted),
    kilobytes(size - wanted),
  ]);
  if (size > limit) {
    problems.push(
      `${title} has ${kilobytes(size)}, which is above its limit of ${kilobytes(limit)}.`,
    );
  }
  for (const words of developmentTexts) {
    if (texts.some((text) => text.includes(words))) {
      problems.push(`${title} holds “${words}” in production: that belongs behind NODE_ENV.`);
    }
  }
}
// A phrase that was reworded proves nothing any more.
for (const words of developmentTexts.filter((text) => !everDeveloped.includes(text))) {
  problems.push(
    `“${words}” is in no development bundle: name another phrase in scripts/sizes.mjs.`,
  );
}

if (process.argv.includes('--badge')) writeFileSync(badgeFile, badge);
if (!existsSync(badgeFile) || readFileSync(badgeFile, 'utf8') !== badge) {
  problems.push(`${badgeFile} says another size: make it anew with npm run sizes -- --badge.`);
}

printTable(['bundle, gzip', 'size', 'limit', 'wanted', 'over wanted'], rows);
for (const problem of problems) console.error(`✗ ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** The bundle's text: minified, for browsers of today, without the clients. */
async function bundled({ title, imports }, mode, conditions) {
  const contents = Object.entries(imports)
    .map(([name, names]) => `export { ${names} } from '${name}';`)
    .join('\n');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd(), sourcefile: `${title}.js` },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'error',
    conditions,
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    external: clients,
  });
  return outputFiles[0].text;
}

/** Whole KB, so that the badge changes where a size does that anybody would notice. */
function badgeOf(size) {
  const message = `${Math.ceil(size)} KB`;
  return `${makeBadge({ label: 'min + gzip', message, color: 'blue' })}\n`;
}

function kilobytes(value) {
  return `${value.toFixed(2)} KB`;
}

function printTable(head, body) {
  const lines = [head, ...body];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines) {
    const cells = line.map((text, column) =>
      column === 0 ? text.padEnd(widths[column]) : text.padStart(widths[column]),
    );
    console.log(cells.join('  '));
  }
}
