import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check } from 'prettier';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { thisMachine } from './machine.ts';
import type { Findings, Part } from './part.ts';
import { writeReport } from './report.ts';

let docs: string;

beforeEach(async () => {
  docs = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
});

afterEach(() => rm(docs, { recursive: true }));

const findings: Findings = {
  tables: [
    { title: 'Speed', notes: ['How fast.'], head: ['what', 'time'], rows: [['all', '1 ns']] },
  ],
  goals: [{ title: 'Speed', measured: 2, wanted: 1, show: String }],
  raw: { times: [1, 2, 3] },
};

const part: Part = { name: 'speed', title: 'How fast', run: () => Promise.resolve(findings) };

it('writes goals, tables, machine and numbers, as prettier leaves them', async () => {
  await writeReport({ machine: thisMachine(), parts: [{ part, findings }] }, docs);

  const text = await readFile(join(docs, 'benchmarks.md'), 'utf8');
  expect(text).toContain('## How fast\n\n### Speed\n\nHow fast.\n\n| what | time |');
  expect(text).toContain('**missed**');
  expect(text).toContain(process.version);
  expect(await check(text, { parser: 'markdown' })).toBe(true);

  const raw = JSON.parse(await readFile(join(docs, 'benchmarks.json'), 'utf8')) as object;
  expect(raw).toMatchObject({ speed: { times: [1, 2, 3] } });
});
