import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A page that is not there is an answer; one that cannot be read is not. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'EISDIR') throw error;
}

/** Sends a file of the folder; nothing outside of it can be named. */
export async function sendFile(
  folder: string,
  pathname: string,
  response: ServerResponse,
): Promise<void> {
  const file = pathname === '/' ? '/index.html' : normalize(pathname);
  const content = await readFile(join(folder, file)).catch(absent);
  const type =
    content === undefined ? 'text/plain' : (TYPES[extname(file)] ?? 'application/octet-stream');
  response.writeHead(content === undefined ? 404 : 200, { 'content-type': type });
  response.end(content ?? 'Not Found');
}
