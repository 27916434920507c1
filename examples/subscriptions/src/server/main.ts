import { fileURLToPath } from 'node:url';
import { startServer } from './server.ts';

const { origin } = await startServer({
  port: Number(process.env['PORT'] ?? 8081),
  page: fileURLToPath(new URL('../../dist', import.meta.url)),
  period: 1_000,
  expiry: process.env['EXPIRY'] === 'error' ? 'error' : 'close',
});
console.log(`Open ${origin}`);
