// What `npm start` runs once everything is set up: the report, and then the playground, until Ctrl-C.
//
//   pnpm run start:run          both
//   pnpm run start:run --once   the report alone; the exit status is the report's
import { fileURLToPath } from 'node:url';

const [option, ...others] = process.argv.slice(2);
if (others.length > 0 || (option !== undefined && option !== '--once')) {
  console.error(`npm start was given ${[option, ...others].join(' ')}; only --once is allowed.`);
  process.exit(1);
}

await import('../examples/report/src/main.ts');
if (option !== '--once') await serve();

/** The exit status stays what the report has made it. */
async function serve() {
  if (process.exitCode !== 0) {
    console.error('\nThe report has failed. The playground is served all the same.');
  }
  const { build } = await import('vite');
  const root = fileURLToPath(new URL('../examples/playground', import.meta.url));
  await build({ root, logLevel: 'warn' });
  await import('../examples/playground/src/serve.ts');
}
