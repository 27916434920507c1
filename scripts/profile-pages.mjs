// The pages in docs/profiles: one for each profile of @holdfast/profiles, made out of the profile and its doc
// comment, and one that lists them.
//
//   node scripts/profile-pages.mjs           writes the pages
//   node scripts/profile-pages.mjs --check   fails where a page is not what it would be if it were made now
//
// The sources are loaded as they are, so this needs a Node that runs TypeScript: the one of the repository does.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = join(root, 'packages/profiles/src');
const target = join(root, 'docs/profiles');
const condition = '--conditions=holdfast-source';

/** Kinds that queries are sent again after. */
const RETRYABLE = ['rate_limited', 'locked', 'unavailable', 'server_error', 'network', 'timeout'];

/** What the examples take from other packages. */
const HANDED_OUT = {
  '@holdfast/core': ['createResilience', 'defineProfile'],
  '@holdfast/core/browser': ['browserShare'],
  '@holdfast/oauth': [
    'clientCredentials',
    'cookieSession',
    'login',
    'refreshMutation',
    'refreshToken',
    'supabaseSession',
  ],
};

/** How a value says when. */
const UNITS = {
  seconds: 'in seconds from then',
  milliseconds: 'in milliseconds from then',
  minutes: 'in minutes from then',
  epoch: 'an epoch in seconds or milliseconds',
  auto: 'an epoch or seconds, told apart by its size',
  iso: 'a time in ISO 8601',
};

if (process.execArgv.includes(condition)) await run(process.argv.includes('--check'));
else {
  const again = [condition, '--no-warnings', ...process.argv.slice(1)];
  process.exitCode = spawnSync(process.execPath, again, { stdio: 'inherit' }).status ?? 1;
}

async function run(isCheck) {
  const pages = await makePages();
  const stale = isCheck ? differences(pages) : [];
  if (!isCheck) write(pages);
  for (const problem of stale) console.error(`✗ ${problem}`);
  if (stale.length > 0) console.error('Make them anew: node scripts/profile-pages.mjs');
  else console.log(`${pages.size} pages in docs/profiles are as they should be.`);
  process.exitCode = stale.length === 0 ? 0 : 1;
}

function differences(pages) {
  const there = existsSync(target) ? readdirSync(target) : [];
  return [
    ...[...pages]
      .filter(([name]) => !there.includes(name))
      .map(([name]) => `docs/profiles/${name} is missing.`),
    ...there
      .filter((name) => !pages.has(name))
      .map((name) => `docs/profiles/${name} belongs to no profile.`),
    ...[...pages]
      .filter(
        ([name, text]) => there.includes(name) && readFileSync(join(target, name), 'utf8') !== text,
      )
      .map(([name]) => `docs/profiles/${name} is out of date.`),
  ];
}

function write(pages) {
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(target)) if (!pages.has(name)) rmSync(join(target, name));
  for (const [name, text] of pages) writeFileSync(join(target, name), text);
}

/** Each page's text by its file name. */
async function makePages() {
  const prettier = await import('prettier');
  const { graphqlOverHttp } = await import(
    pathToFileURL(join(root, 'packages/core/src/index.ts')).href
  );
  const profiles = await import(pathToFileURL(join(source, 'index.ts')).href);
  const modules = [
    ...readFileSync(join(source, 'index.ts'), 'utf8').matchAll(
      /^export \{ (\w+) \} from '\.\/(.+)\.ts';$/gmu,
    ),
  ].map(([, name, file]) => ({ name, file, profile: profiles[name], ...commentOf(name, file) }));
  const pages = new Map([['README.md', overview(modules)]]);
  for (const each of modules) pages.set(`${each.file}.md`, page(each, graphqlOverHttp));
  const options = { ...(await prettier.resolveConfig(join(target, 'x.md'))), parser: 'markdown' };
  for (const [name, text] of pages) pages.set(name, await prettier.format(text, options));
  return pages;
}

