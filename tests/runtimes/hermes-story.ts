import { ask } from './hermes-globals.ts';
// Made of what the globals bring, as React Native's are.
import { fetch, Headers, Request, Response } from 'whatwg-fetch';
import { tell } from './story.ts';
import type { Servers } from './story.ts';

Object.assign(globalThis, { fetch, Headers, Request, Response });

/** Tells the story, and its host how it ended. */
export function begin(servers: Servers): void {
  tell(servers).then(
    (ended) => ask({ ended }),
    (error: unknown) => ask({ failed: String(error) }),
  );
}
