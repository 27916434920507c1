// Which test proves which rule of docs/behaviour.md. Fails where a rule has no test, or where a test
// names a rule that does not exist.
//
//   pnpm run rules              every rule with its tests
//   pnpm run rules --summary    only what is wrong
//
// A rule is a list item that begins with its number: `- T1 Any number of operations …`. The section
// "Not yet in scope" lists the numbers of those that need no test yet. A test cites its rules at the
// start of its title: `it('T2 T3 replays at once', …)`.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { parseSync, Visitor } from 'oxc-parser';

const behaviour = 'docs/behaviour.md';
const number = /[A-Z]\d+[a-z]?/u;
const cited = new RegExp(`^(?:${number.source}[,:;]?\\s+)+`, 'u');

if (!existsSync(behaviour)) {
  console.error(`${behaviour} is not there; it holds the rules.`);
  process.exit(1);
}
const { rules, later } = readRules(readFileSync(behaviour, 'utf8'));
const tests = globSync('{packages,examples,benchmarks,tests}/**/*.test.{ts,tsx}', {
  exclude: (path) => /(?:^|\/)(?:node_modules|dist)$/u.test(path),
})
  .toSorted()
  .flatMap(readTests);

report();

/** The rules' numbers in their order, and those that are not in scope. */
function readRules(text) {
  const found = [];
  const outOfScope = new Set();
  let heading = '';
  for (const line of text.split(/\r?\n/u)) {
    if (line.startsWith('#')) heading = line.replace(/^#+\s*/u, '').trim();
    if (heading.toLowerCase() === 'not yet in scope') {
      for (const [rule] of line.matchAll(new RegExp(`\\b${number.source}\\b`, 'gu'))) {
        outOfScope.add(rule);
      }
    } else {
      const rule = new RegExp(`^- (${number.source}) `, 'u').exec(line)?.[1];
      if (rule !== undefined) found.push(rule);
    }
  }
  return { rules: found, later: outOfScope };
}

/** Every `it` and `test` of a file that is not skipped, with the rules that its title begins with. */
function readTests(file) {
  const { program, errors } = parseSync(file, readFileSync(file, 'utf8'));
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0].message}`);
  const found = [];
  new Visitor({
    CallExpression(call) {
      const title = titleOf(call);
      if (title === undefined) return;
      const start = cited.exec(`${title} `)?.[0] ?? '';
      found.push({ file, title, rules: start.match(new RegExp(number.source, 'gu')) ?? [] });
    },
  }).visit(program);
  return found;
}

/** The title where a call is `it(…)`, `test.only(…)`, `it.each(…)(…)`, … */
function titleOf(call) {
  const names = callee(call.callee);
  if (names[0] !== 'it' && names[0] !== 'test') return undefined;
  if (names.includes('skip') || names.includes('todo')) return undefined;
  const [first] = call.arguments;
  if (first?.type === 'Literal' && typeof first.value === 'string') return first.value;
  if (first?.type !== 'TemplateLiteral') return undefined;
  return first.quasis.map((part) => part.value.cooked ?? part.value.raw).join('…');
}

/** The names that a callee consists of: `it.each(table)` is `it`, `each`. */
function callee(node) {
  if (node.type === 'Identifier') return [node.name];
  if (node.type === 'MemberExpression' && node.property.type === 'Identifier') {
    const object = callee(node.object);
    return object.length === 0 ? [] : [...object, node.property.name];
  }
  if (node.type === 'CallExpression') return callee(node.callee);
  if (node.type === 'TaggedTemplateExpression') return callee(node.tag);
  return [];
}

function report() {
  const known = new Set(rules);
  const problems = [
    ...rules
      .filter((rule, at) => rules.indexOf(rule) !== at)
      .map((rule) => `${rule} stands twice in ${behaviour}.`),
    ...[...later]
      .filter((rule) => !known.has(rule))
      .map((rule) => `${rule} is listed as not yet in scope, and is no rule.`),
    ...rules
      .filter((rule) => !later.has(rule) && testsOf(rule).length === 0)
      .map((rule) => `${rule} has no test.`),
    ...tests.flatMap(({ file, title, rules: names }) =>
      names
        .filter((rule) => !known.has(rule))
        .map((rule) => `${rule} is no rule, but a test in ${file} names it: ${title}`),
    ),
  ];
  if (rules.length === 0) problems.push(`${behaviour} holds no rule.`);
  if (!process.argv.includes('--summary')) {
    for (const rule of rules) printRule(rule);
    const without = tests.filter((test) => test.rules.length === 0).length;
    console.log(`\n${without} of ${tests.length} tests name no rule.`);
  }
  const proved = rules.filter((rule) => testsOf(rule).length > 0).length;
  console.log(
    `${proved} of ${rules.length} rules have a test, ${later.size} are not yet in scope.`,
  );
  for (const problem of problems) console.error(`✗ ${problem}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function testsOf(rule) {
  return tests.filter((test) => test.rules.includes(rule));
}

function printRule(rule) {
  const proofs = testsOf(rule);
  const mark = later.has(rule) ? ' (not yet in scope)' : '';
  console.log(`${rule}  ${proofs.length} ${proofs.length === 1 ? 'test' : 'tests'}${mark}`);
  for (const { file, title } of proofs) console.log(`    ${title}  [${file}]`);
}