/** What the doc comment of a profile says, in its parts. */
function commentOf(name, file) {
  const text = readFileSync(join(source, `${file}.ts`), 'utf8');
  const comment = /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*export (?:const|\{)/u.exec(text)?.[1] ?? '';
  const plain = comment.replaceAll(/^ *\* ?/gmu, '').trim();
  const [prose = '', example = ''] = plain.split(/^@example\n/mu);
  const paragraphs = prose.trim().split(/\n\s*\n/u);
  const find = (start) => {
    const found = paragraphs.find((paragraph) => start.test(paragraph));
    if (found === undefined) throw new Error(`${file}.ts: the comment has no paragraph ${start}.`);
    return found.replace(start, '').replaceAll('\n', ' ').trim();
  };
  const sources = find(/^Sources, read on /u);
  const [, date, list] = /^(\d{4}-\d\d-\d\d):\s*([^]*)$/u.exec(sources) ?? [];
  if (date === undefined) throw new Error(`${file}.ts: "Sources, read on" is followed by no date.`);
  if (example.trim() === '') throw new Error(`${file}.ts: ${name} has no @example.`);
  return {
    text,
    about: paragraphs[0].replaceAll('\n', ' '),
    date,
    sources: list,
    unknown: find(/^Not documented:/u),
    example: example.trim(),
  };
}

function overview(modules) {
  const rows = modules.map(
    ({ name, file, about }) => `| [\`${name}\`](${file}.md) | ${cell(firstSentences(about))} |`,
  );
  return `${MADE('packages/profiles/src')}
# Profiles

How known GraphQL APIs and servers say "expired", "too many" and "down". Each is an export of
\`@holdfast/profiles\`; a bundler keeps only those that are imported. What a profile does not say is read as the
default profile, \`graphqlOverHttp\`, reads it.

| profile | what it is for |
| --- | --- |
${rows.join('\n')}
`;
}

function MADE(from) {
  return `<!-- Made by scripts/profile-pages.mjs out of ${from}: change that, and make this anew. -->\n`;
}

/** Enough to know what it is: whole sentences, until there are 60 characters. */
function firstSentences(text) {
  const sentences = text.match(/[^]*?\.(?= [A-Z`]|$)/gu) ?? [text];
  let told = '';
  for (const one of sentences) if (told.length < 60) told += one;
  return told.trim();
}

function page(module, base) {
  const { name, file, about, example, unknown, sources, date, profile } = module;
  return `${MADE(`packages/profiles/src/${file}.ts`)}
# \`${name}\`

${about}

\`\`\`ts
${imports(name, example)}

${example}
\`\`\`

## What is understood

${understood(module)}

## What waits

${waits(module)}

## What refreshes

${refreshes(module, base)}

## What is final

${finals(profile, base)}
${advised(profile)}
## What is not documented

${sentence(unknown)}

## Where this is from

Read on ${date}: ${sentence(sources)}
`;
}

/** The imports of an example, which its doc comment leaves out. */
function imports(name, example) {
  const taken = { ...HANDED_OUT, '@holdfast/profiles': [name] };
  return Object.entries(taken)
    .map(([from, names]) => [
      from,
      names.filter((each) => new RegExp(`\\b${each}\\b(?!:)`, 'u').test(example)),
    ])
    .filter(([, names]) => names.length > 0)
    .map(([from, names]) => `import { ${names.join(', ')} } from '${from}';`)
    .join('\n');
}

function understood(module) {
  const { profile } = module;
  const rows = verdicts(module).map(({ shows, ...found }) => {
    const { kind, retryable, proof } = meaning(found);
    return `| ${cell(shows)} | \`${kind}\` | ${retryable ? 'yes' : 'no'} | ${proof ? 'yes' : ''} |`;
  });
  const where = places(profile);
  const parent = profile.extends && `[\`${profile.extends.name}\`](${profile.extends.name}.md)`;
  const table =
    rows.length === 0
      ? parent
        ? `What ${parent} understands.`
        : 'Nothing beyond what the default profile understands: statuses, and the codes that most servers use.'
      : `What is not in this table is read as ${parent ?? 'the default profile'} reads it.

| the answer shows | so it is | sent again | nothing ran |
| --- | --- | --- | --- |
${rows.join('\n')}

"Sent again" is said of queries. "Nothing ran" counts where the whole answer was read and it holds no data and no
path; a mutation is sent again only then.`;
  return [where, table].filter(Boolean).join('\n\n');
}

/** Where codes and types are looked for. */
function places({ keys = {}, numericCodes }) {
  const said = Object.entries({ code: keys.code, type: keys.type }).flatMap(([what, paths]) =>
    paths === undefined
      ? []
      : [
          `the ${what} of an error at ${[paths]
            .flat()
            .map((path) => `\`${path}\``)
            .join(', else ')}`,
        ],
  );
  const read =
    said.length === 0
      ? ''
      : `Holdfast reads ${said.join(', and ')}: in its \`extensions\`, else in the error itself.`;
  const numbers = numericCodes === false ? 'Its numbers are no HTTP statuses.' : '';
  return [read, numbers].filter(Boolean).join(' ');
}

/** Everything that a profile says of answers, what means the same together. */
function verdicts(module) {
  const { rules = [], types = {}, codes = {}, words = {}, statuses = {} } = module.profile;
  return [
    ...rules.map(({ when, then }) => ({
      shows: asked(when, module),
      verdict: then,
      ground: 'rule',
      statuses: [when.status ?? []].flat(),
    })),
    ...grouped(types, 'type', 'code'),
    ...grouped(codes, 'code', 'code'),
    ...grouped(words, 'word of the token endpoint', 'word'),
    ...grouped(statuses, 'status', 'status'),
  ];
}

function grouped(table, noun, ground) {
  const groups = new Map();
  for (const [word, verdict] of Object.entries(table)) {
    const key = JSON.stringify(verdict);
    groups.set(key, { verdict, all: [...(groups.get(key)?.all ?? []), word] });
  }
  return [...groups.values()].map(({ verdict, all }) => ({
    shows: `${noun} ${all.map((word) => `\`${word}\``).join(', ')}`,
    verdict,
    ground,
    ...(ground === 'status' && { statuses: all.map(Number) }),
  }));
}

/** What a rule asks for, in words. */
function asked({ status, code, type, message, header, test }, module) {
  const listed = (values) =>
    [values]
      .flat()
      .map((value) => `\`${value}\``)
      .join(' or ');
  return [
    status !== undefined && `status ${listed(status)}`,
    code !== undefined && `code ${listed(code)}`,
    type !== undefined && `type ${listed(type)}`,
    message && `message \`${message}\``,
    header && `header ${listed(Object.keys(header))}`,
    test && lowerFirst(commentOfFunction(test, module)),
  ]
    .filter(Boolean)
    .join('; ');
}

/** A verdict with what follows from its kind. */
function meaning({ verdict, ground, statuses = [] }) {
  const { kind, ...own } = typeof verdict === 'string' ? { kind: verdict } : verdict;
  const refused = ground === 'code' && ['unauthenticated', 'rate_limited'].includes(kind);
  return {
    kind,
    retryable: own.retryable ?? RETRYABLE.includes(kind),
    fresh: own.freshToken ?? (kind === 'unauthenticated' && ground !== 'word'),
    proof:
      own.executed === false ||
      refused ||
      (statuses.length > 0 && statuses.every((status) => [401, 423, 425, 429].includes(status))),
  };
}

function waits(module) {
  const { hints = [], quota = [] } = module.profile;
  const own = hints.map((hint) => `- ${hinted(hint, module)}`);
  const first =
    'After a limit, as long as `Retry-After`, `RateLimit`, `RateLimit-Reset` or `X-RateLimit-Reset` says';
  const then =
    own.length === 0
      ? `${first}; where none does, Holdfast's own backoff.`
      : `${first}; where none does, what this profile reads; where that finds nothing, Holdfast's own backoff.\n\n${own.join('\n')}`;
  const left = quota.map((reader) =>
    typeof reader === 'function'
      ? `- ${commentOfFunction(reader, module)}`
      : `- while \`${titled(reader.remaining)}\` is 0: until \`${titled(reader.reset)}\`, ${UNITS[reader.unit ?? 'auto']}.`,
  );
  return left.length === 0
    ? then
    : `${then}\n\nAfter a success nothing else is sent:\n\n${left.join('\n')}`;
}

function hinted(hint, module) {
  if (typeof hint === 'function') return commentOfFunction(hint, module);
  const unit = UNITS[hint.unit ?? 'auto'];
  if (hint.header !== undefined) return `\`${titled(hint.header)}\`, ${unit}.`;
  if (hint.extension !== undefined) return `\`extensions.${hint.extension}\`, ${unit}.`;
  return `the number in the message by \`${hint.text}\`, ${unit}.`;
}

function refreshes(module, base) {
  const { profile } = module;
  const own = verdicts(module).filter((found) => meaning(found).fresh);
  const known = Object.entries(base.codes).filter(([, verdict]) => verdict === 'unauthenticated');
  const codes = known.map(([code]) => `\`${code}\``).join(', ');
  const list = own.map(({ shows }) => `- ${shows}`).join('\n');
  const cause =
    own.length === 0
      ? `A 401 and what means the same as with any server, the codes ${codes}: one refresh, and the operation is sent once more.`
      : `One refresh, and the operation is sent once more, after this, besides a 401 and what means the same with any server, the codes ${codes}:\n\n${list}`;
  const { headers, lifetime, refreshAhead } = profile.auth ?? {};
  const sent = headers && Object.entries(headers({ accessToken: '<token>' }));
  const lines = [
    sent &&
      `The token is sent as ${sent.map(([name, value]) => `\`${titled(name)}: ${value}\``).join(', ')}.`,
    lifetime !== undefined &&
      `Where a token does not say how long it lives, it is taken for ${lifetime / 60_000} minutes.`,
    refreshAhead !== undefined &&
      `It is renewed ${refreshAhead / 1_000} seconds before it expires.`,
  ].filter(Boolean);
  return [cause, lines.join(' ')].filter(Boolean).join('\n\n');
}

function finals(profile, base) {
  const words = (list) => list.map((word) => `\`${word}\``).join(', ');
  const own = profile.auth?.finalErrors ?? [];
  const said = `A fresh token that is rejected too. And of the token endpoint's words, after which only a sign-in helps, ${words(base.auth.finalErrors)}`;
  return own.length === 0 ? `${said}.` : `${said}; with this profile also ${words(own)}.`;
}

function advised({ advice = {} }) {
  const rows = Object.entries(advice).map(([kind, text]) => {
    const about = kind === 'outcomeUnknown' ? 'of a mutation that may have run' : `\`${kind}\``;
    return `- ${about}: ${text}`;
  });
  return rows.length === 0 ? '' : `\n## What a developer is told\n\n${rows.join('\n')}\n`;
}

/** The first paragraph of the comment of a function, in the profile's module or among the shared readers. */
function commentOfFunction({ name }, { text, file }) {
  const shared = readFileSync(join(source, 'readers.ts'), 'utf8');
  for (const code of [text, shared]) {
    const found = new RegExp(
      `/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s*(?:export )?function ${name}\\(`,
      'u',
    ).exec(code)?.[1];
    if (found !== undefined)
      return found
        .replaceAll(/^ *\* ?/gmu, '')
        .trim()
        .split(/\n\s*\n/u)[0]
        .replaceAll('\n', ' ');
  }
  throw new Error(`${file}.ts: the function ${name || 'without a name'} needs a doc comment.`);
}

/** `x-ratelimit-reset` as headers are written. */
function titled(header) {
  if (/[A-Z]/u.test(header)) return header;
  return header
    .split('-')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('-')
    .replace(/Ratelimit/gu, 'RateLimit');
}

/** A bar would end a cell. */
function cell(text) {
  return text.replaceAll('|', '\\|');
}

function sentence(text) {
  const full = /^https?:/u.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/u.test(full) || /\bhttps?:\S+$/u.test(full) ? full : `${full}.`;
}

function lowerFirst(text) {
  return (text.charAt(0).toLowerCase() + text.slice(1)).replace(/\.$/u, '');
}
