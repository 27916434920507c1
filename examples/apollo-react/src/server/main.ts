import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { clientCredentials } from '@holdfast/oauth';
import { MachineTokens } from './machine-tokens.ts';
import { createBackend } from './backend.ts';

if (process.env['BREEZE_URL'] === undefined) await import('./emulator.ts');

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set; see README.md.`);
  return value;
}

const refresh = clientCredentials({
  url: setting('BREEZE_TOKEN_URL'),
  clientId: setting('BREEZE_CLIENT_ID'),
  clientSecret: setting('BREEZE_CLIENT_SECRET'),
  body: 'json',
});
const server = createBackend({
  graphqlUrl: setting('BREEZE_URL'),
  tokens: new MachineTokens(refresh),
  user: { name: 'ola', password: 'nordmann' },
  page: fileURLToPath(new URL('../../dist', import.meta.url)),
});
server.listen(Number(process.env['PORT'] ?? 8083), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`Open http://127.0.0.1:${port}`);
});
