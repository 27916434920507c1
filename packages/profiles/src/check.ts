import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Profile } from '@holdfast/core';
import { defineProfile, graphqlOverHttp } from '@holdfast/core';
import { Complaint } from './check/complaint.ts';
import { isObject } from './check/json.ts';
import { readRecordings } from './check/recording.ts';
import type { Report } from './check/report.ts';
import { reportOn } from './check/report.ts';
import { Secrets } from './check/secrets.ts';
import * as profiles from './index.ts';

const HELP = `holdfast-profiles check <file> [<file> …] [--profile <name or module>]

Reads recorded responses, and says for each what Holdfast would do and why. Nothing is sent anywhere.

  <file>     a HAR file, as the developer tools of browsers save it, or JSON lines: in each one object with any
             of status, headers, data, errors, extensions, body, error, close; and, if known, kind (query,
             mutation, subscription, token), query, name, now (epoch milliseconds)
  --profile  one of @holdfast/profiles by its name (github, hotChocolate, …), or the path of a module that exports
             a profile; default: graphqlOverHttp

Values of headers, cookies and keys that are named like secrets, variables, and what looks like a token are not
printed. Read the output before you show it to others all the same.
`;

/** Where a command's output goes. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
}

/**
 * The command `holdfast-profiles`. Answers its exit code: 0, or 2 where it was called wrongly.
 *
 * @param args What stands behind the command's name.
 *
 * @example
 * process.exitCode = await run(['check', 'recorded.har', '--profile', 'github'], {
 *   out: (text) => process.stdout.write(text),
 *   err: (text) => process.stderr.write(text),
 * });
 */
export async function run(args: readonly string[], output: Output): Promise<number> {
  try {
    const [command, ...rest] = args;
    if (command === undefined || ['help', '--help', '-h'].includes(command)) {
      output.out(HELP);
      return 0;
    }
    if (command !== 'check') {
      throw new Complaint(`"${shortened(command)}" is no command; the only one is: check.`);
    }
    await check(rest, output);
    return 0;
  } catch (error) {
    if (!(error instanceof Complaint)) throw error;
    output.err(`${error.message}\n`);
    return 2;
  }
}

async function check(args: readonly string[], output: Output): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) return output.out(HELP);
  const { files, wanted } = parsed(args);
  const profile = wanted === undefined ? graphqlOverHttp : await profileFor(wanted);
  const secrets = new Secrets();
  const read = [];
  for (const file of files) {
    read.push({ file, ...readRecordings(await contentOf(file), file, secrets) });
  }
  const counts = new Map<string, number>();
  for (const { file, found, others } of read) {
    if (read.length > 1) output.out(`${file}\n`);
    for (const [index, recording] of found.entries()) {
      const report = await reportOn(recording, profile);
      counts.set(report.kind, (counts.get(report.kind) ?? 0) + 1);
      output.out(secrets.removedFrom(laidOut(report, index + 1)));
    }
    if (others > 0)
      output.out(`${others} other ${others === 1 ? 'request' : 'requests'} left out\n\n`);
  }
  output.out(summary(counts, profile));
}

function parsed(args: readonly string[]): { files: readonly string[]; wanted: string | undefined } {
  const files: string[] = [];
  let wanted: string | undefined;
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] as string;
    const [option, value] = argument.split(/=([^]*)/) as [string, string?];
    if (option === '--profile') {
      wanted = value ?? args[(index += 1)];
      if (wanted === undefined || wanted === '')
        throw new Complaint('--profile needs a name or a path.');
    } else if (argument.startsWith('-')) {
      throw new Complaint(`"${shortened(argument)}" is no option; the only one is: --profile.`);
    } else files.push(argument);
  }
  if (files.length === 0) throw new Complaint('Name at least one file: a HAR file or JSON lines.');
  return { files, wanted };
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'it may not be read' }[
        code ?? ''
      ] ?? code;
    throw new Complaint(`${file} cannot be read: ${why}.`);
  }
}

/** By its name, or out of a module of the user's own. */
async function profileFor(wanted: string): Promise<Profile> {
  const known: Readonly<Record<string, Profile>> = { ...profiles, graphqlOverHttp };
  const found = Object.hasOwn(known, wanted) ? known[wanted] : undefined;
  if (found) return found;
  if (!/[./\\]/.test(wanted)) {
    throw new Complaint(
      `No profile is named "${shortened(wanted)}"; those that are: ${Object.keys(known).join(', ')}.`,
    );
  }
  const exported = await moduleAt(wanted);
  const own = Object.values(exported).find(
    (value) => isObject(value) && typeof value['name'] === 'string',
  );
  if (own === undefined)
    throw new Complaint(`${wanted} exports no profile: an object with a name.`);
  try {
    return defineProfile(own as unknown as Profile);
  } catch (error) {
    throw new Complaint(`${wanted}: ${(error as Error).message}`);
  }
}

async function moduleAt(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    const [firstLine = ''] = String((error as Error).message).split('\n');
    throw new Complaint(`${path} cannot be loaded: ${firstLine.replace(/\.$/, '')}.`);
  }
}

function laidOut({ title, kind, lines }: Report, number: number): string {
  const indent = ' '.repeat(String(number).length + 2);
  const told = lines.map(([label, text]) => `${indent}${label.padEnd(9)}${oneLine(text)}\n`);
  return `${number}  ${oneLine(title)}\n${indent}${kind}\n${told.join('')}\n`;
}

/** What a server sends must not move the cursor, nor look like lines of ours. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}

function summary(counts: ReadonlyMap<string, number>, profile: Profile): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const told = [...counts].sort(([, one], [, other]) => other - one);
  const advice = counts.has('unknown')
    ? 'What is unknown to the profile, teach it with defineProfile: codes, types, or words by rules.\n'
    : '';
  const answers = total === 1 ? 'answer' : 'answers';
  return `${total} ${answers}, read with ${profile.name}: ${told.map(([kind, count]) => `${count} ${kind}`).join(', ')}\n${advice}`;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
