import Table from 'cli-table3';
import { outcomeInWords, waitsInWords } from './observation.ts';
import type { Finding, Scenario } from './scenario.ts';

/** One row of the report. */
export interface Row {
  readonly scenario: Scenario;
  readonly finding: Finding;
}

/** What did not come out as the rules say. */
export function unmet({ expected }: Finding): readonly string[] {
  return Object.keys(expected).filter((what) => expected[what] !== true);
}

/** The whole report as text. */
export function table(rows: readonly Row[]): string {
  const drawn = new Table({
    head: [
      '',
      'Scenario',
      'Client',
      'Sent',
      'Token\ncalls',
      'Longest waits',
      'Outcome',
      'What a user noticed',
    ],
    colWidths: [3, 27, 8, 6, 7, 16, 28, 46],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { scenario, finding } of rows) {
    const { client, measured, answers, noticed } = finding;
    const missing = unmet(finding);
    drawn.push([
      missing.length === 0 ? '✓' : '✗',
      `${scenario.title} (${scenario.rules.join(', ')})`,
      client,
      measured.requests,
      measured.tokenCalls,
      waitsInWords(measured),
      outcomeInWords(answers),
      missing.length === 0 ? noticed : `${noticed}\nNOT MET: ${missing.join('; ')}`,
    ]);
  }
  return drawn.toString();
}
