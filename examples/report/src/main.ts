import { clients } from './client.ts';
import { table, unmet } from './report.ts';
import type { Row } from './report.ts';
import { scenarios } from './scenarios/all.ts';

/**
 * Drives real Apollo and urql clients against local servers that behave as the Breeze and TBInt APIs
 * document themselves, and reports what was measured. The exit status is 0 only if every scenario came
 * out as the rules in docs/behaviour.md say.
 */
async function main(): Promise<void> {
  const rows: Row[] = [];
  const began = performance.now();
  console.log(`Holdfast: ${scenarios.length} troubles, with Apollo Client and with urql.\n`);
  for (const scenario of scenarios) {
    process.stdout.write(`  ${scenario.title} … `);
    const findings = await Promise.all(clients.map((make) => scenario.run(make)));
    rows.push(...findings.map((finding) => ({ scenario, finding })));
    console.log(
      findings.every((finding) => unmet(finding).length === 0) ? 'as it should be' : 'NOT MET',
    );
  }
  console.log(`\n${table(rows)}`);
  const failed = rows.filter(({ finding }) => unmet(finding).length > 0);
  const took = `${((performance.now() - began) / 1_000).toFixed(1)} s`;
  console.log(
    failed.length === 0
      ? `\nAll ${rows.length} runs came out as the rules say, in ${took}.`
      : `\n${failed.length} of ${rows.length} runs did not come out as the rules say.`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}

await main();
