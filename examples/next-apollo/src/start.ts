import { fileURLToPath } from 'node:url';
import { startExample } from '@holdfast/example-next-session/start';

await startExample(fileURLToPath(new URL('..', import.meta.url)));
