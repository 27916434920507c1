import { describe, expect, it } from 'vitest';
import { clients } from './client.ts';
import { table, unmet } from './report.ts';
import { scenarios } from './scenarios/all.ts';

describe.each(clients.map((make) => ({ name: make.name, make })))(
  'the report with $name',
  ({ make }) => {
    it.each(
      scenarios.map((scenario) => ({
        scenario,
        name: `${scenario.rules.join(' ')} ${scenario.title}`,
      })),
    )('$name', async ({ scenario }) => {
      const finding = await scenario.run(make);
      expect(unmet(finding)).toEqual([]);
      expect(table([{ scenario, finding }])).toContain(finding.client);
    });
  },
);
