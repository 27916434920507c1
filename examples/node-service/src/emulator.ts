import { startBreeze } from '@holdfast/testing';

/** The service as it is, with a local Breeze behind it in place of the real one. */
const breeze = await startBreeze({ port: Number(process.env['BREEZE_PORT'] ?? 0) });
Object.assign(process.env, {
  BREEZE_URL: breeze.url,
  BREEZE_TOKEN_URL: breeze.tokenUrl,
  BREEZE_CLIENT_ID: breeze.clientId,
  BREEZE_CLIENT_SECRET: breeze.clientSecret,
});
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void breeze.close());
console.log(`A user's token, for POST /orders: ${breeze.issueToken()}`);
await import('./main.ts');
