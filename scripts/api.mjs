// What each entry of each package offers, as API Extractor reads it out of the built declarations: the reports in
// api/. A change of the public surface is a change of a report, which nobody makes without seeing it.
//
//   node scripts/api.mjs           writes the reports
//   node scripts/api.mjs --check   fails where a report is not what it would be if it were made now
//
// Needs a build.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const target = 'api';
const silent = { default: { logLevel: 'none' } };

/** As an app's compiler finds the packages: by their declarations, never by their sources. */
const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  moduleResolution: 'nodenext',
  lib: ['es2023', 'dom', 'dom.iterable'],
  jsx: 'react-jsx',
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
};

const made = mkdtempSync(join(tmpdir(), 'holdfast-api-'));
try {
  for (const entry of entries()) report(entry);
  const reports = readdirSync(made).filter((name) => name.endsWith('.api.md'));
  if (process.argv.includes('--check')) check(reports);
  else write(reports);
} finally {
  rmSync(made, { recursive: true, force: true });
}

/** Every entry of every package that has declarations: `{ folder, declarations, name }`. */
function entries() {
  return readdirSync('packages').flatMap((short) => {
    const folder = resolve('packages', short);
    if (!existsSync(`${folder}/package.json`)) return [];
    const { exports } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    return Object.entries(exports).flatMap(([path, conditions]) => {
      const declarations = conditions.import?.types;
      const name = [short, ...path.split('/').slice(1)].join('-');
      return declarations === undefined ? [] : [{ folder, declarations, name }];
    });
  });
}

function report({ folder, declarations, name }) {
  const file = join(folder, declarations);
  if (!existsSync(file)) throw new Error(`${file} is not there: run the build first.`);
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: `${folder}/package.json`,
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: file,
      newlineKind: 'lf',
      compiler: { overrideTsconfig: { compilerOptions, files: [file] } },
      apiReport: {
        enabled: true,
        reportFolder: made,
        reportTempFolder: join(made, 'temp'),
        reportFileName: `${name}.api.md`,
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { extractorMessageReporting: silent, tsdocMessageReporting: silent },
    },
  });
  const { errorCount } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      // That a report is new, and which compiler reads it, says nothing here.
      message.handled = message.category !== 'Compiler';
    },
  });
  if (errorCount > 0) throw new Error(`API Extractor cannot read ${name}.`);
}

function write(reports) {
  mkdirSync(target, { recursive: true });
  for (const name of old().filter((one) => !reports.includes(one))) rmSync(join(target, name));
  for (const name of reports) copyFileSync(join(made, name), join(target, name));
  console.log(`${reports.length} reports are in ${target}/.`);
}

function check(reports) {
  const problems = [
    ...reports.filter((name) => !isSame(name)).map((name) => `${target}/${name} is out of date.`),
    ...old()
      .filter((name) => !reports.includes(name))
      .map((name) => `${target}/${name} is of no entry any more.`),
  ];
  for (const problem of problems) console.error(`✗ ${problem}`);
  if (problems.length > 0) {
    console.error(
      'The public surface has changed. If it was meant to: npm run api, and look at the difference.',
    );
    process.exitCode = 1;
  } else console.log(`${reports.length} entries offer what their reports in ${target}/ say.`);
}

function isSame(name) {
  const file = join(target, name);
  return existsSync(file) && readFileSync(file, 'utf8') === readFileSync(join(made, name), 'utf8');
}

function old() {
  return existsSync(target) ? readdirSync(target) : [];
}
