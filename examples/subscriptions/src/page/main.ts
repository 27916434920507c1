import { failureOf } from '@holdfast/core';
import type { Readable, Tokens } from '@holdfast/core';
import { client, resilience } from './client.ts';
import { activityInWords, limitsInWords, sessionInWords } from './words.ts';

const { session, activity, limits } = resilience;

function show(id: string, text: string): void {
  const element = document.getElementById(id);
  // What is written again, a screen reader reads out again.
  if (element !== null && element.textContent !== text) element.textContent = text;
}

/** Shows a state now, and whenever it changes. */
function follow<T>(id: string, state: Readable<T>, words: (value: T) => string): void {
  const update = (): void => show(id, words(state.get()));
  state.subscribe(update);
  update();
}

function onClick(id: string, run: () => void): void {
  document.getElementById(id)?.addEventListener('click', run);
}

function inWords(error: Error): string {
  return failureOf(error)?.advice ?? error.message;
}

/** Ends the subscription. */
let stop = (): void => {};

function subscribe(): void {
  stop();
  show('subscription', 'Asked for.');
  const ticks = client.subscription<{ ticks: number }>('subscription Ticks { ticks }', {});
  ({ unsubscribe: stop } = ticks.subscribe(({ data, error }) => {
    if (data !== undefined) show('tick', String(data.ticks));
    show('subscription', error === undefined ? 'Live.' : `Ended. ${inWords(error)}`);
  }));
}

async function signIn(): Promise<void> {
  const response = await fetch('/login', { method: 'POST' });
  const answer = (await response.json()) as { access_token: string; refresh_token: string };
  const tokens: Tokens = { accessToken: answer.access_token, refreshToken: answer.refresh_token };
  session.signIn(tokens);
  subscribe();
}

function signOut(): void {
  stop();
  session.signOut();
  show('subscription', 'None.');
}

async function ask(): Promise<void> {
  const { data, error } = await client.query<{ now: string }>('query Now { now }', {});
  show('answer', error === undefined ? `It is ${data?.now}.` : inWords(error));
}

follow('session', session, sessionInWords);
follow('activity', activity, activityInWords);
follow('limits', limits, limitsInWords);
onClick('sign-in', () => void signIn());
onClick('sign-out', signOut);
onClick('ask', () => void ask());
// Two troubles, made to order by the server.
onClick('expire', () => void fetch('/expire', { method: 'POST' }));
onClick('drop', () => void fetch('/drop', { method: 'POST' }));
