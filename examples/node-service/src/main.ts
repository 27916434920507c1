import type { AddressInfo } from 'node:net';
import { createService } from './service.ts';

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set; see README.md.`);
  return value;
}

const service = createService({
  url: setting('BREEZE_URL'),
  tokenUrl: setting('BREEZE_TOKEN_URL'),
  clientId: setting('BREEZE_CLIENT_ID'),
  clientSecret: setting('BREEZE_CLIENT_SECRET'),
});
service.server.listen(Number(process.env['PORT'] ?? 8080), () => {
  const { port } = service.server.address() as AddressInfo;
  console.log(`Listening on http://localhost:${port}`);
});
// Nothing calls process.exit: once all are answered, nothing is left that would keep the process alive.
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void service.stop());
